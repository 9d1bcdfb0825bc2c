#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "probe/os/netlink.h"
#include "report/address.h"
#include "report/base/result.h"

namespace reticle::probe {

/// A network interface as rtnetlink(7) tells of it.
struct Link {
    std::string name;
    std::string kind;          ///< "bridge", "veth", ...; empty for hardware and loopback
    std::uint32_t master = 0;  ///< index of the bridge or bond it belongs to
    bool loopback = false;
};

/// The interfaces of one network namespace, and the addresses they own.
struct Interfaces {
    struct Address {
        std::uint32_t link = 0;  ///< index
        report::Subnet subnet;   ///< the address with its prefix length
    };

    std::map<std::uint32_t, Link> links;  ///< by index
    std::vector<Address> addresses;

    /// Notes a message of an RTM_GETLINK or RTM_GETADDR dump; others are ignored.
    void note(const nlmsghdr& message);

    /// "address/prefix" of every interface, sorted.
    [[nodiscard]] std::vector<std::string> address_list() const;
    /// "name address/prefix", sorted.
    [[nodiscard]] std::vector<std::string> named_address_list() const;
    /// The networks that exist only on this host: those of bridges whose members all lead to something on
    /// this host (containers, virtual machines). A bridge with any other member, such as a network card, a
    /// VLAN or a tunnel, reaches further.
    [[nodiscard]] std::vector<std::string> private_networks() const;
};

/// Reads the interfaces of the namespace that `route` (NETLINK_ROUTE) was opened in.
Result<Interfaces> read_interfaces(os::NetlinkSocket& route);

}  // namespace reticle::probe
