#include "app/world/address_index.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace reticle::app {

using report::IpAddress;

AddressIndex::Changed AddressIndex::set(HostIndex host, NamespaceAddresses stated) {
    const std::uint64_t netns = stated.netns;
    return replace(host, netns, std::move(stated));
}

AddressIndex::Changed AddressIndex::erase(HostIndex host, std::uint64_t netns) {
    return replace(host, netns, std::nullopt);
}

AddressIndex::Changed AddressIndex::replace(HostIndex host, std::uint64_t netns,
                                            std::optional<NamespaceAddresses> stated) {
    Namespaces& list = hosts_[host];
    const auto found = std::ranges::find(list, netns, &NamespaceAddresses::netns);
    if (stated && found != list.end() && *found == *stated) return {};

    const auto privates = [](const Namespaces& namespaces) {
        std::vector<report::Subnet> all;
        for (const auto& each : namespaces) {
            all.insert(all.end(), each.private_networks.begin(), each.private_networks.end());
        }
        std::ranges::sort(all);
        all.erase(std::ranges::unique(all).begin(), all.end());
        return all;
    };
    const std::vector<Owned> before = owned_by(list);
    const auto privates_before = privates(list);
    if (found != list.end()) list.erase(found);
    if (stated) list.push_back(std::move(*stated));
    const std::vector<Owned> after = owned_by(list);

    Changed changed;
    changed.private_networks = privates_before != privates(list);
    std::vector<Owned> affected;
    if (changed.private_networks) {
        // What the host hides from others may be any of its addresses.
        std::ranges::set_union(before, after, std::back_inserter(affected));
    } else {
        std::ranges::set_symmetric_difference(before, after, std::back_inserter(affected));
    }
    for (const Owned& each : affected) {
        if (changed.addresses.empty() || changed.addresses.back() != each.address) {
            changed.addresses.push_back(each.address);
        }
    }
    for (const IpAddress& address : changed.addresses) publish(host, address);
    if (list.empty()) hosts_.erase(host);
    return changed;
}

/// Brings the world-wide entry of one address in line with what the host now says.
void AddressIndex::publish(HostIndex host, const IpAddress& address) {
    if (is_namespace_local(address)) return;
    bool owns = false;
    bool alive = false;
    if (const Namespaces* list = namespaces(host); list != nullptr && !is_private_of(host, address)) {
        for (const auto& each : *list) {
            if (!std::ranges::binary_search(each.addresses, address)) continue;
            owns = true;
            alive = alive || each.alive;
        }
    }
    auto& owners = owners_[address];
    const bool was_ambiguous = claimants(owners) > 1;
    std::erase_if(owners, [host](const Owner& owner) { return owner.host == host; });
    if (owns) owners.push_back({host, alive});
    const bool is_ambiguous = claimants(owners) > 1;
    ambiguous_ = ambiguous_ + (is_ambiguous ? 1 : 0) - (was_ambiguous ? 1 : 0);
    if (owners.empty()) owners_.erase(address);
}

std::vector<AddressIndex::Owned> AddressIndex::owned_by(const Namespaces& namespaces) {
    std::vector<Owned> owned;
    for (const auto& each : namespaces) {
        for (const IpAddress& address : each.addresses) {
            if (!address.is_loopback()) owned.push_back({address, each.netns, each.alive});
        }
    }
    std::ranges::sort(owned);
    return owned;
}

/// How many hosts contend for an address.
std::size_t AddressIndex::claimants(const std::vector<Owner>& owners) {
    const auto living = static_cast<std::size_t>(std::ranges::count(owners, true, &Owner::alive));
    return living != 0 ? living : owners.size();
}

const AddressIndex::Namespaces* AddressIndex::namespaces(HostIndex host) const {
    const auto found = hosts_.find(host);
    return found == hosts_.end() ? nullptr : &found->second;
}

/// The namespace of a host that owns the address: the looking one, or the only one.
Located AddressIndex::among(HostIndex host, const IpAddress& address, std::uint64_t own) const {
    const Namespaces* list = namespaces(host);
    if (list == nullptr) return {};
    Located located;
    bool living = false;
    for (const auto& each : *list) {
        if (!std::ranges::binary_search(each.addresses, address)) continue;
        if (own != 0 && each.netns == own) return {Located::Kind::host, host, own};
        if (located.kind == Located::Kind::host && living && !each.alive) continue;
        const bool first = located.kind != Located::Kind::host || (each.alive && !living);
        located.kind = Located::Kind::host;
        located.host = host;
        located.netns = first ? std::optional(each.netns) : std::nullopt;
        living = living || each.alive;
    }
    return located;
}

Located AddressIndex::locate(const IpAddress& address, const Place& from) const {
    if (address.is_loopback() || address.is_unspecified()) {
        return {Located::Kind::host, from.host, from.netns};
    }
    if (address.is_link_local()) {
        const Located own = among(from.host, address, from.netns);
        if (own.kind == Located::Kind::host && own.netns == from.netns) return own;
        return {Located::Kind::private_net, kNoIndex, std::nullopt};
    }
    if (const Located own = among(from.host, address, from.netns); own.kind == Located::Kind::host) {
        if (own.netns) return own;
        return {Located::Kind::ambiguous, kNoIndex, std::nullopt};
    }
    if (is_private_of(from.host, address)) return {Located::Kind::private_net, kNoIndex, std::nullopt};

    const auto found = owners_.find(address);
    if (found == owners_.end()) return {};
    const bool any_living = std::ranges::any_of(found->second, &Owner::alive);
    HostIndex only = kNoIndex;
    for (const Owner& owner : found->second) {
        if (any_living && !owner.alive) continue;
        if (only != kNoIndex) return {Located::Kind::ambiguous, kNoIndex, std::nullopt};
        only = owner.host;
    }
    return among(only, address, 0);
}

bool AddressIndex::is_private_of(HostIndex host, const IpAddress& address) const {
    const Namespaces* list = namespaces(host);
    return list != nullptr && std::ranges::any_of(*list, [&](const NamespaceAddresses& each) {
               return std::ranges::any_of(each.private_networks,
                                          [&](const report::Subnet& net) { return net.contains(address); });
           });
}

std::vector<IpAddress> AddressIndex::addresses_of(HostIndex host, std::uint64_t netns) const {
    std::vector<IpAddress> addresses;
    const Namespaces* list = namespaces(host);
    if (list == nullptr) return addresses;
    for (const auto& each : *list) {
        if (netns != 0 && each.netns != netns && each.netns != 0) continue;
        addresses.insert(addresses.end(), each.addresses.begin(), each.addresses.end());
    }
    return addresses;
}

std::size_t AddressIndex::memory_bytes() const {
    std::size_t bytes =
        owners_.size() * (sizeof(IpAddress) + sizeof(std::vector<Owner>) + 2 * sizeof(Owner) + 24);
    for (const auto& [host, list] : hosts_) {
        bytes += 64 + list.capacity() * sizeof(NamespaceAddresses);
        for (const auto& each : list) {
            bytes += each.addresses.capacity() * sizeof(IpAddress) +
                     each.private_networks.capacity() * sizeof(report::Subnet);
        }
    }
    return bytes;
}

}  // namespace reticle::app
