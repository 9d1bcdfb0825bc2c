#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reticle {

/// How many bytes the well-formed character at the start of `text` takes (RFC 3629); 0 if none starts there.
std::size_t utf8_character(std::string_view text);

/// Whether all of it is well-formed UTF-8.
bool is_utf8(std::string_view text);

/// The text with each malformed byte replaced by U+FFFD and cut, between characters, to at most `max_bytes`.
std::string to_utf8(std::string_view text, std::size_t max_bytes);

}  // namespace reticle
