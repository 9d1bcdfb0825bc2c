#pragma once

#include <cstdint>
#include <unordered_map>

#include "probe/connections/socket_table.h"

namespace reticle::probe {

/// Finds the other end of a conversation when it is on this host too, by the full 4-tuple, and knows which
/// addresses are this host's: those that its own sockets are bound to.
class TupleIndex {
  public:
    void add(Connection& connection);
    void remove(Connection& connection);

    /// The connection whose ends are those of `connection` the other way round: in the same network
    /// namespace, else the only one in another (never for loopback). A socket connected to itself is its own
    /// other end. nullptr for none, and where several would fit.
    [[nodiscard]] Connection* other_end(const Connection& connection) const;
    /// Whether the peer's address belongs to this host as far as its own sockets show.
    [[nodiscard]] bool peer_is_local(const Connection& connection) const;

  private:
    std::unordered_multimap<std::size_t, Connection*> by_ends_;
    std::unordered_map<report::IpAddress, std::size_t> local_addresses_;
};

}  // namespace reticle::probe
