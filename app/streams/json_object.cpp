#include "app/streams/json_object.h"

#include <array>
#include <charconv>
#include <cmath>

namespace reticle::app {
namespace {

constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    out.append(buffer.data(), end);
}

/// The length of the valid UTF-8 character at the beginning of `text`, or 0 (RFC 3629: no surrogates, nothing
/// overlong, nothing beyond U+10FFFF).
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const unsigned char second = byte(1);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return overlong || beyond ? 0 : length;
}

void append_ascii(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    if (c >= 0x20 && c != 0x7f) {
        out += c;
        return;
    }
    out += "\\u00";
    out += kHex[static_cast<unsigned char>(c) >> 4U];
    out += kHex[static_cast<unsigned char>(c) & 0xfU];
}

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0) {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
            continue;
        }
        if (length == 1) {
            append_ascii(out, text.front());
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

void append_json_text(std::string& out, std::string_view text, std::size_t limit) {
    if (text.size() <= limit) {
        append_json_string(out, text);
        return;
    }
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    out += '"';
    append_escaped(out, text.substr(0, end));
    out += "\xe2\x80\xa6\"";
}

void append_json_integer(std::string& out, std::int64_t value) {
    const bool exact = value >= -kLargestExact && value <= kLargestExact;
    if (!exact) out += '"';
    append_number(out, value);
    if (!exact) out += '"';
}

void append_json_counter(std::string& out, std::uint64_t value) {
    const bool exact = value <= static_cast<std::uint64_t>(kLargestExact);
    if (!exact) out += '"';
    append_number(out, value);
    if (!exact) out += '"';
}

void append_json_real(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    const double shown = shown_real(value);
    const bool whole = std::abs(shown) <= static_cast<double>(kLargestExact) && std::trunc(shown) == shown;
    if (whole) {
        append_number(out, static_cast<std::int64_t>(shown));
    } else {
        append_number(out, shown);
    }
}

double shown_real(double value) {
    constexpr double kSteps = 1000;
    constexpr double kFine = 1e12;  // beyond it the decimals drown in what a double can hold
    return std::abs(value) < kFine ? std::round(value * kSteps) / kSteps : value;
}

std::int64_t milliseconds_of(std::int64_t nanos) {
    constexpr std::int64_t kMilli = 1'000'000;
    return nanos / kMilli - (nanos % kMilli < 0 ? 1 : 0);
}

std::string& JsonObject::member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return out_;
}

}  // namespace reticle::app
