#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/ids.h"
#include "report/address.h"

namespace reticle::app {

/// What a network namespace of a host says of its addresses.
struct NamespaceAddresses {
    std::uint64_t netns = 0;
    bool alive = true;                             ///< false: in its afterglow
    std::vector<report::IpAddress> addresses;      ///< sorted, without duplicates
    std::vector<report::Subnet> private_networks;  ///< exist on this host only
    friend bool operator==(const NamespaceAddresses&, const NamespaceAddresses&) = default;
};

/// What an address was found to be, seen from a place.
struct Located {
    enum class Kind : std::uint8_t {
        host,         ///< a namespace of one host the world knows
        ambiguous,    ///< several own it
        private_net,  ///< within a network of the looking host alone, owned by nobody known
        beyond,       ///< nobody the world knows owns it
    };
    Kind kind = Kind::beyond;
    HostIndex host = kNoIndex;           ///< for host
    std::optional<std::uint64_t> netns;  ///< for host; empty: more than one namespace of it has the address
};

/// Who owns which address, in which realm. Realms are tried in the order of design.md section 3: the
/// namespace itself (loopback, link-local), any namespace of the same host, networks private to the host,
/// and at last the hosts of the world, of which exactly one must own the address. What is in its afterglow
/// owns an address only while nobody living does.
class AddressIndex {
  public:
    /// What may be found differently from now on.
    struct Changed {
        std::vector<report::IpAddress> addresses;  ///< owned or no longer owned, sorted
        bool private_networks = false;             ///< every lookup made from this host
    };
    /// States or replaces what a namespace owns.
    Changed set(HostIndex host, NamespaceAddresses stated);
    /// Forgets a namespace.
    Changed erase(HostIndex host, std::uint64_t netns);

    [[nodiscard]] Located locate(const report::IpAddress& address, const Place& from) const;
    /// Whether the address lies in a network that exists on this host only.
    [[nodiscard]] bool is_private_of(HostIndex host, const report::IpAddress& address) const;
    /// The addresses of one namespace of a host; with netns 0, of all.
    [[nodiscard]] std::vector<report::IpAddress> addresses_of(HostIndex host, std::uint64_t netns) const;

    /// Addresses that more than one host owns at present.
    [[nodiscard]] std::uint64_t ambiguous() const { return ambiguous_; }
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct Owner {
        HostIndex host;
        bool alive;
    };
    struct Owned {
        report::IpAddress address;
        std::uint64_t netns;
        bool alive;
        friend auto operator<=>(const Owned&, const Owned&) = default;
    };
    using Namespaces = std::vector<NamespaceAddresses>;

    Changed replace(HostIndex host, std::uint64_t netns, std::optional<NamespaceAddresses> stated);
    void publish(HostIndex host, const report::IpAddress& address);
    static std::vector<Owned> owned_by(const Namespaces& namespaces);
    static std::size_t claimants(const std::vector<Owner>& owners);
    [[nodiscard]] const Namespaces* namespaces(HostIndex host) const;
    [[nodiscard]] Located among(HostIndex host, const report::IpAddress& address, std::uint64_t own) const;

    std::unordered_map<HostIndex, Namespaces> hosts_;
    boost::unordered_flat_map<report::IpAddress, std::vector<Owner>, std::hash<report::IpAddress>> owners_;
    std::uint64_t ambiguous_ = 0;
};

}  // namespace reticle::app
