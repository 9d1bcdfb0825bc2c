#include "app/scope/time_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace reticle::app::scope {
namespace {

struct Unit {
    std::string_view name;
    double milliseconds;
};

/// Longest names first: "ms" must not be read as minutes.
constexpr std::array kUnits{Unit{"ns", 1e-6}, Unit{"us", 1e-3}, Unit{"\u00b5s", 1e-3}, Unit{"ms", 1},
                            Unit{"s", 1e3},   Unit{"m", 6e4},   Unit{"h", 3.6e6}};

std::optional<Unit> take_unit(std::string_view& text) {
    for (const Unit& unit : kUnits) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        return unit;
    }
    return std::nullopt;
}

bool digits_at(std::string_view text, std::size_t from, std::size_t count) {
    return text.size() >= from + count &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                       text.begin() + static_cast<std::ptrdiff_t>(from + count),
                       [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const Error malformed = fail(Errc::invalid, "'" + std::string(text.substr(0, 40)) +
                                                    "' is not a duration: write it as 5s, 500ms or 1m30s");
    constexpr double kLongest = 24 * 3.6e6;
    if (text.empty()) return malformed;
    double total = 0;
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
        if (error != std::errc{} || number < 0) return malformed;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto unit = take_unit(text);
        if (!unit) return malformed;
        total += number * unit->milliseconds;
        if (!(total <= kLongest)) return malformed;
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

std::string rfc3339(UtcNanos when) {
    const std::chrono::sys_seconds seconds{std::chrono::seconds(when / 1'000'000'000)};
    const std::int64_t fraction = when % 1'000'000'000;
    return fraction == 0 ? fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", seconds)
                         : fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:09}Z", seconds, fraction);
}

bool is_rfc3339(std::string_view text) {
    // 2021-06-01T12:00:00[.fraction](Z|+hh:mm|-hh:mm)
    const bool shape = digits_at(text, 0, 4) && digits_at(text, 5, 2) && digits_at(text, 8, 2) &&
                       digits_at(text, 11, 2) && digits_at(text, 14, 2) && digits_at(text, 17, 2) &&
                       text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == 't') &&
                       text[13] == ':' && text[16] == ':';
    if (!shape) return false;
    std::size_t at = 19;
    if (at < text.size() && text[at] == '.') {
        const std::size_t first = ++at;
        while (digits_at(text, at, 1)) ++at;
        if (at == first) return false;
    }
    const std::string_view zone = text.substr(std::min(at, text.size()));
    if (zone == "Z" || zone == "z") return true;
    return zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && digits_at(zone, 1, 2) &&
           zone[3] == ':' && digits_at(zone, 4, 2);
}

}  // namespace reticle::app::scope
