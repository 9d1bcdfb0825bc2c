#include "report/wire/strings.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/base/utf8.h"
#include "report/wire/columns.h"
#include "report/wire/layout.h"

namespace reticle::report::wire {

StringTable::StringTable(const Report& report) {
    visit_texts(report, [this](std::string_view text) {
        if (!text.empty() && numbers_.emplace(text, 0).second) sorted_.push_back(text);
    });
    std::ranges::sort(sorted_);
    std::uint32_t number = 0;
    for (const std::string_view text : sorted_) numbers_[text] = ++number;
}

std::uint32_t StringTable::number(std::string_view text) const {
    return text.empty() ? 0 : numbers_.at(text);
}

std::string StringTable::section() const {
    StringColumns<ColumnWriter> columns;
    std::string_view previous;
    for (const std::string_view text : sorted_) {
        const auto differs = std::ranges::mismatch(previous, text);
        const auto shared = static_cast<std::size_t>(differs.in2 - text.begin());
        columns.shared.put(shared);
        columns.length.put(text.size() - shared);
        columns.rest.put_bytes(text.substr(shared));
        previous = text;
    }
    ColumnWriter section;
    section.put(sorted_.size());
    section.put_bytes(join_columns(columns));
    return section.bytes();
}

Result<std::vector<Text>> read_strings(std::string_view section, std::size_t max_string_bytes,
                                       std::size_t max_bytes) {
    ColumnReader head(section);
    const std::uint64_t count = head.take();
    StringColumns<ColumnReader> columns;
    if (!split_columns(head.take_bytes(head.remaining()), columns) || count > columns.length.remaining()) {
        return fail(Errc::invalid, "the string table is malformed");
    }
    std::vector<Text> texts(1);
    texts.reserve(count + 1);
    std::string text;
    std::string previous;
    std::size_t total = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t shared = columns.shared.take();
        const std::string_view rest = columns.rest.take_bytes(columns.length.take());
        if (shared > previous.size() || columns.shared.failed() || columns.length.failed() ||
            columns.rest.failed()) {
            return fail(Errc::invalid, "the string table is malformed");
        }
        total += shared + rest.size();
        if (shared + rest.size() > max_string_bytes || total > max_bytes) {
            return fail(Errc::too_large,
                        fmt::format("a string of {} bytes is beyond the limit of {} (or of {} "
                                    "for all together)",
                                    shared + rest.size(), max_string_bytes, max_bytes));
        }
        text.assign(previous, 0, shared);
        text += rest;
        if (text <= previous) return fail(Errc::invalid, "the string table is not sorted");
        if (!is_utf8(text)) return fail(Errc::invalid, "a string is not valid UTF-8");
        texts.emplace_back(text);
        previous.swap(text);
    }
    if (!all_read(columns)) return fail(Errc::invalid, "the string table has trailing bytes");
    return texts;
}

}  // namespace reticle::report::wire
