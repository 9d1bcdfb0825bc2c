#include "probe/connections/flow_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/probe/support/sweeps.h"

namespace reticle::probe {
namespace {

using report::Protocol;
using test::conversation;
using test::listening;
using test::Sweeps;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(FlowTable, OutboundToElsewhereInboundThroughAListener) {
    Sweeps host;
    host.process(7, {70, 71});
    host.sweep({listening("0.0.0.0:80", {.inode = 71}),
                conversation("10.0.0.1:40000", "10.0.0.2:5432", {.inode = 70}),
                conversation("10.0.0.1:80", "10.0.0.3:40000", {.inode = 72})});
    host.process(7, {70, 71, 72});
    host.sweep({listening("0.0.0.0:80", {.inode = 71}),
                conversation("10.0.0.1:40000", "10.0.0.2:5432", {.inode = 70}),
                conversation("10.0.0.1:80", "10.0.0.3:40000", {.inode = 72})});
    EXPECT_THAT(host.living(), UnorderedElementsAre("7 -> 10.0.0.2:5432", "7 <- 10.0.0.3:80"));
}

TEST(FlowTable, NeverFromPortOrder) {
    Sweeps host;
    host.process(7, {70, 71});
    host.sweep({listening("0.0.0.0:50000", {.inode = 71}),
                conversation("10.0.0.1:50000", "10.0.0.2:22", {.inode = 70})});
    EXPECT_THAT(host.living(), ElementsAre("7 <- 10.0.0.2:50000"));
}

TEST(FlowTable, DirectionOutlivesItsListener) {
    Sweeps host;
    host.process(7, {70});
    const Socket accepted = conversation("10.0.0.1:80", "10.0.0.2:40000", {.inode = 70});
    host.sweep({listening("0.0.0.0:80", {.inode = 71})});
    host.sweep({accepted});
    EXPECT_THAT(host.living(), ElementsAre("7 <- 10.0.0.2:80"))
        << "it stopped listening before we saw the connection";
    for (int again = 0; again < 30; ++again) host.sweep({accepted});
    EXPECT_THAT(host.living(), ElementsAre("7 <- 10.0.0.2:80"));
}

TEST(FlowTable, BothEndsOnThisHostAreOneFlow) {
    Sweeps host;
    host.process(7, {70});
    host.process(8, {80, 81});
    host.sweep({listening("127.0.0.1:80", {.inode = 81}),
                conversation("127.0.0.1:80", "127.0.0.1:40000", {.inode = 80, .sent = 5}),
                conversation("127.0.0.1:40000", "127.0.0.1:80", {.inode = 70, .received = 5})});
    EXPECT_THAT(host.living(), ElementsAre("7 -> 8 127.0.0.1:80"));
}

TEST(FlowTable, EndsInTwoNamespacesOfThisHostAreJoined) {
    Sweeps host;
    host.process(7, {70});
    host.process(8, {80, 81});
    host.sweep({listening("0.0.0.0:80", {.inode = 81, .netns = 2}),
                conversation("10.1.0.2:80", "10.1.0.1:40000", {.inode = 80, .netns = 2}),
                conversation("10.1.0.1:40000", "10.1.0.2:80", {.inode = 70, .netns = 1})});
    EXPECT_THAT(host.living(), ElementsAre("7 -> 8 10.1.0.2:80"));
}

TEST(FlowTable, LoopbacksOfTwoNamespacesAreTwoPlaces) {
    Sweeps host;
    host.process(7, {70});
    host.process(8, {80, 81});
    const std::vector<Socket> sockets{
        listening("0.0.0.0:80", {.inode = 81, .netns = 2}),
        conversation("127.0.0.1:80", "127.0.0.1:40000", {.inode = 80, .netns = 2}),
        conversation("127.0.0.1:40000", "127.0.0.1:80", {.inode = 70, .netns = 1})};
    host.sweep(sockets);
    host.sweep(sockets);
    EXPECT_THAT(host.living(), UnorderedElementsAre("7 -> 127.0.0.1:80", "8 <- 127.0.0.1:80"));
}

TEST(FlowTable, SocketConnectedToItself) {
    Sweeps host;
    host.process(7, {70});
    host.sweep({conversation("127.0.0.1:40000", "127.0.0.1:40000", {.inode = 70})});
    EXPECT_THAT(host.living(), ElementsAre("7 -> 7 127.0.0.1:40000"));
}

TEST(FlowTable, NeitherEndKnownToListenStaysUnknown) {
    Sweeps host;
    host.process(7, {70});
    host.process(8, {80});
    host.sweep({conversation("127.0.0.1:80", "127.0.0.1:40000", {.inode = 80}),
                conversation("127.0.0.1:40000", "127.0.0.1:80", {.inode = 70})});
    ASSERT_EQ(host.living().size(), 1u);
    EXPECT_THAT(host.living()[0], testing::HasSubstr(" -- "));
}

TEST(FlowTable, AcceptedSocketIsTheChildsThatHoldsIt) {
    Sweeps host;
    host.process(5, {50});      // the server that listens
    host.process(6, {50, 60});  // its child, which alone kept the connection
    host.sweep({listening("0.0.0.0:80", {.inode = 50}),
                conversation("10.0.0.1:80", "10.0.0.2:40000", {.inode = 60})});
    EXPECT_THAT(host.living(), ElementsAre("6 <- 10.0.0.2:80"));
}

TEST(FlowTable, ConnectionHandedOnMovesWithItsHolder) {
    Sweeps host;
    const Socket connection = conversation("10.0.0.1:40000", "10.0.0.2:80", {.inode = 60, .sent = 100});
    host.process(5, {60});
    host.sweep({});
    host.sweep({connection});
    host.process(6, {60});
    host.process(5, {});
    host.sweep({connection});
    EXPECT_THAT(host.living(), ElementsAre("6 -> 10.0.0.2:80"));
    std::uint64_t sent = 0;
    for (const auto& flow : host.state().state().flows) sent += flow.total().bytes_sent;
    EXPECT_EQ(sent, 100u) << "nothing is counted twice";
}

TEST(FlowTable, WhoseOwnerEndedStaysItsUntilTheSocketGoes) {
    Sweeps host;
    const Socket connection = conversation("10.0.0.1:40000", "10.0.0.2:80", {.inode = 60});
    host.process(5, {60});
    host.sweep({connection});
    host.exit(5);
    host.sweep({connection});
    host.sweep({});
    EXPECT_THAT(host.living(), IsEmpty());
    EXPECT_EQ(host.state().state().flows.size(), 1u) << "no flow of the host came out of it";
}

TEST(FlowTable, NobodysConnectionIsTheHostsUntilSomeoneTurnsUp) {
    Sweeps host;
    const Socket waiting = conversation("10.0.0.1:80", "10.0.0.2:40000", {.inode = 0, .id = 9});
    const Socket listener = listening("0.0.0.0:80", {.inode = 50});
    host.process(5, {50});
    host.sweep({listener, waiting});
    EXPECT_THAT(host.living(), IsEmpty()) << "it may be accepted any moment";
    host.sweep({listener, waiting});
    host.sweep({listener, waiting});
    EXPECT_THAT(host.living(), ElementsAre("host <- 10.0.0.2:80"));
    host.process(5, {50, 60});
    host.sweep({listener, conversation("10.0.0.1:80", "10.0.0.2:40000", {.inode = 60, .id = 9})});
    EXPECT_THAT(host.living(), ElementsAre("5 <- 10.0.0.2:80"));
}

TEST(FlowTable, OpenAtTheFirstSweepIsTheBaseline) {
    Sweeps host;
    host.process(7, {70, 71});
    host.sweep({conversation("10.0.0.1:40000", "10.0.0.2:80", {.inode = 70, .sent = 1000})});
    host.sweep({conversation("10.0.0.1:40000", "10.0.0.2:80", {.inode = 70, .sent = 1100}),
                conversation("10.0.0.1:40001", "10.0.0.2:80", {.inode = 71, .sent = 30})});
    const report::Counters total = host.only().total();
    EXPECT_EQ(total.active_at_start, 1u);
    EXPECT_EQ(total.opened, 1u);
    EXPECT_EQ(total.bytes_sent, 130u);
    EXPECT_EQ(host.only().active(), 2u);
    host.sweep({});
    EXPECT_EQ(host.only().total().closed, 2u);
    EXPECT_EQ(host.only().active(), 0u);
    EXPECT_TRUE(host.only().presence.ended());
}

TEST(FlowTable, ConnectionsOfOneKindAreOneFlow) {
    Sweeps host;
    std::vector<std::uint64_t> inodes;
    std::vector<Socket> sockets;
    for (std::uint64_t inode = 1; inode <= 200; ++inode) {
        inodes.push_back(inode);
        sockets.push_back(
            conversation("10.0.0.1:" + std::to_string(20000 + inode), "10.0.0.2:80", {.inode = inode}));
    }
    host.process(7, inodes);
    host.sweep(sockets);
    EXPECT_THAT(host.living(), ElementsAre("7 -> 10.0.0.2:80"));
    EXPECT_EQ(host.only().active(), 200u);
    EXPECT_EQ(host.only().witnesses.size(), report::kMaxWitnesses);
}

TEST(FlowTable, WitnessIsTheSameAtBothEnds) {
    Sweeps client;
    client.process(7, {70});
    client.sweep({conversation("10.0.0.1:40000", "10.0.0.2:80", {.inode = 70})});
    Sweeps server;
    server.process(8, {80, 81});
    server.sweep({listening("0.0.0.0:80", {.inode = 81}),
                  conversation("10.0.0.2:80", "10.0.0.1:40000", {.inode = 80})});
    ASSERT_EQ(client.only().witnesses.size(), 1u);
    ASSERT_EQ(server.only().witnesses.size(), 1u);
    EXPECT_EQ(client.only().witnesses[0].hash, server.only().witnesses[0].hash);
    EXPECT_TRUE(client.only().witnesses[0].open);
}

TEST(FlowTable, UdpByListenerThenByEphemeralRangeElseUnknown) {
    Sweeps host;
    host.process(7, {70, 71, 72, 73});
    const auto udp = [](const char* local, const char* peer, std::uint64_t inode) {
        return conversation(local, peer, {.inode = inode, .protocol = Protocol::udp});
    };
    host.sweep({listening("0.0.0.0:53", {.inode = 73, .protocol = Protocol::udp}),
                udp("10.0.0.1:53", "10.0.0.2:40000", 70), udp("10.0.0.1:40000", "10.0.0.3:53", 71),
                udp("10.0.0.1:7000", "10.0.0.4:7000", 72)});
    EXPECT_THAT(host.living(),
                UnorderedElementsAre("7 <- 10.0.0.2:53", "7 -> 10.0.0.3:53", "7 -- 10.0.0.4:7000"));
}

TEST(FlowTable, OddSocketsHurtNobody) {
    Sweeps host;
    host.process(7, {70, 71, 72, 73});
    host.sweep({conversation("10.0.0.1:0", "10.0.0.2:0", {.inode = 70}),
                conversation("10.0.0.1:5000", "224.0.0.251:5353", {.inode = 71, .protocol = Protocol::udp}),
                conversation("10.0.0.1:5000", "255.255.255.255:67", {.inode = 72, .protocol = Protocol::udp}),
                conversation("[fe80::1]:5000", "[fe80::2]:80", {.inode = 73})});
    EXPECT_EQ(host.living().size(), 4u);
    host.sweep({});
    EXPECT_THAT(host.living(), IsEmpty());
}

/// A conversation between two processes of a small world, which may be looked at at any time.
struct Talk {
    std::uint64_t inode;
    int peer;
    std::uint64_t sent;
};

RC_GTEST_PROP(FlowTable, TotalsNeverFallOverRandomSweeps, ()) {
    Sweeps host;
    std::map<std::uint64_t, Talk> open;
    std::map<std::string, report::Counters> before;
    host.process(7, {});
    host.sweep({});
    const int sweeps = *rc::gen::inRange(1, 25);
    std::uint64_t next_inode = 100;
    for (int round = 0; round < sweeps; ++round) {
        for (int change = *rc::gen::inRange(0, 6); change > 0; --change) {
            const int peer = *rc::gen::inRange(1, 4);
            switch (*rc::gen::inRange(0, 3)) {
                case 0: {
                    // Inodes are used again now and then.
                    const std::uint64_t inode =
                        *rc::gen::arbitrary<bool>() ? ++next_inode : 50 + static_cast<unsigned>(peer);
                    if (open.contains(inode)) break;
                    open[inode] = {inode, peer, 10};
                    break;
                }
                case 1:
                    if (!open.empty()) open.erase(open.begin());
                    break;
                default:
                    for (auto& [inode, talk] : open)
                        if (talk.peer == peer) talk.sent += 7;
                    break;
            }
        }
        std::vector<Socket> sockets;
        std::vector<std::uint64_t> inodes;
        for (const auto& [inode, talk] : open) {
            inodes.push_back(inode);
            sockets.push_back(conversation("10.0.0.1:" + std::to_string(30000 + inode % 1000),
                                           "10.0.0." + std::to_string(talk.peer + 1) + ":80",
                                           {.inode = inode, .sent = talk.sent}));
        }
        host.process(7, inodes);
        host.sweep(sockets);
        std::uint64_t active = 0;
        for (const auto& flow : host.state().state().flows) {
            const report::Counters now = flow.total();
            report::Counters& then = before[Sweeps::word(flow)];
            RC_ASSERT(now.opened >= then.opened);
            RC_ASSERT(now.closed >= then.closed);
            RC_ASSERT(now.bytes_sent >= then.bytes_sent);
            RC_ASSERT(now.closed <= now.opened + now.active_at_start);
            then = now;
            active += flow.active();
        }
        RC_ASSERT(active == open.size());
    }
}

}  // namespace
}  // namespace reticle::probe
