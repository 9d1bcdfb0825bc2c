#include "report/wire/decode_sections.h"

#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "report/wire/strings.h"

namespace reticle::report::wire {
namespace {

/// Attributes, metrics, labels, parents, epochs and witnesses that a frame may hold per fact allowed to it.
constexpr std::size_t kPartsPerFact = 16;

/// Cuts an unpacked pack into sections.
bool split_sections(std::string_view pack, Decoding& decoding,
                    std::map<SectionKind, std::string_view>& found) {
    ColumnReader reader(pack);
    while (reader.remaining() > 0) {
        const std::uint64_t kind = reader.take();
        const std::string_view bytes = reader.take_bytes(reader.take());
        if (reader.failed()) return decoding.refuse("a section is cut short");
        if (kind < static_cast<std::uint64_t>(SectionKind::strings) ||
            kind > static_cast<std::uint64_t>(SectionKind::aliases)) {
            return decoding.refuse(fmt::format("section kind {} is unknown", kind));
        }
        if (!found.emplace(static_cast<SectionKind>(kind), bytes).second) {
            return decoding.refuse(fmt::format("section kind {} comes twice", kind));
        }
    }
    return true;
}

}  // namespace

Decoding::Decoding(const Base& frame_base, const Limits& frame_limits)
    : base(frame_base),
      limits(frame_limits),
      facts_left_(frame_limits.max_facts),
      parts_left_(frame_limits.max_facts * kPartsPerFact),
      list_bytes_left_(frame_limits.max_unpacked_bytes) {}

bool Decoding::refuse(std::string problem, Errc code) {
    if (!error_) error_ = Error{code, std::move(problem)};
    return false;
}

bool Decoding::take_facts(std::uint64_t count) {
    if (count > facts_left_) {
        return refuse(fmt::format("more than {} facts in one frame", limits.max_facts), Errc::too_large);
    }
    facts_left_ -= count;
    return true;
}

bool Decoding::take_parts(std::uint64_t count) {
    if (count > parts_left_) {
        return refuse(fmt::format("more than {} attributes, metrics and other parts of facts in one frame",
                                  limits.max_facts * kPartsPerFact),
                      Errc::too_large);
    }
    parts_left_ -= count;
    return true;
}

bool Decoding::take_list_bytes(std::size_t bytes) {
    if (bytes > list_bytes_left_) {
        return refuse(fmt::format("lists of more than {} bytes in one frame", limits.max_unpacked_bytes),
                      Errc::too_large);
    }
    list_bytes_left_ -= bytes;
    return true;
}

bool Decoding::text(std::uint64_t number, Text& into) {
    if (number >= texts.size()) return refuse(fmt::format("text {} is not in the string table", number));
    into = texts[number];
    return true;
}

bool Decoding::version(ColumnReader& column, Version from, Version& into) {
    const std::uint64_t packed = column.take_delta(from.packed());
    if (packed >> 63 != 0) return refuse("a version is out of range");
    into = Version::from_packed(packed);
    return true;
}

bool Decoding::presence(std::uint8_t flags, ColumnReader& column, Presence& into) {
    const bool ended = (flags & flag::kEnded) != 0;
    if ((flags & flag::kPresence) == 0) return !ended || refuse("an end without a presence");
    Version at;
    if (!version(column, base.version, at)) return false;
    into = ended ? Presence::ended_at(at) : Presence::alive_at(at);
    return true;
}

bool Decoding::topology(std::uint8_t code, Topology& into) {
    into = static_cast<Topology>(code);
    if (into != Topology::none && topology_name(into).empty()) {
        return refuse(fmt::format("topology {} is unknown", code));
    }
    return true;
}

bool Decoding::port(ColumnReader& column, std::uint16_t& into) {
    const std::uint64_t number = column.take();
    if (number > std::numeric_limits<std::uint16_t>::max()) {
        return refuse(fmt::format("port {} is out of range", number));
    }
    into = static_cast<std::uint16_t>(number);
    return true;
}

bool Decoding::small(ColumnReader& column, std::uint32_t& into) {
    const std::uint64_t number = column.take();
    if (number > std::numeric_limits<std::uint32_t>::max()) {
        return refuse(fmt::format("number {} is out of range", number));
    }
    into = static_cast<std::uint32_t>(number);
    return true;
}

bool Decoding::node_key(ColumnReader& topologies, ColumnReader& ids, std::uint64_t& previous_id,
                        NodeKey& into) {
    previous_id = ids.take_delta(previous_id);
    return topology(topologies.take_byte(), into.topology) && text(previous_id, into.id);
}

Result<Report> decode_sections(const std::vector<std::string>& packs, const Base& base,
                               const Limits& limits) {
    Decoding decoding(base, limits);
    std::map<SectionKind, std::string_view> found;
    for (const std::string& pack : packs) {
        if (!split_sections(pack, decoding, found)) return decoding.error();
    }
    const auto strings = found.find(SectionKind::strings);
    if (strings != found.end()) {
        auto texts = read_strings(strings->second, limits.max_string_bytes, limits.max_unpacked_bytes);
        if (!texts) return texts.error();
        decoding.texts = std::move(*texts);
    }
    Report report;
    for (const auto& [kind, bytes] : found) {
        bool read = true;
        std::string_view name;
        if (kind == SectionKind::nodes) {
            name = "nodes";
            read = decode_nodes(bytes, decoding, report.nodes);
        } else if (kind == SectionKind::flows) {
            name = "flows";
            read = decode_flows(bytes, decoding, report.flows);
        } else if (kind == SectionKind::listeners) {
            name = "listeners";
            read = decode_listeners(bytes, decoding, report.listeners);
        } else if (kind == SectionKind::aliases) {
            name = "aliases";
            read = decode_aliases(bytes, decoding, report.aliases);
        }
        if (!read) {
            return fail(decoding.error().code, fmt::format("{}: {}", name, decoding.error().message));
        }
    }
    return report;
}

}  // namespace reticle::report::wire
