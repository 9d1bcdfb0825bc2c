#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "report/flow.h"
#include "report/node.h"

namespace reticle::probe {

/// Folds one more hash into `seed`.
inline void mix_hash(std::size_t& seed, std::size_t value) {
    seed ^= value + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2);
}

/// For hash maps keyed by nodes.
struct NodeKeyHash {
    std::size_t operator()(const report::NodeKey& key) const noexcept {
        std::size_t seed = std::hash<std::string_view>{}(key.id.view());
        mix_hash(seed, static_cast<std::size_t>(key.topology));
        return seed;
    }
};

/// For hash maps keyed by flows.
struct FlowKeyHash {
    std::size_t operator()(const report::FlowKey& key) const noexcept {
        std::size_t seed = NodeKeyHash{}(key.owner);
        mix_hash(seed, NodeKeyHash{}(key.peer_owner));
        mix_hash(seed, key.netns);
        mix_hash(seed, std::hash<report::IpAddress>{}(key.local));
        mix_hash(seed, std::hash<report::IpAddress>{}(key.peer));
        mix_hash(seed, static_cast<std::size_t>(key.service_port) << 16 |
                           static_cast<std::size_t>(key.protocol) << 8 |
                           static_cast<std::size_t>(key.direction));
        return seed;
    }
};

}  // namespace reticle::probe
