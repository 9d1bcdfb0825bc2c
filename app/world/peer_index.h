#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/chains.h"
#include "app/world/half.h"
#include "app/world/ids.h"
#include "report/flow.h"

namespace reticle::app {

/// Which halves look at an address: those to resolve again when something about it changes.
/// An address that means something to one host only is kept under that host (`realm`), all others under
/// kNoIndex, so that 127.0.0.1 of ten thousand hosts is ten thousand short chains.
class PeerIndex {
  public:
    void add(Slab<Half>& halves, HalfId id, const report::FlowKey& flow);
    void remove(Slab<Half>& halves, HalfId id, const report::FlowKey& flow);

    /// Halves whose peer is that address, on that service port.
    template <class Visit>
    void visit(const Slab<Half>& halves, const report::IpAddress& address, HostIndex realm,
               report::Protocol protocol, std::uint16_t port, Visit visit) const {
        chains_.visit(halves, {report::IpAddress(address), realm, port, protocol}, visit);
    }
    /// Halves whose peer is that address, on any port.
    template <class Visit>
    void visit_all(const Slab<Half>& halves, const report::IpAddress& address, HostIndex realm,
                   Visit visit) const {
        const auto found = services_.find({address, realm});
        if (found == services_.end()) return;
        for (const Service& service : found->second) {
            chains_.visit(halves, {address, realm, service.port, service.protocol}, visit);
        }
    }
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct Service {
        std::uint16_t port;
        report::Protocol protocol;
        friend auto operator<=>(const Service&, const Service&) = default;
    };
    struct Key {
        report::IpAddress address;
        HostIndex realm;
        std::uint16_t port;
        report::Protocol protocol;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct AddressKey {
        report::IpAddress address;
        HostIndex realm;
        friend bool operator==(const AddressKey&, const AddressKey&) = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const;
        std::size_t operator()(const AddressKey& key) const;
    };
    static Key key_of(const Half& half, const report::FlowKey& flow);

    Chains<Key, Hash, &Half::peer> chains_;
    /// The services that are dialled at an address, sorted.
    boost::unordered_flat_map<AddressKey, std::vector<Service>, Hash> services_;
};

}  // namespace reticle::app
