#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/base/result.h"

/// Redaction: what looks like a secret in a command line never leaves the host. No regular expressions:
/// command lines are hostile input, and every scanner here is linear in their length.
namespace reticle::probe {

/// How much of a command line is reported.
enum class RedactMode {
    off,         ///< all of it, as it is
    on,          ///< secrets are replaced by kRedacted
    everything,  ///< only the program, no arguments
};

/// What stands where a secret stood, whatever its length.
inline constexpr std::string_view kRedacted = "***";

/// Longer command lines are cut, after redaction, and end with "...".
inline constexpr std::size_t kMaxCommandLineBytes = 4096;

/// Of still longer ones only so much is looked at: the kernel takes megabytes, and each exec would cost us.
inline constexpr std::size_t kMaxScannedBytes = 65536;

/// What to hide.
struct RedactPolicy {
    RedactMode mode = RedactMode::on;
    /// Patterns beyond the built-in rules: "name=" hides the value of a flag or variable of that name,
    /// anything else is a glob (`*`, `?`) for whole words. Both ignore case.
    std::vector<std::string> patterns;
};

/// Says whether a text can be used in RedactPolicy::patterns.
Result<void> check_redact_pattern(std::string_view pattern);

/// The command line as it may be reported: arguments joined by spaces, secrets replaced, invalid UTF-8
/// replaced by U+FFFD, NUL and other control characters by spaces. Takes any bytes of any length.
std::string redact(const std::vector<std::string>& argv, const RedactPolicy& policy);

/// One built-in rule, for documentation; docs/operations.md lists exactly these.
struct RedactRule {
    std::string_view name;
    std::string_view hides;    ///< one phrase
    std::string_view example;  ///< a command line as typed, in which the rule finds something
    std::string_view result;   ///< what is reported instead
};

/// All built-in rules.
const std::vector<RedactRule>& redact_rules();

}  // namespace reticle::probe
