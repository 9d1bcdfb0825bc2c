#include "probe/connections/flow_entry.h"

#include <algorithm>
#include <tuple>

namespace reticle::probe {

using report::Direction;

namespace {

constexpr UtcNanos kWitnessNanos = 60'000'000'000;

std::uint64_t risen(std::uint64_t now, std::uint64_t before) {
    return now > before ? now - before : 0;
}

report::Witness make_witness(std::uint64_t hash, UtcNanos seen, bool open) {
    report::Witness witness;
    witness.hash = hash;
    witness.seen = seen;
    witness.open = open;
    return witness;
}

}  // namespace

bool named_first(const Socket& socket) {
    return std::tuple(socket.local, socket.local_port) <= std::tuple(socket.peer, socket.peer_port);
}

std::uint64_t witness_of(const Connection& connection) {
    const Socket& s = connection.socket;
    const bool client = connection.direction == Direction::unknown
                            ? named_first(s)
                            : connection.direction == Direction::outbound;
    return client ? report::flow_witness(s.protocol, s.local, s.local_port, s.peer, s.peer_port)
                  : report::flow_witness(s.protocol, s.peer, s.peer_port, s.local, s.local_port);
}

void add_readings(FlowEntry& entry, Connection& connection) {
    const SocketReadings& now = connection.socket.readings;
    const SocketReadings& before = connection.counted;
    report::Counters& added = entry.update.added;
    added.bytes_sent += risen(now.bytes_sent, before.bytes_sent);
    added.bytes_received += risen(now.bytes_received, before.bytes_received);
    added.packets += now.packets - before.packets;  // wraps with the kernel's counter
    added.retransmits += now.retransmits - before.retransmits;
    if (now.rtt_us != 0) {
        entry.rtt_sum_us += now.rtt_us;
        ++entry.rtt_count;
    }
    if (now.rtt_min_us != 0 && (entry.update.rtt_min_us == 0 || now.rtt_min_us < entry.update.rtt_min_us))
        entry.update.rtt_min_us = now.rtt_min_us;
    connection.counted = now;
}

void remember_closed(FlowEntry& entry, const Connection& connection, UtcNanos now) {
    const report::Witness witness = make_witness(connection.witness, now, false);
    const auto at =
        std::lower_bound(entry.closed.begin(), entry.closed.end(), witness.hash,
                         [](const report::Witness& w, std::uint64_t hash) { return w.hash < hash; });
    if (at != entry.closed.end() && at->hash == witness.hash) {
        *at = witness;
        return;
    }
    entry.closed.insert(at, witness);
    if (entry.closed.size() > report::kMaxWitnesses) entry.closed.pop_back();
}

std::vector<report::Witness> witnesses_of(const FlowEntry& entry, UtcNanos now) {
    std::vector<report::Witness> all;
    all.reserve(entry.open.size() + entry.closed.size());
    for (const Connection* connection : entry.open)
        all.push_back(make_witness(connection->witness, now, true));
    for (const report::Witness& witness : entry.closed)
        if (now - witness.seen < kWitnessNanos) all.push_back(witness);
    // The same ends may have met before: then the open one is the one to keep, and it stands first.
    std::stable_sort(all.begin(), all.end(),
                     [](const report::Witness& a, const report::Witness& b) { return a.hash < b.hash; });
    all.erase(
        std::unique(all.begin(), all.end(),
                    [](const report::Witness& a, const report::Witness& b) { return a.hash == b.hash; }),
        all.end());
    report::cut_witnesses(all);
    return all;
}

}  // namespace reticle::probe
