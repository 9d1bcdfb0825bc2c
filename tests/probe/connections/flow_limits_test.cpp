// What the flow table does when the world outside tries to decide how large it gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/sweeps.h"

namespace reticle::probe {
namespace {

using test::conversation;
using test::listening;
using test::Sweeps;

/// A server that as many peers as wanted are connected to.
std::vector<Socket> crowd(Sweeps& host, int networks, int peers_of_each) {
    std::vector<Socket> sockets{listening("0.0.0.0:80", {.inode = 1})};
    std::vector<std::uint64_t> inodes{1};
    for (int network = 0; network < networks; ++network) {
        for (int peer = 0; peer < peers_of_each; ++peer) {
            inodes.push_back(inodes.size() + 10);
            const std::string address = "198." + std::to_string(network / 250) + "." +
                                        std::to_string(network % 250) + "." + std::to_string(peer + 1);
            sockets.push_back(conversation("10.0.0.1:80", address + ":4000", {.inode = inodes.back()}));
        }
    }
    host.process(7, inodes);
    return sockets;
}

TEST(FlowLimits, PeersBeyondTheLimitCollapseByNetwork) {
    Sweeps host(10);
    host.sweep(crowd(host, 1, 30));
    EXPECT_EQ(host.living().size(), 11u);
    EXPECT_THAT(host.living(), testing::Contains("7 <- 198.0.0.0:80"));
    EXPECT_EQ(host.flows().collapsed(), 20u) << "counted, not hidden";
    std::uint64_t active = 0;
    for (const auto& flow : host.state().state().flows) active += flow.active();
    EXPECT_EQ(active, 30u) << "every connection still counts";
}

TEST(FlowLimits, NetworksBeyondTheLimitCollapseAltogether) {
    Sweeps host(10);
    host.sweep(crowd(host, 200, 2));
    EXPECT_LE(host.living().size(), 21u);
    EXPECT_THAT(host.living(), testing::Contains("7 <- 0.0.0.0:80"));
}

TEST(FlowLimits, RoomIsGivenBack) {
    Sweeps host(10);
    host.sweep(crowd(host, 1, 30));
    host.sweep({});
    host.pass(100);
    host.sweep({});
    host.sweep({});
    EXPECT_EQ(host.flows().size(), 0u);
    host.sweep(crowd(host, 1, 5));
    EXPECT_EQ(host.living().size(), 5u);
    EXPECT_EQ(host.flows().collapsed(), 20u);
}

}  // namespace
}  // namespace reticle::probe
