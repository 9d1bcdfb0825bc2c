#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"
#include "report/wire/codec.h"
#include "report/wire/columns.h"
#include "report/wire/sections.h"

namespace reticle::report::wire {

/// What the readers of one frame share: its texts, what its numbers are relative to, and what it may still
/// take.
class Decoding {
  public:
    Decoding(const Base& base, const Limits& limits);

    /// Notes what is wrong, the first time; always false, so that readers can return it.
    bool refuse(std::string problem, Errc code = Errc::invalid);
    [[nodiscard]] bool refused() const { return error_.has_value(); }
    [[nodiscard]] const Error& error() const { return *error_; }

    /// Takes `count` facts or parts of facts (attributes, witnesses, ...) from what the limits leave.
    bool take_facts(std::uint64_t count);
    bool take_parts(std::uint64_t count);
    /// Takes the memory of list items: a table of few long texts must not make many long lists.
    bool take_list_bytes(std::size_t bytes);

    /// The text of a number; refuses numbers beyond the table.
    bool text(std::uint64_t number, Text& into);
    bool presence(std::uint8_t flags, ColumnReader& column, Presence& into);
    bool version(ColumnReader& column, Version base, Version& into);
    bool topology(std::uint8_t code, Topology& into);
    bool port(ColumnReader& column, std::uint16_t& into);
    /// A 32-bit number.
    bool small(ColumnReader& column, std::uint32_t& into);
    /// A node's key whose id is written from the one before.
    bool node_key(ColumnReader& topologies, ColumnReader& ids, std::uint64_t& previous_id, NodeKey& into);

    const Base& base;
    const Limits& limits;
    std::vector<Text> texts{1};

  private:
    std::size_t facts_left_;
    std::size_t parts_left_;
    std::size_t list_bytes_left_;
    std::optional<Error> error_;
};

/// Each reads one section; false when `decoding` has refused it.
bool decode_nodes(std::string_view section, Decoding& decoding, std::vector<Node>& nodes);
bool decode_flows(std::string_view section, Decoding& decoding, std::vector<Flow>& flows);
bool decode_listeners(std::string_view section, Decoding& decoding, std::vector<Listener>& listeners);
bool decode_aliases(std::string_view section, Decoding& decoding, std::vector<Alias>& aliases);

/// Reads a section of `count` facts: `next(fact)` reads one. Checks the counts before memory is taken, and
/// that keys rise and every column ends where the facts do. `first` is a column with at least a byte per
/// fact.
template <class Fact, class Columns, class Next>
bool decode_facts(std::string_view section, Decoding& decoding, Columns& columns, const ColumnReader& first,
                  std::vector<Fact>& facts, Next next) {
    ColumnReader head(section);
    const std::uint64_t count = head.take();
    if (!split_columns(head.take_bytes(head.remaining()), columns) || count > first.remaining()) {
        return decoding.refuse("the columns do not fit their section");
    }
    if (!decoding.take_facts(count)) return false;
    facts.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        Fact fact;
        if (!next(fact)) return false;
        if (!facts.empty() && !(facts.back().key < fact.key)) {
            return decoding.refuse("keys are not sorted, or one comes twice");
        }
        facts.push_back(std::move(fact));
    }
    if (!all_read(columns)) return decoding.refuse("a column is shorter or longer than its facts");
    return true;
}

}  // namespace reticle::report::wire
