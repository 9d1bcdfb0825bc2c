#include "probe/table.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace reticle::probe {
namespace {

bool is_tail(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Letters, each of which is taken to be one column wide.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !is_tail(c); }));
}

/// At most `width` letters; what was cut shows as "~".
std::string cut(std::string_view text, std::size_t width) {
    if (width_of(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::size_t letters = 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (!is_tail(text[end]) && letters++ == width - 1) break;
    }
    return std::string(text.substr(0, end)) + "~";
}

}  // namespace

std::string Table::to_string() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        auto width = width_of(columns_[i].title);
        for (const auto& row : rows_) width = std::max(width, width_of(row[i]));
        widths.push_back(std::min(width, columns_[i].most));
    }
    std::string text;
    const auto line = [&](auto cell) {
        std::string out;
        std::size_t used = 0;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const bool last = i + 1 == columns_.size();
            const auto room = last ? kWidth - std::min(kWidth, used) : widths[i];
            const std::string content = cut(cell(i), room);
            const std::string padding(
                widths[i] > width_of(content) && !last ? widths[i] - width_of(content) : 0, ' ');
            out += columns_[i].right ? padding + content : content + padding;
            if (!last) out += "  ";
            used += widths[i] + 2;
        }
        out.erase(out.find_last_not_of(' ') + 1);
        text += out + '\n';
    };
    line([&](std::size_t i) { return columns_[i].title; });
    for (const auto& row : rows_) line([&](std::size_t i) { return row[i]; });
    return text;
}

std::string wrapped(std::string lead, std::string_view text, std::size_t indent) {
    std::string result;
    std::string line = std::move(lead);
    line.resize(std::max(line.size() + 1, indent), ' ');
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word;) {
        if (width_of(line) + width_of(word) > Table::kWidth) {
            result.append(line, 0, line.size() - 1).append("\n");
            line.assign(indent, ' ');
        }
        line += word + ' ';
    }
    return result.append(line, 0, line.size() - 1).append("\n");
}

std::string harmless(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        result += byte < 0x20 || byte == 0x7f || c1 ? '?' : text[i];
        if (c1) ++i;
    }
    return result;
}

std::string bytes_text(double bytes) {
    constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < kUnits.size()) {
        bytes /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

}  // namespace reticle::probe
