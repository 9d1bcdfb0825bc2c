#pragma once

#include <cstdint>
#include <string>

#include "report/base/time.h"
#include "report/value.h"

namespace reticle::app {

/// A moment as `*_ms`.
std::int64_t milliseconds(UtcNanos nanos);
/// A count as JSON; above 2^53, where doubles lose digits, as a decimal string.
std::string count_json(std::uint64_t count);
/// A number as JSON; null for what JSON cannot say.
std::string number_json(double number);
/// A value as JSON: times as integer milliseconds.
std::string value_json(const report::Value& value);

}  // namespace reticle::app
