#pragma once

#include <array>
#include <cstdint>

#include "report/flow.h"

namespace reticle::report::wire {

// How protocol 1 lays out a report. A pack holds sections: kind, length, bytes. A section is a count and then
// columns (columns.h) in the order of all() below; one that is left out is all zeros. A protocol version
// never changes the meaning of a column or a number.
//
// Versions travel as differences: a presence from the frame's version, everything inside a fact from what
// came before it there. Keys travel as differences from the key before, so that equal or unsorted keys show
// at once.

/// What a section holds. Each may come once, the strings first.
enum class SectionKind : std::uint8_t { strings = 1, nodes = 2, flows = 3, listeners = 4, aliases = 5 };

/// Texts of the frame, strictly ascending, each as the length of the prefix it shares with the one before and
/// the rest. Text number 0 is the empty one, number 1 the first of the table. `rest` holds bytes, not
/// numbers, and stands first because the first column is never left out.
template <class Column>
struct StringColumns {
    Column rest, shared, length;
    auto all() { return std::array{&rest, &shared, &length}; }
};

/// Bits of `flags` columns: what is stated of a fact, and what follows in the other columns.
namespace flag {
inline constexpr std::uint8_t kPresence = 1;
inline constexpr std::uint8_t kEnded = 2;
// nodes
inline constexpr std::uint8_t kAttributes = 4;
inline constexpr std::uint8_t kMetrics = 8;
inline constexpr std::uint8_t kLabels = 16;
inline constexpr std::uint8_t kParents = 32;
// flows
inline constexpr std::uint8_t kRtt = 4;
inline constexpr std::uint8_t kRttMin = 8;
inline constexpr std::uint8_t kFirstSeen = 16;
inline constexpr std::uint8_t kLastSeen = 32;
inline constexpr std::uint8_t kWitnesses = 64;
inline constexpr std::uint8_t kExtra = 128;
}  // namespace flag

template <class Column>
struct NodeColumns {
    Column topology;        // byte
    Column id;              // text, from the one before
    Column flags;           // byte
    Column presence;        // version, for kPresence
    Column counts;          // of attributes, metrics, labels, parents: those whose flag is set
    Column attribute_key;   // from the one before in the node, at least 1
    Column part_version;    // of attributes, then labels: from the one before in the node
    Column value_type;      // byte: Value::Type | form of reals and times << 4
    Column value;           // by type
    Column metric_key;      // like attribute_key
    Column metric_version;  // from the one before in the node, the first from the frame's
    Column metric_form;     // byte: form of the value | form of the peak << 4 (kPeakIsValue: the same number)
    Column metric_digits;   // value, then peak
    Column label_key;       // text
    Column parent_topology;  // byte
    Column parent_id;        // text
    Column parent_flags;     // byte: kPresence, kEnded
    Column parent_presence;  // version
    auto all() {
        return std::array{&topology,       &id,           &flags,          &presence,  &counts,
                          &attribute_key,  &part_version, &value_type,     &value,     &metric_key,
                          &metric_version, &metric_form,  &metric_digits,  &label_key, &parent_topology,
                          &parent_id,      &parent_flags, &parent_presence};
    }
};

inline constexpr std::uint8_t kPeakIsValue = 8;

/// Bits of the `kind` column of flows: protocol's place in kProtocolCodes | direction << 2 | kHasPeerOwner.
inline constexpr std::uint8_t kHasPeerOwner = 16;
inline constexpr std::array<Protocol, 3> kProtocolCodes = {Protocol::none, Protocol::tcp, Protocol::udp};

template <class Column>
struct FlowColumns {
    Column owner_topology, owner_id;   // byte; text, from the one before
    Column kind;                       // byte, see above
    Column peer_topology, peer_id;     // for kHasPeerOwner
    Column netns;                      // from the one before
    Column local, peer;                // addresses, from the one before
    Column port;                       // of the service
    Column flags;                      // byte
    Column presence;                   // version
    Column evidence;                   // byte
    Column epoch_count, epoch;         // epoch: from the one before, the first from the frame's
    Column counter_mask, counters;     // those that are not 0, in the order of counter_fields
    Column rtt_version, rtt, rtt_min;  // version from the presence's; microseconds
    Column time_form, times;           // byte and moment: first seen, last seen
    Column witness_version, witness_count, witness_hash;  // version from the presence's; count; eight bytes
    Column witness_form, witness_seen;                    // byte: form of the time | open << 4; moment
    Column extra_mask, extra_version, extra_text;         // container, dialled, dialled name: those stated
    auto all() {
        return std::array{&owner_topology, &owner_id,        &kind,          &peer_topology, &peer_id,
                          &netns,          &local,           &peer,          &port,          &flags,
                          &presence,       &evidence,        &epoch_count,   &epoch,         &counter_mask,
                          &counters,       &rtt_version,     &rtt,           &rtt_min,       &time_form,
                          &times,          &witness_version, &witness_count, &witness_hash,  &witness_form,
                          &witness_seen,   &extra_mask,      &extra_version, &extra_text};
    }
};

template <class Column>
struct ListenerColumns {
    Column owner_topology, owner_id, netns, address, port, protocol, flags, presence;
    auto all() {
        return std::array{&owner_topology, &owner_id, &netns, &address, &port, &protocol, &flags, &presence};
    }
};

template <class Column>
struct AliasColumns {
    Column netns, seen, meant, seen_port, meant_port, protocol, kind, flags, presence, used;
    auto all() {
        return std::array{&netns,    &seen, &meant, &seen_port, &meant_port,
                          &protocol, &kind, &flags, &presence,  &used};
    }
};

/// The counters in the order of their bits and numbers on the wire.
template <class Counters, class Visit>
void visit_counters(Counters& counters, Visit visit) {
    visit(counters.opened);
    visit(counters.closed);
    visit(counters.bytes_sent);
    visit(counters.bytes_received);
    visit(counters.packets);
    visit(counters.retransmits);
    visit(counters.active_at_start);
    for (auto& count : counters.failed) visit(count);
}

}  // namespace reticle::report::wire
