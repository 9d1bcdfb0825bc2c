#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probe/redact/program_flags.h"
#include "probe/redact/text_scanners.h"

namespace reticle::probe {

/// Finds secrets by the name they are given under: values of flags, variables, headers, JSON fields.
/// Arguments are shown to it in order; what a flag in one announces, the next may hold.
class NamedValues {
  public:
    /// `text` holds all arguments and outlives this, as does `found`. `patterns` as in RedactPolicy.
    NamedValues(std::string_view text, const std::vector<std::string>& patterns,
                std::vector<TextRange>& found);

    /// Looks at the next argument.
    void argument(TextRange arg);

  private:
    [[nodiscard]] std::string_view view(TextRange range) const {
        return text_.substr(range.begin, range.end - range.begin);
    }
    [[nodiscard]] bool is_secret(std::string_view name) const;
    [[nodiscard]] TextRange word_at(std::size_t from, std::size_t end) const;
    [[nodiscard]] TextRange unquoted(TextRange word) const;

    void expect(SecretPart part);
    /// Hides `value` if a flag announced one; true if it did.
    bool take_expected(TextRange value);
    void hide(TextRange value, SecretPart part);
    void words_of(TextRange range, bool script);
    void flag(TextRange word);
    void program_flag(TextRange word);
    void glob(TextRange word);
    void assignments(TextRange range, std::string_view separators);
    [[nodiscard]] TextRange name_before(std::size_t separator, std::size_t begin) const;
    std::size_t assigned_value(TextRange name, std::size_t separator, TextRange range);

    std::string_view text_;
    std::vector<TextRange>& found_;
    std::vector<std::string> names_;  // of patterns "name=", lower case
    std::vector<std::string> globs_;  // of the other patterns, lower case

    bool expecting_ = false;
    SecretPart expected_ = SecretPart::all;
    bool script_next_ = false;  // the next argument is a shell script (sh -c)
    std::vector<std::uint8_t>
        stage_;  // per program flag: 0 no such program yet, 1 its word is missing, 2 active
};

/// Whether `glob` (`*` any run, `?` one byte) covers all of `text`.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace reticle::probe
