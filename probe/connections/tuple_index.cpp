#include "probe/connections/tuple_index.h"

#include "probe/local_state_hash.h"

namespace reticle::probe {

namespace {

std::size_t hash_ends(report::Protocol protocol, const report::IpAddress& local, std::uint16_t local_port,
                      const report::IpAddress& peer, std::uint16_t peer_port) {
    std::size_t seed = std::hash<report::IpAddress>{}(local);
    mix_hash(seed, std::hash<report::IpAddress>{}(peer));
    mix_hash(seed, static_cast<std::size_t>(local_port) << 32 | static_cast<std::size_t>(peer_port) << 8 |
                       static_cast<std::size_t>(protocol));
    return seed;
}

std::size_t hash_of(const Socket& socket) {
    return hash_ends(socket.protocol, socket.local, socket.local_port, socket.peer, socket.peer_port);
}

bool mirrors(const Socket& a, const Socket& b) {
    return a.protocol == b.protocol && a.local == b.peer && a.peer == b.local &&
           a.local_port == b.peer_port && a.peer_port == b.local_port;
}

}  // namespace

void TupleIndex::add(Connection& connection) {
    by_ends_.emplace(hash_of(connection.socket), &connection);
    ++local_addresses_[connection.socket.local];
}

void TupleIndex::remove(Connection& connection) {
    const auto [first, last] = by_ends_.equal_range(hash_of(connection.socket));
    for (auto at = first; at != last; ++at) {
        if (at->second != &connection) continue;
        by_ends_.erase(at);
        const auto address = local_addresses_.find(connection.socket.local);
        if (--address->second == 0) local_addresses_.erase(address);
        return;
    }
}

Connection* TupleIndex::other_end(const Connection& connection) const {
    const Socket& socket = connection.socket;
    const auto [first, last] = by_ends_.equal_range(
        hash_ends(socket.protocol, socket.peer, socket.peer_port, socket.local, socket.local_port));
    Connection* elsewhere = nullptr;
    bool several = false;
    for (auto at = first; at != last; ++at) {
        Connection* candidate = at->second;
        if (!mirrors(socket, candidate->socket)) continue;
        if (candidate->socket.netns == socket.netns) return candidate;
        if (socket.peer.is_loopback() || socket.peer.is_link_local()) continue;
        several = elsewhere != nullptr;
        elsewhere = candidate;
    }
    return several ? nullptr : elsewhere;
}

bool TupleIndex::peer_is_local(const Connection& connection) const {
    return connection.socket.peer.is_loopback() || local_addresses_.contains(connection.socket.peer);
}

}  // namespace reticle::probe
