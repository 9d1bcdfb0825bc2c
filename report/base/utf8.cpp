#include "report/base/utf8.h"

#include <cstdint>

namespace reticle {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// What a first byte announces: the length of the character, and the range of the second byte, which is where
/// over-long forms, surrogates and code points beyond U+10FFFF are told apart (RFC 3629, section 4).
struct Lead {
    std::size_t length = 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xbf;
};

Lead lead_of(std::uint8_t byte) {
    if (byte < 0x80) return {1};
    if (byte >= 0xc2 && byte <= 0xdf) return {2};
    if (byte == 0xe0) return {3, 0xa0, 0xbf};
    if (byte == 0xed) return {3, 0x80, 0x9f};
    if (byte >= 0xe1 && byte <= 0xef) return {3};
    if (byte == 0xf0) return {4, 0x90, 0xbf};
    if (byte >= 0xf1 && byte <= 0xf3) return {4};
    if (byte == 0xf4) return {4, 0x80, 0x8f};
    return {0};
}

}  // namespace

std::size_t utf8_character(std::string_view text) {
    if (text.empty()) return 0;
    const Lead lead = lead_of(static_cast<std::uint8_t>(text[0]));
    if (lead.length == 0 || lead.length > text.size()) return 0;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        const bool second = i == 1;
        if (byte < (second ? lead.low : 0x80) || byte > (second ? lead.high : 0xbf)) return 0;
    }
    return lead.length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_character(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string to_utf8(std::string_view text, std::size_t max_bytes) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = utf8_character(text);
        const std::string_view character = length == 0 ? kReplacement : text.substr(0, length);
        if (clean.size() + character.size() > max_bytes) break;
        clean += character;
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

}  // namespace reticle
