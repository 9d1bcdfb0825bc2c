#include "probe/host/interfaces.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The interfaces of a namespace, made link by link.
struct Made : Interfaces {
    Made& link_of(std::uint32_t index, const std::string& name, const std::string& kind,
                  std::uint32_t master = 0) {
        links[index] = {.name = name, .kind = kind, .master = master};
        return *this;
    }
    Made& address(std::uint32_t link, const char* subnet) {
        addresses.push_back({link, *report::Subnet::parse(subnet)});
        return *this;
    }
};

TEST(Interfaces, ListsAddresses) {
    Made made;
    made.link_of(1, "lo", "")
        .link_of(2, "eth0", "")
        .address(2, "10.0.0.5/24")
        .address(1, "127.0.0.1/8")
        .address(9, "10.9.9.9/32");
    EXPECT_THAT(made.address_list(), ElementsAre("10.0.0.5/24", "10.9.9.9/32", "127.0.0.1/8"));
    EXPECT_THAT(made.named_address_list(),
                ElementsAre("? 10.9.9.9/32", "eth0 10.0.0.5/24", "lo 127.0.0.1/8"));
}

TEST(Interfaces, BridgeOfContainersIsPrivate) {
    Made made;
    made.link_of(3, "docker0", "bridge").link_of(4, "veth1", "veth", 3).link_of(5, "tap0", "tun", 3);
    made.address(3, "172.17.0.1/16").address(3, "fe80::1/64");
    EXPECT_THAT(made.private_networks(), ElementsAre("172.17.0.0/16"));
}

TEST(Interfaces, EmptyBridgeIsPrivate) {
    Made made;
    made.link_of(3, "virbr0", "bridge").address(3, "192.168.122.1/24");
    EXPECT_THAT(made.private_networks(), ElementsAre("192.168.122.0/24"));
}

TEST(Interfaces, BridgeWithAnUplinkReachesFurther) {
    for (const char* uplink : {"", "vlan", "vxlan", "bond"}) {
        Made made;
        made.link_of(2, "up0", uplink, 3)
            .link_of(3, "br0", "bridge")
            .link_of(4, "veth1", "veth", 3)
            .address(3, "10.0.0.1/24");
        EXPECT_THAT(made.private_networks(), IsEmpty()) << uplink;
    }
}

TEST(Interfaces, OtherNetworksAreNotPrivate) {
    Made made;
    made.link_of(2, "eth0", "")
        .link_of(3, "veth1", "veth")
        .address(2, "10.0.0.1/24")
        .address(3, "10.1.0.1/24");
    EXPECT_THAT(made.private_networks(), IsEmpty());
}

TEST(Interfaces, CutMessagesHurtNobody) {
    nlmsghdr header{};
    header.nlmsg_type = RTM_NEWADDR;
    ifaddrmsg body{};
    body.ifa_family = AF_INET;
    body.ifa_prefixlen = 24;
    rtattr attribute{};
    attribute.rta_type = IFA_LOCAL;
    attribute.rta_len = sizeof attribute + 4;
    const unsigned char address[4] = {10, 0, 0, 7};
    std::vector<char> bytes(sizeof header + sizeof body + attribute.rta_len);
    std::memcpy(bytes.data() + sizeof header, &body, sizeof body);
    std::memcpy(bytes.data() + sizeof header + sizeof body, &attribute, sizeof attribute);
    std::memcpy(bytes.data() + sizeof header + sizeof body + sizeof attribute, address, 4);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        header.nlmsg_len = static_cast<std::uint32_t>(size);
        std::memcpy(bytes.data(), &header, sizeof header);
        const std::vector<char> cut(bytes.begin(), bytes.begin() + std::max(size, sizeof header));
        Interfaces interfaces;
        interfaces.note(*reinterpret_cast<const nlmsghdr*>(cut.data()));
        EXPECT_EQ(interfaces.address_list() == std::vector<std::string>{"10.0.0.7/24"}, size == bytes.size());
    }
}

}  // namespace
}  // namespace reticle::probe
