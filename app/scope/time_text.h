#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "report/base/result.h"
#include "report/base/time.h"

namespace reticle::app::scope {

/// Reads a Go duration ("5s", "1m30s", "250ms"), as Scope's clients send in `t`.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A moment as RFC 3339 in UTC, with nanoseconds where it has any.
std::string rfc3339(UtcNanos when);

/// Whether `text` is an RFC 3339 time, as in `timestamp`.
bool is_rfc3339(std::string_view text);

}  // namespace reticle::app::scope
