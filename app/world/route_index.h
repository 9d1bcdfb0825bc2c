#pragma once

#include <cstddef>
#include <cstdint>

#include "app/world/chains.h"
#include "app/world/half.h"
#include "report/flow.h"

namespace reticle::app {

/// Halves of both ends that tell of the same route: the host the client is on, the server's address and its
/// port. Where witnesses are missing this says which server's half is covered by a client's.
class RouteIndex {
  public:
    /// Enters a half under `client_host`, or takes it out of where it was (kNoIndex).
    void place(Slab<Half>& halves, HalfId id, const report::FlowKey& flow, HostIndex client_host) {
        Half& half = halves[id];
        if (half.client_host == client_host) return;
        if (half.client_host != kNoIndex) chains_.remove(halves, key_of(half, flow), id);
        half.client_host = client_host;
        if (half.client_host != kNoIndex) chains_.add(halves, key_of(half, flow), id);
    }
    /// The halves on the same route, the half itself included.
    template <class Visit>
    void visit(const Slab<Half>& halves, HalfId id, const report::FlowKey& flow, Visit visit) const {
        if (halves[id].client_host != kNoIndex) chains_.visit(halves, key_of(halves[id], flow), visit);
    }
    [[nodiscard]] std::size_t memory_bytes() const { return chains_.memory_bytes(); }

  private:
    struct Key {
        report::IpAddress server;
        HostIndex client_host;
        std::uint16_t port;
        report::Protocol protocol;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const {
            std::size_t seed = 0;
            mix(seed, std::uint64_t{key.client_host} << 32 | std::uint64_t{key.port} << 8 |
                          static_cast<std::uint8_t>(key.protocol));
            mix(seed, key.server);
            return seed;
        }
    };
    static Key key_of(const Half& half, const report::FlowKey& flow) {
        const auto& server = half.role == Role::client ? flow.peer : flow.local;
        return {server, half.client_host, flow.service_port, flow.protocol};
    }
    Chains<Key, Hash, &Half::route> chains_;
};

}  // namespace reticle::app
