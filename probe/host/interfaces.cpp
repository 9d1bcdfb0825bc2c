#include "probe/host/interfaces.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <set>
#include <string_view>

namespace reticle::probe {

using report::IpAddress;
using report::Subnet;

namespace {

using Bytes = std::string_view;

/// Visits the attributes in a run of them; stops at one that does not fit.
void each_attribute(Bytes bytes, const std::function<void(std::uint16_t type, Bytes payload)>& visit) {
    while (bytes.size() >= sizeof(rtattr)) {
        rtattr attribute;
        std::memcpy(&attribute, bytes.data(), sizeof attribute);
        if (attribute.rta_len < sizeof attribute || attribute.rta_len > bytes.size()) return;
        visit(attribute.rta_type & NLA_TYPE_MASK,
              bytes.substr(sizeof attribute, attribute.rta_len - sizeof attribute));
        bytes.remove_prefix(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), bytes.size()));
    }
}

/// Copies the fixed part of a message and returns what follows it; nothing if the message is too short.
template <class Body>
bool split(const nlmsghdr& message, Body& body, Bytes& attributes) {
    constexpr std::size_t kHeader = NLMSG_ALIGN(sizeof(nlmsghdr));
    constexpr std::size_t kBody = kHeader + NLMSG_ALIGN(sizeof(Body));
    if (message.nlmsg_len < kBody) return false;
    const char* bytes = reinterpret_cast<const char*>(&message);
    std::memcpy(&body, bytes + kHeader, sizeof body);
    attributes = Bytes(bytes + kBody, message.nlmsg_len - kBody);
    return true;
}

std::string text_of(Bytes payload) {
    return std::string(payload.substr(0, payload.find('\0')));
}

IpAddress address_of(int family, Bytes payload) {
    if (family == AF_INET && payload.size() >= 4) {
        std::array<std::uint8_t, 4> bytes;
        std::memcpy(bytes.data(), payload.data(), bytes.size());
        return IpAddress::v4(bytes);
    }
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), payload.data(), std::min(bytes.size(), payload.size()));
    return IpAddress::v6(bytes);
}

void note_link(Interfaces& interfaces, const nlmsghdr& message) {
    ifinfomsg body;
    Bytes attributes;
    if (!split(message, body, attributes)) return;
    Link link;
    link.loopback = (body.ifi_flags & IFF_LOOPBACK) != 0;
    each_attribute(attributes, [&link](std::uint16_t type, Bytes payload) {
        if (type == IFLA_IFNAME) link.name = text_of(payload);
        if (type == IFLA_MASTER && payload.size() >= sizeof link.master)
            std::memcpy(&link.master, payload.data(), sizeof link.master);
        if (type != IFLA_LINKINFO) return;
        each_attribute(payload, [&link](std::uint16_t inner, Bytes value) {
            if (inner == IFLA_INFO_KIND) link.kind = text_of(value);
        });
    });
    interfaces.links[static_cast<std::uint32_t>(body.ifi_index)] = std::move(link);
}

void note_address(Interfaces& interfaces, const nlmsghdr& message) {
    ifaddrmsg body;
    Bytes attributes;
    if (!split(message, body, attributes)) return;
    if (body.ifa_family != AF_INET && body.ifa_family != AF_INET6) return;
    Interfaces::Address address;
    address.link = body.ifa_index;
    address.subnet.prefix = body.ifa_prefixlen;
    bool local = false;
    each_attribute(attributes, [&](std::uint16_t type, Bytes payload) {
        // On a point-to-point link IFA_ADDRESS is the other end.
        if (type == IFA_LOCAL || (type == IFA_ADDRESS && !local))
            address.subnet.base = address_of(body.ifa_family, payload);
        local = local || type == IFA_LOCAL;
    });
    interfaces.addresses.push_back(address);
}

/// Interfaces whose other end is on this host by their nature.
bool stays_on_host(const Link& link) {
    return link.kind == "veth" || link.kind == "tun" || link.kind == "dummy" || link.kind == "ifb";
}

/// Asks for a dump of links or addresses.
Result<bool> dump(os::NetlinkSocket& route, std::uint16_t type, Interfaces& into) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    ifinfomsg body{};  // the family first, as in ifaddrmsg; AF_UNSPEC asks for all
    std::array<char, sizeof header + sizeof body> request;
    std::memcpy(request.data(), &header, sizeof header);
    std::memcpy(request.data() + sizeof header, &body, sizeof body);
    return route.dump(request, [&into](const nlmsghdr& message) { into.note(message); });
}

}  // namespace

void Interfaces::note(const nlmsghdr& message) {
    if (message.nlmsg_type == RTM_NEWLINK) note_link(*this, message);
    if (message.nlmsg_type == RTM_NEWADDR) note_address(*this, message);
}

std::vector<std::string> Interfaces::address_list() const {
    std::set<std::string> list;
    for (const Address& address : addresses) list.insert(address.subnet.to_string());
    return {list.begin(), list.end()};
}

std::vector<std::string> Interfaces::named_address_list() const {
    std::set<std::string> list;
    for (const Address& address : addresses) {
        const auto link = links.find(address.link);
        const std::string name = link == links.end() ? "?" : link->second.name;
        list.insert(name + " " + address.subnet.to_string());
    }
    return {list.begin(), list.end()};
}

std::vector<std::string> Interfaces::private_networks() const {
    std::set<std::uint32_t> with_uplink;
    for (const auto& [index, link] : links)
        if (link.master != 0 && !stays_on_host(link)) with_uplink.insert(link.master);
    std::set<std::string> list;
    for (const Address& address : addresses) {
        const auto link = links.find(address.link);
        if (link == links.end() || link->second.kind != "bridge" || with_uplink.contains(address.link))
            continue;
        if (!address.subnet.base.is_link_local()) list.insert(address.subnet.network().to_string());
    }
    return {list.begin(), list.end()};
}

Result<Interfaces> read_interfaces(os::NetlinkSocket& route) {
    // A dump that the kernel calls inconsistent is made again; after a few the last is good enough, as the
    // next reading is seconds away.
    constexpr int kAttempts = 3;
    Interfaces interfaces;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        interfaces = {};
        const auto links = dump(route, RTM_GETLINK, interfaces);
        if (!links) return links.error();
        const auto addresses = dump(route, RTM_GETADDR, interfaces);
        if (!addresses) return addresses.error();
        if (*links && *addresses) break;
    }
    return interfaces;
}

}  // namespace reticle::probe
