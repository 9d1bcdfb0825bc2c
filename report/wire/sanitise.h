#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "report/report.h"

namespace reticle::report::wire {

/// Makes a text fit to travel: malformed UTF-8 replaced by U+FFFD, too long ones cut.
std::string sanitised(std::string_view text);

/// A report that can travel, if this one cannot: with texts sanitised, without attributes of no key and
/// samples that are not numbers, sorted again since that may change keys. What the kernel and users name
/// things reaches us as bytes; this is where it becomes text.
std::optional<Report> sanitised(const Report& report);

}  // namespace reticle::report::wire
