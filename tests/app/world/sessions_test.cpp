// Sessions, epochs, limits, posted reports, and how time passes.
#include <gtest/gtest.h>

#include "tests/support/world_builder.h"

namespace reticle::test {
namespace {

using app::Change;
using app::World;
using app::WriterState;
using report::Presence;
using report::Version;
using std::chrono::seconds;

Now at(std::int64_t second, std::int64_t clock_off = 0) {
    Now now;
    now.mono = MonoTime(std::chrono::hours(1) + seconds(second));
    now.utc = (1'800'000'000 + second + clock_off) * 1'000'000'000;
    return now;
}

report::wire::Hello hello(const std::string& host, const std::string& instance = "i1",
                          std::uint64_t epoch = 10) {
    report::wire::Hello hello;
    hello.host_id = hello.host_name = host;
    hello.boot_id = "boot";
    hello.instance_id = instance;
    hello.epoch = epoch;
    return hello;
}

report::NodeKey process(int pid) {
    return {report::Topology::process, "boot;" + std::to_string(pid) + ";1"};
}

report::wire::Frame frame(std::uint64_t epoch, std::uint64_t sequence, const std::vector<int>& pids,
                          bool full) {
    report::wire::Frame frame;
    frame.epoch = epoch;
    frame.sequence = sequence;
    frame.full = full;
    frame.version = Version(epoch, sequence);
    for (const int pid : pids) frame.report.node(process(pid)).presence = Presence::alive_at(frame.version);
    return frame;
}

report::Flow flow(std::uint64_t epoch, std::uint64_t tick, std::uint64_t bytes) {
    report::Flow flow;
    flow.key.owner = process(1);
    flow.key.peer = *report::IpAddress::parse("203.0.113.1");
    flow.key.service_port = 443;
    flow.key.protocol = report::Protocol::tcp;
    flow.key.direction = report::Direction::outbound;
    flow.presence = Presence::alive_at(Version(epoch, tick));
    flow.counters(epoch).bytes_sent = bytes;
    return flow;
}

std::uint64_t bytes_sent(const World& world) {
    std::uint64_t sum = 0;
    world.for_each_conversation([&](const app::Conversation& each) { sum += each.counters.bytes_sent; });
    return sum;
}

TEST(Sessions, ASecondLiveProbeOfAHostIsRefused) {
    World world;
    ASSERT_TRUE(world.open(hello("h"), at(0)));
    const auto second = world.open(hello("h", "i2"), at(1));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    world.disconnected("h", "i1");
    EXPECT_TRUE(world.open(hello("h", "i2"), at(2)));
}

TEST(Sessions, ASilentProbeDoesNotHoldItsHost) {
    World world;
    ASSERT_TRUE(world.open(hello("h"), at(0)));
    world.advance(at(11));
    EXPECT_TRUE(world.open(hello("h", "i2"), at(12)));
}

TEST(Sessions, AnEpochIsAboveAllOfOtherStartsAndGoesOnForTheSameOne) {
    World world;
    EXPECT_EQ(world.open(hello("h", "i1", 10), at(0))->welcome.epoch, 10);
    world.disconnected("h", "i1");
    EXPECT_EQ(world.open(hello("h", "i1", 10), at(1))->welcome.epoch, 10);
    world.disconnected("h", "i1");
    EXPECT_EQ(world.open(hello("h", "i2", 3), at(2))->welcome.epoch, 11);
}

TEST(Sessions, DuplicatesAndLateFramesChangeNothing) {
    World world;
    ASSERT_TRUE(world.open(hello("h"), at(0)));
    ASSERT_TRUE(*world.apply("h", frame(10, 1, {1}, true), at(0)));
    ASSERT_TRUE(*world.apply("h", frame(10, 2, {2}, false), at(0)));
    const std::uint64_t sequence = world.sequence();
    EXPECT_FALSE(*world.apply("h", frame(10, 1, {1}, true), at(1)));
    EXPECT_FALSE(*world.apply("h", frame(9, 7, {3}, true), at(1)));
    EXPECT_EQ(world.sequence(), sequence);
    EXPECT_EQ(world.counts().duplicates, 2);
    EXPECT_EQ(world.counts().nodes, 2);
}

TEST(Sessions, TheFirstFrameIsFullAndOnlySessionsSendFrames) {
    World world;
    EXPECT_EQ(world.apply("h", frame(10, 1, {1}, true), at(0)).error().code, Errc::not_found);
    ASSERT_TRUE(world.open(hello("h"), at(0)));
    EXPECT_EQ(world.apply("h", frame(10, 1, {1}, false), at(0)).error().code, Errc::invalid);
}

TEST(Sessions, AFullFrameEndsWhatItDoesNotHoldInSoManyWords) {
    World world;
    ASSERT_TRUE(world.open(hello("h"), at(0)));
    ASSERT_TRUE(world.apply("h", frame(10, 1, {1, 2}, true), at(0)));
    auto again = frame(10, 2, {2}, true);
    again.report.nodes.front().presence = Presence::alive_at(Version(10, 1));
    const auto applied = **world.apply("h", std::move(again), at(1));
    ASSERT_EQ(applied.change.delta.nodes.size(), 1);  // what it repeats is no news
    EXPECT_TRUE(applied.change.delta.nodes[0].presence.ended());
    EXPECT_TRUE(world.node({"h", process(1)})->ended);
    EXPECT_FALSE(world.node({"h", process(2)})->ended);
}

TEST(Sessions, CountersGoOnAcrossRestarts) {
    World world;
    std::uint64_t expected = 0;
    for (std::uint64_t start = 1; start <= 3; ++start) {
        const std::string instance = "i" + std::to_string(start);
        const std::uint64_t epoch = world.open(hello("h", instance, 10), at(0))->welcome.epoch;
        auto first = frame(epoch, 1, {1}, true);
        first.report.flows.push_back(flow(epoch, 1, 100 * start));
        ASSERT_TRUE(world.apply("h", std::move(first), at(0)));
        expected += 100 * start;
        EXPECT_EQ(bytes_sent(world), expected);
        world.disconnected("h", instance);
    }
    EXPECT_LE(world.state("h")->flows.front().epochs.size(), 2);
}

TEST(Sessions, WhatExceedsTheLimitsIsDroppedAndCounted) {
    app::WorldPolicy policy;
    policy.max_nodes_per_writer = 2;
    policy.max_writers = 1;
    World world(policy);
    ASSERT_TRUE(world.open(hello("h"), at(0)));
    ASSERT_TRUE(world.apply("h", frame(10, 1, {1, 2, 3, 4}, true), at(0)));
    EXPECT_EQ(world.counts().nodes, 2);
    EXPECT_EQ(world.writer("h")->limited, 2);
    EXPECT_EQ(world.open(hello("other"), at(0)).error().code, Errc::too_large);
}

TEST(Time, SilenceTurnsStaleAndAFrameTurnsLive) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl nginx").talk("curl -> nginx").send();
    builder.pass(seconds(9));
    EXPECT_EQ(builder.graph(), "curl -> nginx");
    const auto steps = builder.pass(seconds(1));
    ASSERT_EQ(steps.size(), 1);
    EXPECT_EQ(steps[0].touched.writers.size(), 1);
    EXPECT_EQ(steps[0].touched.conversations.size(), 1);
    EXPECT_EQ(builder.graph(), "curl -> nginx~");
    EXPECT_TRUE(builder.world().node(builder.ref("curl"))->stale);
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> nginx");
}

TEST(Time, EndedThingsGlowThenLeaveThenAreCollected) {
    app::WorldPolicy policy;
    policy.retention = seconds(60);
    WorldBuilder builder(policy);
    builder.host("a", {"10.0.0.1"}, "curl nginx").talk("curl -> nginx").send();
    builder.exit("curl").send();
    EXPECT_TRUE(builder.world().node(builder.ref("curl"))->ended);
    EXPECT_EQ(builder.graph(), "curl -> nginx!");
    const auto keep_alive = [&](int times) {
        // Empty frames: what ended long ago is not repeated.
        builder.stated("a") = report::Report();
        for (int i = 0; i < times; ++i) {
            builder.pass(seconds(5));
            builder.send();
        }
    };
    keep_alive(3);
    EXPECT_FALSE(builder.world().node(builder.ref("curl")));
    EXPECT_EQ(builder.graph(), "");
    EXPECT_NE(builder.world().state("a")->find(builder.process("curl")), nullptr);
    keep_alive(10);
    EXPECT_EQ(builder.world().state("a")->find(builder.process("curl")), nullptr);
    EXPECT_NE(builder.world().state("a")->find(builder.process("nginx")), nullptr);
}

TEST(Time, AListenerThatJustEndedStillExplainsItsConversations) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "old new");
    builder.talk("curl -> old", Seen::by_client).send();
    builder.exit("old").send();
    EXPECT_EQ(builder.graph(), "curl -> old");
    builder.listen("new", 80).send();
    EXPECT_EQ(builder.graph(), "curl -> new");
}

