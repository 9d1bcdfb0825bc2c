#include "report/flow.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/report_generators.h"

namespace reticle::report {
namespace {

TEST(Flow, CountsWhatIsOpenNow) {
    Flow flow;
    flow.presence = Presence::alive_at(Version(1, 1));
    Counters& counters = flow.counters(1);
    counters.active_at_start = 2;
    counters.opened = 5;
    counters.closed = 4;
    EXPECT_EQ(flow.active(), 3U);
    counters.closed = 9;
    EXPECT_EQ(flow.active(), 0U);
    counters.closed = 0;
    flow.presence = Presence::ended_at(Version(1, 2));
    EXPECT_EQ(flow.active(), 0U);
}

TEST(Flow, SumsItsEpochsAndTakesWhatWasOpenFromTheNewest) {
    Flow flow;
    flow.presence = Presence::alive_at(Version(2, 1));
    flow.counters(2) = {.opened = 3, .closed = 1, .bytes_sent = 10, .active_at_start = 4};
    flow.counters(1) = {.opened = 9, .closed = 5, .bytes_sent = 100, .active_at_start = 0};
    EXPECT_EQ(flow.total().opened, 12U);
    EXPECT_EQ(flow.total().bytes_sent, 110U);
    EXPECT_EQ(flow.total().active_at_start, 4U);
    EXPECT_EQ(flow.active(), 6U);
}

RC_GTEST_PROP(Flow, FoldingEpochsKeepsTheTotal, ()) {
    Flow flow = *test::any_flow();
    for (std::uint64_t epoch = 1; epoch < 5; ++epoch) flow.counters(epoch) = *test::any_counters();
    const Counters before = flow.total();
    const std::uint64_t active = flow.active();
    flow.fold_epochs(4);
    RC_ASSERT(flow.total() == before);
    RC_ASSERT(flow.active() == active);
    RC_ASSERT(flow.epochs.front().epoch == 3U);
    const Flow once = flow;
    flow.fold_epochs(4);
    RC_ASSERT(flow == once);
}

TEST(Flow, RoundTripsAndFirstSightTakeTheKnownMinimum) {
    Flow a;
    a.rtt_min_us = 0;
    a.first_seen = 50;
    Flow b;
    b.rtt_min_us = 120;
    b.first_seen = 0;
    a.join(b);
    EXPECT_EQ(a.rtt_min_us, 120U);
    EXPECT_EQ(a.first_seen, 50);
}

TEST(Witness, IsTheSameFromBothEndsAndStable) {
    const IpAddress client = *IpAddress::parse("10.0.0.2");
    const IpAddress server = *IpAddress::parse("::ffff:10.0.0.1");
    const std::uint64_t hash = flow_witness(Protocol::tcp, client, 40000, server, 443);
    // Wire format: probes of other versions must compute this very number.
    EXPECT_EQ(hash, flow_witness(Protocol::tcp, client, 40000, *IpAddress::parse("10.0.0.1"), 443));
    EXPECT_EQ(hash, 15882774927955457200ULL);
    EXPECT_NE(hash, flow_witness(Protocol::udp, client, 40000, server, 443));
    EXPECT_NE(hash, flow_witness(Protocol::tcp, server, 443, client, 40000));
}

TEST(Witness, ListsKeepTheOpenOnesThenTheLowest) {
    std::vector<Witness> witnesses;
    for (std::uint64_t hash = 0; hash < 100; ++hash) witnesses.push_back({hash, 0, hash >= 70});
    cut_witnesses(witnesses);
    ASSERT_EQ(witnesses.size(), kMaxWitnesses);
    EXPECT_EQ(witnesses.front().hash, 0U);
    EXPECT_EQ(witnesses[33].hash, 33U);
    EXPECT_EQ(witnesses[34].hash, 70U);
    EXPECT_EQ(witnesses.back().hash, 99U);
}

TEST(Witness, ListsOfANewerVersionReplaceTheOlder) {
    Flow a;
    a.witness_version = Version(1, 1);
    a.witnesses = {{1, 0, true}, {2, 0, true}};
    Flow b;
    b.witness_version = Version(1, 2);
    b.witnesses = {{3, 0, false}};
    Flow ab = a;
    ab.join(b);
    Flow ba = b;
    ba.join(a);
    EXPECT_EQ(ab.witnesses, b.witnesses);
    EXPECT_EQ(ba.witnesses, b.witnesses);
}

RC_GTEST_PROP(Witness, ListsOfOneVersionJoinToTheSameOnEveryPath, ()) {
    std::vector<Flow> flows(3);
    for (Flow& flow : flows) flow.witnesses = *test::any_witnesses();
    const auto join = [](Flow a, const Flow& b) {
        a.join(b);
        return a;
    };
    const Flow left = join(join(flows[0], flows[1]), flows[2]);
    RC_ASSERT(left == join(flows[0], join(flows[1], flows[2])));
    RC_ASSERT(left == join(join(flows[2], flows[1]), flows[0]));
    RC_ASSERT(left == join(left, flows[1]));
    RC_ASSERT(left.witnesses.size() <= kMaxWitnesses);
}

TEST(Names, OfFlowsReadBack) {
    for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
        EXPECT_EQ(protocol_named(protocol_name(protocol)), protocol);
    }
    for (const Direction direction : {Direction::unknown, Direction::outbound, Direction::inbound}) {
        EXPECT_EQ(direction_named(direction_name(direction)), direction);
    }
    EXPECT_EQ(failure_name(Failure::no_local_port), "no_local_port");
    EXPECT_FALSE(protocol_named("sctp"));
}

}  // namespace
}  // namespace reticle::report
