#include "app/world/alias_index.h"

#include <algorithm>

namespace reticle::app {

using report::AliasKey;
using report::IpAddress;

std::size_t AliasIndex::SeenHash::operator()(const Seen& seen) const {
    std::size_t seed = 0;
    mix(seed, std::uint64_t{seen.host} << 32 | std::uint64_t{seen.port} << 8 |
                  static_cast<std::uint8_t>(seen.protocol));
    mix(seed, seen.address);
    return seed;
}

void AliasIndex::add(HostIndex host, const AliasKey& key) {
    const Seen seen{host, key.protocol, key.seen, key.seen_port};
    auto& forward = forward_[seen];
    const Meant meant{key.meant, key.meant_port};
    forward.insert(std::ranges::upper_bound(forward, meant), meant);
    back_[key.meant].push_back({seen, key.meant_port});
}

void AliasIndex::erase(HostIndex host, const AliasKey& key) {
    const Seen seen{host, key.protocol, key.seen, key.seen_port};
    const auto forward = forward_.find(seen);
    if (forward == forward_.end()) return;
    const auto meant = std::ranges::find(forward->second, Meant{key.meant, key.meant_port});
    if (meant == forward->second.end()) return;
    forward->second.erase(meant);
    if (forward->second.empty()) forward_.erase(forward);

    const auto back = back_.find(key.meant);
    const auto way = std::ranges::find(back->second, Back{seen, key.meant_port});
    back->second.erase(way);
    if (back->second.empty()) back_.erase(back);
}

std::span<const AliasIndex::Meant> AliasIndex::meant(const Seen& seen) const {
    const auto found = forward_.find(seen);
    if (found == forward_.end()) return {};
    return found->second;
}

std::span<const AliasIndex::Back> AliasIndex::standing_for(const IpAddress& address) const {
    const auto found = back_.find(address);
    if (found == back_.end()) return {};
    return found->second;
}

std::size_t AliasIndex::memory_bytes() const {
    return forward_.size() * (sizeof(Seen) + sizeof(std::vector<Meant>) + sizeof(Meant) + 16) +
           back_.size() * (sizeof(IpAddress) + sizeof(std::vector<Back>) + sizeof(Back) + 16);
}

}  // namespace reticle::app