TEST(Time, AGoodbyeEndsEverythingAtOnceAndRetentionForgetsIt) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl nginx").talk("curl -> nginx").send();
    const auto applied = builder.world().goodbye("a", builder.now());
    ASSERT_TRUE(applied);
    EXPECT_EQ(builder.world().writer("a")->state, WriterState::ended);
    EXPECT_EQ(builder.graph(), "curl -> nginx!");
    EXPECT_TRUE(builder.world().node(builder.ref("curl"))->ended);
    builder.pass(seconds(16));
    EXPECT_EQ(builder.graph(), "");
    builder.pass(seconds(600));
    EXPECT_EQ(builder.world().writer("a"), nullptr);
    EXPECT_EQ(builder.world().counts().nodes, 0);
}

TEST(Time, AClockThatIsAnHourOffChangesNothingButANumber) {
    for (const std::int64_t off : {-3600, 0, 3600}) {
        World world;
        ASSERT_TRUE(world.open(hello("h"), at(0)));
        auto first = frame(10, 1, {1}, true);
        first.now = at(0, off).utc;
        ASSERT_TRUE(world.apply("h", std::move(first), at(0)));
        auto second = frame(10, 2, {2}, false);
        second.now = at(1, -off).utc;  // and steps by two hours
        ASSERT_TRUE(world.apply("h", std::move(second), at(1)));
        EXPECT_EQ(world.writer("h")->skew_nanos, -off * 1'000'000'000);
        EXPECT_TRUE(world.advance(at(5)).empty());
        EXPECT_EQ(world.counts().nodes, 2);
    }
}

TEST(Time, TimesOfFlowsAreOnOurClockHoweverTheWritersSteps) {
    for (const std::int64_t off : {-3600, 0, 3600}) {
        World world;
        ASSERT_TRUE(world.open(hello("h"), at(0)));
        for (const std::int64_t second : {0, 1, 2}) {
            // The clock is off by `off`, steps to the other side, and back.
            const std::int64_t clock = second == 1 ? -off : off;
            auto next = frame(10, static_cast<std::uint64_t>(second) + 1, {1}, second == 0);
            next.now = at(second, clock).utc;
            next.report.flows.push_back(flow(10, static_cast<std::uint64_t>(second) + 1, 1));
            // First seen before any step, and told again with every frame.
            next.report.flows.back().first_seen = at(-5, off).utc;
            next.report.flows.back().last_seen = at(second, clock).utc;
            ASSERT_TRUE(world.apply("h", std::move(next), at(second)));
            world.for_each_conversation([&](const app::Conversation& each) {
                EXPECT_EQ(each.first_seen, at(-5).utc);
                EXPECT_EQ(each.last_seen, at(second).utc);
            });
        }
        EXPECT_EQ(world.counts().conversations, 1);
    }
}

TEST(Posted, AReportHoldsForItsWindowAndIsRenewed) {
    World world;
    report::Report report;
    report.node(process(1)).presence = Presence::alive_at(Version(5, 5));
    ASSERT_TRUE(world.post("script", "box", report, seconds(15), at(0)));
    world.advance(at(14));
    EXPECT_FALSE(world.node({"script", process(1)})->ended);
    const auto again = world.post("script", "box", report, seconds(15), at(14));
    EXPECT_TRUE(again->change.delta.empty());  // the same again is no news
    world.advance(at(28));
    EXPECT_EQ(world.writer("script")->state, WriterState::live);
    world.advance(at(29));
    EXPECT_EQ(world.writer("script")->state, WriterState::ended);
    EXPECT_TRUE(world.node({"script", process(1)})->ended);
    ASSERT_TRUE(world.post("script", "box", report, seconds(15), at(40)));
    EXPECT_FALSE(world.node({"script", process(1)})->ended);
    ASSERT_TRUE(world.post("script", "box", {}, seconds(15), at(41)));
    EXPECT_TRUE(world.node({"script", process(1)})->ended);
}

TEST(Posted, HostsOfOneImportKeepTheirLoopbacksApart) {
    World world;
    report::Report report;
    const Version version(1, 1);
    for (const int host : {1, 2}) {
        const report::NodeKey host_key{report::Topology::host, "h" + std::to_string(host)};
        report.node(host_key).presence = Presence::alive_at(version);
        for (const int pid : {host * 10, host * 10 + 1}) {
            auto& node = report.node(process(pid));
            node.presence = Presence::alive_at(version);
            node.set_parent(host_key, Presence::alive_at(version));
        }
        report::Flow each = flow(1, 1, 7);
        each.key.owner = process(host * 10);
        each.key.peer = *report::IpAddress::parse("127.0.0.1");
        report.flows.push_back(each);
        report::ListenerKey listener;
        listener.owner = process(host * 10 + 1);
        listener.address = *report::IpAddress::parse("127.0.0.1");
        listener.port = 443;
        listener.protocol = report::Protocol::tcp;
        report.listener(listener).presence = Presence::alive_at(version);
    }
    ASSERT_TRUE(world.post("import", "", report, seconds(15), at(0)));
    world.for_each_conversation([](const app::Conversation& each) {
        EXPECT_EQ(each.server.kind, app::EndKind::node);
        EXPECT_EQ(each.client.node.key == process(10), each.server.node.key == process(11));
    });
    EXPECT_EQ(world.counts().conversations, 2);
}

TEST(Posted, ANodeOfManyWritersLivesWhileAnySaysSo) {
    World world;
    const report::NodeKey image{report::Topology::container_image, "nginx:1"};
    report::Report report;
    report.node(image).presence = Presence::alive_at(Version(1, 1));
    ASSERT_TRUE(world.post("one", "", report, seconds(15), at(0)));
    ASSERT_TRUE(world.post("two", "", report, seconds(15), at(0)));
    ASSERT_TRUE(world.post("one", "", {}, seconds(15), at(1)));
    EXPECT_FALSE(world.node({"one", image})->ended);
    ASSERT_TRUE(world.post("two", "", {}, seconds(15), at(2)));
    EXPECT_TRUE(world.node({"one", image})->ended);
}

}  // namespace
}  // namespace reticle::test
