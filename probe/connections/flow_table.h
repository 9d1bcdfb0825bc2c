#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "probe/connections/flow_entry.h"
#include "probe/connections/listener_table.h"
#include "probe/connections/owner_index.h"
#include "probe/connections/socket_table.h"
#include "probe/connections/tuple_index.h"
#include "probe/local_state.h"

namespace reticle::probe {

/// The ports that the kernel gives to clients (ip_local_port_range).
struct EphemeralPorts {
    std::uint16_t first = 32768;
    std::uint16_t last = 60999;
    [[nodiscard]] bool contains(std::uint16_t port) const { return port >= first && port <= last; }
};

/// Turns connections into flows: who owns each, which end is the client, which other end is on this host.
///
/// | what is known                               | direction                                               |
/// |---------------------------------------------|---------------------------------------------------------|
/// | own end is a listener's, the other is not   | inbound                                                 |
/// | the other end is a listener's, own is not   | outbound                                                |
/// | both are                                    | unknown (outbound for a socket connected to itself)     |
/// | neither; TCP, other end elsewhere           | outbound: we would know the listener                    |
/// | neither; TCP, other end here                | unknown: the listener went before we looked             |
/// | neither; UDP                                | by the ephemeral range if it tells, else unknown        |
///
/// A connection keeps the direction it was first given. A conversation with both ends here is one flow, the
/// client's; the server's socket is not counted. A connection whose owner is not found within kPatience
/// sweeps is the host's, until its owner turns up.
class FlowTable {
  public:
    static constexpr std::uint8_t kPatience = 2;
    static constexpr std::chrono::seconds kWitnessAge{60};
    static constexpr std::size_t kMaxPeers = 4'096;  ///< of one (owner, port), before they collapse

    /// `max_peers` is a parameter for tests.
    FlowTable(report::NodeKey host, std::string boot8, std::size_t max_peers = kMaxPeers);

    void set_ephemeral(EphemeralPorts ports) { ephemeral_ = ports; }

    /// Takes in what a sweep of `sockets` found. `first` is the first sweep of all: what it finds open was
    /// open before. `owners` forgets which inodes were lost.
    void sweep(SocketTable& sockets, const ListenerTable& listeners, OwnerIndex& owners, bool first, Now now);
    /// States what changed since the last time.
    void state(LocalState& state, Now now);

    /// Whether there are connections whose owner or other end is still to be found.
    [[nodiscard]] bool waiting() const { return !pending_.empty(); }
    /// Connections counted under a collapsed peer since the beginning.
    [[nodiscard]] std::uint64_t collapsed() const { return collapsed_; }
    [[nodiscard]] std::size_t size() const { return flows_.size(); }

  private:
    void open(Connection& connection, bool first);
    void moved(Connection& connection);
    void closed(Connection& connection, Now now);
    void rehome_lost(SocketTable& sockets, OwnerIndex& owners);
    void rehome(Connection& connection);
    void set_ownerless(Connection& connection, bool ownerless);
    bool settle(Connection& connection, const ListenerTable& listeners, const OwnerIndex& owners);
    [[nodiscard]] bool may_have_other_end(const Connection& connection) const;
    void count_alone(Connection& connection);
    void count_pair(Connection& client, Connection& server);
    void count(Connection& connection, report::FlowKey key);
    void uncount(Connection& connection);
    void touch(FlowEntry& entry);
    FlowEntry& entry_at(report::FlowKey key);
    [[nodiscard]] report::FlowKey collapse(report::FlowKey key, bool& limited);
    [[nodiscard]] report::Direction direction_of(const Connection& connection, const Connection* other,
                                                 const ListenerTable& listeners) const;
    [[nodiscard]] report::FlowKey key_of(const Connection& connection) const;
    [[nodiscard]] report::NodeKey node_of(const Owner& owner) const;
    [[nodiscard]] std::uint16_t service_port(const Connection& connection) const;
    void forget_empty(MonoTime now);

    report::NodeKey host_;
    std::string boot8_;
    std::size_t max_peers_;
    EphemeralPorts ephemeral_;
    std::unordered_map<report::FlowKey, FlowEntry, FlowKeyHash> flows_;
    /// How many flows there are of one owner and port, whatever the peer (counted under a key without ends).
    std::unordered_map<report::FlowKey, std::size_t, FlowKeyHash> peers_;
    std::vector<FlowEntry*> touched_;
    std::vector<Connection*> pending_;
    TupleIndex ends_;
    std::size_t ownerless_ = 0;      // connections that nobody is known to hold (any more)
    std::uint64_t owners_seen_ = 0;  // generation of the owners when the ownerless were last looked at
    std::uint64_t collapsed_ = 0;
    MonoTime forgot_{};
};

}  // namespace reticle::probe
