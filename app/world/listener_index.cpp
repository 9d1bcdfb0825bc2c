#include "app/world/listener_index.h"

#include <algorithm>

namespace reticle::app {

using report::IpAddress;
using report::ListenerKey;
using report::NodeKey;
using report::Protocol;

namespace {

constexpr int kRanks = 3;

}  // namespace

int ListenerIndex::Entry::rank(std::uint64_t at_netns, const IpAddress& at) const {
    if (netns != at_netns && netns != 0 && at_netns != 0) return -1;
    if (!address.is_unspecified()) {
        // An address of the loopback net reached through another one is still that namespace's own.
        const bool same = address == at || (at.is_unspecified() && address.is_loopback());
        return same ? 0 : -1;
    }
    if (address.is_v4() == at.is_v4()) return 1;
    return address.is_v4() ? -1 : 2;
}

void ListenerIndex::put(HostIndex host, const ListenerKey& key, bool alive) {
    auto& entries = ports_[slot(host, key.protocol, key.port)];
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) { return entry.is(key); });
    if (found != entries.end()) {
        found->alive = alive;
    } else {
        entries.reserve(entries.size() + 1);
        entries.push_back({key.netns, key.address, key.owner, alive});
    }
}

void ListenerIndex::erase(HostIndex host, const ListenerKey& key) {
    const auto found = ports_.find(slot(host, key.protocol, key.port));
    if (found == ports_.end()) return;
    std::erase_if(found->second, [&](const Entry& entry) { return entry.is(key); });
    if (found->second.empty()) ports_.erase(found);
}

std::vector<NodeKey> ListenerIndex::owners(HostIndex host, std::optional<std::uint64_t> netns,
                                           Protocol protocol, const IpAddress& address,
                                           std::uint16_t port) const {
    std::vector<NodeKey> owners;
    const auto found = ports_.find(slot(host, protocol, port));
    if (found == ports_.end()) return owners;
    for (const bool alive : {true, false}) {
        for (int rank = 0; rank < kRanks && owners.empty(); ++rank) {
            for (const Entry& entry : found->second) {
                if (entry.alive == alive && entry.rank(netns.value_or(0), address) == rank) {
                    owners.push_back(entry.owner);
                }
            }
        }
    }
    std::ranges::sort(owners);
    owners.erase(std::ranges::unique(owners).begin(), owners.end());
    return owners;
}

bool ListenerIndex::listens(const NodeKey& owner, const Place& place, Protocol protocol,
                            const IpAddress& address, std::uint16_t port) const {
    const auto found = ports_.find(slot(place.host, protocol, port));
    return found != ports_.end() && std::ranges::any_of(found->second, [&](const Entry& entry) {
               return entry.owner == owner && entry.rank(place.netns, address) >= 0;
           });
}

std::size_t ListenerIndex::memory_bytes() const {
    std::size_t bytes = ports_.size() * (sizeof(std::uint64_t) + sizeof(std::vector<Entry>) + 16);
    for (const auto& [port, entries] : ports_) bytes += entries.capacity() * sizeof(Entry) + 16;
    return bytes;
}

}  // namespace reticle::app
