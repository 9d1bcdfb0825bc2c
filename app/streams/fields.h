#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>

#include "app/streams/json_object.h"
#include "app/views/view.h"

namespace reticle::app {

// Nodes and edges as lists of fields: what a patch has to tell is which of them changed. Of every field a
// viewer was sent a 64-bit fingerprint is kept (numbers as they are shown, texts hashed), so that knowing
// what it knows costs a fraction of the thing itself.

/// The fields of a node beside id, handle, position and metrics, which go their own ways.
enum class NodeField : std::uint8_t {
    kind,
    label,
    sublabel,
    group,
    group_label,
    state,
    pseudo,
    members,
    since,
    attributes,
    parents,
};
inline constexpr std::size_t kNodeFields = 11;
using NodeFields = std::bitset<kNodeFields>;
using NodePrint = std::array<std::uint64_t, kNodeFields>;

/// The fields of an edge beside id, handle and ends.
enum class EdgeField : std::uint8_t {
    protocol,
    port,
    state,
    seen_by,
    evidence,
    attribution,
    active,
    opened,
    closed,
    failed,
    bytes_sent,
    bytes_received,
    packets,
    retransmits,
    sent_rate,
    received_rate,
    opened_rate,
    rtt,
    rtt_min,
    first_seen,
    last_seen,
    dialled,
};
inline constexpr std::size_t kEdgeFields = 22;
using EdgeFields = std::bitset<kEdgeFields>;
using EdgePrint = std::array<std::uint64_t, kEdgeFields>;

NodePrint fingerprint(const ViewNode& node);
EdgePrint fingerprint(const ViewEdge& edge);

/// Which fields differ between two fingerprints.
template <std::size_t N>
std::bitset<N> changed_fields(const std::array<std::uint64_t, N>& before,
                              const std::array<std::uint64_t, N>& after) {
    std::bitset<N> changed;
    for (std::size_t i = 0; i < N; ++i) changed[i] = before[i] != after[i];
    return changed;
}

/// Writes the chosen fields as members of an object.
void write_fields(JsonObject& object, const ViewNode& node, NodeFields fields);
void write_fields(JsonObject& object, const ViewEdge& edge, EdgeFields fields);
/// `"metrics": {...}` with all of them.
void write_metrics(JsonObject& object, const ViewNode& node);

}  // namespace reticle::app
