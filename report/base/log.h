#pragma once

#include <string>
#include <string_view>

#include "report/base/result.h"

namespace reticle {

/// How log lines look on stderr: `text` for people, `json` for collectors (one object a line).
enum class LogFormat { text, json };

/// Sets up logging of the whole process (spdlog's default logger, stderr, thread safe).
/// `level` is one of trace, debug, info, warn, error, off.
Result<void> init_logging(std::string_view program, std::string_view level, LogFormat format);

/// Logs one sentence at a level. Formatting is the caller's (fmt::format), so that this header stays light.
void log_debug(std::string_view message);
void log_info(std::string_view message);
void log_warn(std::string_view message);
void log_error(std::string_view message);

}  // namespace reticle
