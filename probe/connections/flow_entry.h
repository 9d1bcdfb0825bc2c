#pragma once

#include <cstdint>
#include <vector>

#include "probe/connections/socket_table.h"
#include "probe/local_state.h"
#include "report/flow.h"

namespace reticle::probe {

/// A flow being kept: its open connections, those closed lately, and what is still to be stated.
struct FlowEntry {
    report::FlowKey key;
    FlowUpdate update;
    std::vector<Connection*> open;
    std::vector<report::Witness> closed;  ///< lowest hashes of the last kWitnessAge, sorted by hash
    bool touched = false;                 ///< has something to state
    bool reshaped = false;                ///< connections opened or closed
    bool collapsed = false;               ///< stands for many peers
    bool limited = false;                 ///< counts against the limit of its owner and port
    std::uint64_t rtt_sum_us = 0;         ///< over the connections that moved in this sweep
    std::uint32_t rtt_count = 0;
    MonoTime emptied{};
};

/// Of two ends neither of which is known to be the client, whether this one is named first.
bool named_first(const Socket& socket);

/// The witness of a connection, the same at both of its ends.
std::uint64_t witness_of(const Connection& connection);

/// Adds to a flow's update what a connection did since it was last counted.
void add_readings(FlowEntry& entry, Connection& connection);

/// Keeps a closed connection as a witness.
void remember_closed(FlowEntry& entry, const Connection& connection, UtcNanos now);

/// The witnesses of a flow by the model's rule: the open connections first, then the closed with the lowest
/// hashes.
std::vector<report::Witness> witnesses_of(const FlowEntry& entry, UtcNanos now);

}  // namespace reticle::probe
