#pragma once

#include <string>
#include <string_view>

namespace reticle::probe::os {

/// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD: names and command lines are
/// any bytes at all, but a report carries text.
std::string valid_utf8(std::string_view text);

}  // namespace reticle::probe::os
