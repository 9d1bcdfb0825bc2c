#include "app/world/peer_index.h"

#include <algorithm>

namespace reticle::app {

using report::FlowKey;

std::size_t PeerIndex::Hash::operator()(const Key& key) const {
    std::size_t seed = 0;
    mix(seed, std::uint64_t{key.realm} << 32 | std::uint64_t{key.port} << 8 |
                  static_cast<std::uint8_t>(key.protocol));
    mix(seed, key.address);
    return seed;
}

std::size_t PeerIndex::Hash::operator()(const AddressKey& key) const {
    std::size_t seed = 0;
    mix(seed, std::uint64_t{key.realm});
    mix(seed, key.address);
    return seed;
}

PeerIndex::Key PeerIndex::key_of(const Half& half, const FlowKey& flow) {
    return {folded_loopback(flow.peer), half.peer_realm, flow.service_port, flow.protocol};
}

void PeerIndex::add(Slab<Half>& halves, HalfId id, const FlowKey& flow) {
    const Key key = key_of(halves[id], flow);
    if (!chains_.add(halves, key, id)) return;
    auto& services = services_[{key.address, key.realm}];
    const Service service{key.port, key.protocol};
    services.insert(std::ranges::lower_bound(services, service), service);
}

void PeerIndex::remove(Slab<Half>& halves, HalfId id, const FlowKey& flow) {
    const Key key = key_of(halves[id], flow);
    if (!chains_.remove(halves, key, id)) return;
    const auto found = services_.find({key.address, key.realm});
    auto& services = found->second;
    services.erase(std::ranges::lower_bound(services, Service{key.port, key.protocol}));
    if (services.empty()) services_.erase(found);
}

std::size_t PeerIndex::memory_bytes() const {
    std::size_t bytes = chains_.memory_bytes() +
                        services_.bucket_count() * (sizeof(AddressKey) + sizeof(std::vector<Service>) + 1);
    for (const auto& [address, services] : services_) bytes += services.capacity() * sizeof(Service) + 16;
    return bytes;
}

}  // namespace reticle::app
