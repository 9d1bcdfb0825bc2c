#include "probe/local_state.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/probe/support/times.h"

namespace reticle::probe {
namespace {

using report::Key;
using report::NodeKey;
using report::Topology;
using report::Value;
using report::Version;
using test::at_second;

const NodeKey kProcess{Topology::process, "boot;1;2"};

report::FlowKey flow_key(std::uint16_t port, const NodeKey& owner = kProcess) {
    report::FlowKey key;
    key.owner = owner;
    key.netns = 7;
    key.local = *report::IpAddress::parse("10.0.0.1");
    key.peer = *report::IpAddress::parse("10.0.0.2");
    key.service_port = port;
    key.protocol = report::Protocol::tcp;
    key.direction = report::Direction::outbound;
    return key;
}

FlowUpdate opened(std::uint64_t count, std::uint64_t bytes = 0) {
    FlowUpdate update;
    update.added.opened = count;
    update.added.bytes_sent = bytes;
    return update;
}

FlowUpdate closed(std::uint64_t count) {
    FlowUpdate update;
    update.added.closed = count;
    return update;
}

TEST(LocalState, TickRisesOnlyWhenSomethingChanged) {
    LocalState state("h1", 10);
    EXPECT_TRUE(state.flush(at_second(0)));
    EXPECT_EQ(state.version(), Version(10, 1));
    EXPECT_FALSE(state.flush(at_second(1)));
    EXPECT_EQ(state.version(), Version(10, 1));

    state.set(kProcess, Key::pid, Value::integer(1));
    EXPECT_TRUE(state.flush(at_second(2)));
    state.set(kProcess, Key::pid, Value::integer(1));
    EXPECT_FALSE(state.flush(at_second(3))) << "the same value again is no change";
    EXPECT_EQ(state.version(), Version(10, 2));
}

TEST(LocalState, ChangedSinceHoldsWhatCameAfter) {
    LocalState state("h1", 10);
    state.set(kProcess, Key::pid, Value::integer(1));
    state.flush(at_second(0));
    const Version before = state.version();
    const report::Report held = state.full();
    state.set(kProcess, Key::name, Value::string("sh"));
    state.flow(flow_key(80), opened(1));
    state.flush(at_second(1));

    report::Report changes = state.changed_since(before);
    EXPECT_EQ(changes.nodes.size(), 1u);
    EXPECT_EQ(changes.flows.size(), 1u);
    report::Report joined = held;
    joined.join(changes);
    EXPECT_EQ(joined, state.state());
    EXPECT_TRUE(state.changed_since(state.version()).empty());
}

TEST(LocalState, MetricWithinTheDeadBandIsNoNews) {
    LocalState state("h1", 10);
    state.metric(kProcess, Key::process_cpu_usage_percent, 50, 100, at_second(0));
    state.flush(at_second(0));
    state.metric(kProcess, Key::process_cpu_usage_percent, 50.9, 100, at_second(10));
    EXPECT_FALSE(state.flush(at_second(10))) << "within 1 % of the capacity";
    state.metric(kProcess, Key::process_cpu_usage_percent, 51.1, 100, at_second(20));
    EXPECT_TRUE(state.flush(at_second(20)));

    state.metric(kProcess, Key::process_memory_usage_bytes, 1000, 0, at_second(30));
    state.flush(at_second(30));
    state.metric(kProcess, Key::process_memory_usage_bytes, 1040, 0, at_second(40));
    EXPECT_FALSE(state.flush(at_second(40))) << "within 5 % of the value";
}

TEST(LocalState, ZeroIsAlwaysNews) {
    LocalState state("h1", 10);
    state.metric(kProcess, Key::process_cpu_usage_percent, 0.5, 100, at_second(0));
    state.flush(at_second(0));
    state.metric(kProcess, Key::process_cpu_usage_percent, 0, 100, at_second(10));
    EXPECT_TRUE(state.flush(at_second(10)));
}

TEST(LocalState, HeldBackMetricIsStatedWhenItsTimeComes) {
    LocalState state("h1", 10);
    state.metric(kProcess, Key::process_cpu_usage_percent, 10, 100, at_second(0));
    state.flush(at_second(0));
    state.metric(kProcess, Key::process_cpu_usage_percent, 90, 100, at_second(1));
    EXPECT_FALSE(state.flush(at_second(1)));
    EXPECT_FALSE(state.flush(at_second(4.9)));
    EXPECT_TRUE(state.flush(at_second(5)));
    EXPECT_EQ(state.state().find(kProcess)->metric(Key::process_cpu_usage_percent)->value, 90);
}

TEST(LocalState, HeldBackMetricThatComesBackIsForgotten) {
    LocalState state("h1", 10);
    state.metric(kProcess, Key::process_cpu_usage_percent, 10, 100, at_second(0));
    state.flush(at_second(0));
    state.metric(kProcess, Key::process_cpu_usage_percent, 90, 100, at_second(1));
    state.metric(kProcess, Key::process_cpu_usage_percent, 10, 100, at_second(2));
    EXPECT_FALSE(state.flush(at_second(6)));
}

TEST(LocalState, MetricsMoveEachSecondWhileWatched) {
    LocalState state("h1", 10);
    state.set_watched(true);
    for (int second = 0; second < 4; ++second) {
        state.metric(kProcess, Key::process_cpu_usage_percent, 10.0 * second + 1, 100, at_second(second));
        EXPECT_TRUE(state.flush(at_second(second)));
    }
}

TEST(LocalState, TombstoneGoesWhenAcknowledgedByAll) {
    LocalState state("h1", 10);
    state.set(kProcess, Key::pid, Value::integer(1));
    state.flush(at_second(0));
    const Version alive = state.version();
    state.ended(kProcess);
    state.flush(at_second(1));
    const Version ended = state.version();
    state.acknowledged(alive);
    ASSERT_NE(state.state().find(kProcess), nullptr);
    EXPECT_TRUE(state.state().find(kProcess)->presence.ended());
    EXPECT_FALSE(state.needs_full(alive));
    state.acknowledged(ended);
    EXPECT_EQ(state.state().find(kProcess), nullptr);
    EXPECT_TRUE(state.needs_full(alive)) << "the news of its end can no longer be made";
    EXPECT_FALSE(state.needs_full(ended));
    EXPECT_TRUE(state.needs_full(Version{}));
}

TEST(LocalState, TombstoneGoesAfterAMinute) {
    LocalState state("h1", 10);
    state.set(kProcess, Key::pid, Value::integer(1));
    state.flush(at_second(0));
    state.ended(kProcess);
    state.flush(at_second(1));
    state.flush(at_second(60.9));
    EXPECT_NE(state.state().find(kProcess), nullptr);
    state.flush(at_second(61));
    EXPECT_EQ(state.state().find(kProcess), nullptr);
}

TEST(LocalState, EndedNodeComesBack) {
    LocalState state("h1", 10);
    state.set(kProcess, Key::pid, Value::integer(1));
    state.flush(at_second(0));
    state.ended(kProcess);
    state.flush(at_second(1));
    state.alive(kProcess);
    state.flush(at_second(2));
    state.acknowledged(state.version());
    ASSERT_NE(state.state().find(kProcess), nullptr);
    EXPECT_TRUE(state.state().find(kProcess)->presence.alive());
}

TEST(LocalState, FlowCountsOnAfterItsTombstoneIsGone) {
    LocalState state("h1", 10);
    state.set(kProcess, Key::pid, Value::integer(1));
    state.flow(flow_key(80), opened(3, 500));
    state.flow(flow_key(80), closed(3));
    state.flow_ended(flow_key(80));
    state.flush(at_second(0));
    state.acknowledged(state.version());
    ASSERT_EQ(state.state().find(flow_key(80)), nullptr);

    state.flow(flow_key(80), opened(1, 10));
    state.flush(at_second(100));
    const report::Flow* flow = state.state().find(flow_key(80));
    ASSERT_NE(flow, nullptr);
    EXPECT_EQ(flow->total().opened, 4u);
    EXPECT_EQ(flow->total().bytes_sent, 510u);
    EXPECT_EQ(flow->active(), 1u);
}

TEST(LocalState, RaisedEpochRestatesEverything) {
    LocalState state("h1", 10);
    state.set(kProcess, Key::name, Value::string("sh"));
    state.flow(flow_key(80), opened(3, 500));
    state.flow(flow_key(80), closed(1));
    report::ListenerKey listener;
    listener.owner = kProcess;
    listener.port = 80;
    state.listener(listener);
    state.flush(at_second(0));
    state.raise_epoch(20);

    EXPECT_EQ(state.version(), Version(20, 1));
    for (const auto& node : state.state().nodes) EXPECT_EQ(node.newest(), Version(20, 1));
    const report::Flow* flow = state.state().find(flow_key(80));
    ASSERT_EQ(flow->epochs.size(), 1u);
    EXPECT_EQ(flow->epochs[0].epoch, 20u);
    EXPECT_EQ(flow->epochs[0].counters.active_at_start, 2u);
    EXPECT_EQ(flow->epochs[0].counters.bytes_sent, 0u) << "what was sent before belongs to the epoch before";
    EXPECT_EQ(flow->active(), 2u);
    EXPECT_EQ(state.changed_since(Version(10, 5)), state.state());

    state.raise_epoch(15);
    EXPECT_EQ(state.version(), Version(20, 1)) << "an epoch never falls";
}

TEST(LocalState, SumsLossesOfItsSources) {
    LocalState state("h1", 10);
    state.lost("connections", 5);
    state.lost("processes", 2);
    state.lost("connections", 6);
    state.flush(at_second(0));
    EXPECT_EQ(state.state().find(state.host())->value(Key::probe_lost_events).as_integer(), 8);
}

TEST(LocalState, IdleFlowIsNoNews) {
    LocalState state("h1", 10);
    FlowUpdate update = opened(1);
    update.last_seen = 1;
    state.flow(flow_key(80), update);
    state.flush(at_second(0));
    FlowUpdate later;
    later.last_seen = 2;
    state.flow(flow_key(80), later);
    EXPECT_FALSE(state.flush(at_second(1)));
}

/// A session that applies what it is sent, sometimes late, never wrongly ordered.
struct Session {
    report::Report world;
    Version acknowledged;

    void catch_up(const LocalState& state) {
        if (state.needs_full(acknowledged)) {
            const report::Report full = state.full();
            world.end_absent(full, state.version());
            world.join(full);
        } else {
            world.join(state.changed_since(acknowledged));
        }
        acknowledged = state.version();
    }
};

/// What is alive and what it says, without tombstones.
std::map<std::string, std::uint64_t> living(const report::Report& report) {
    std::map<std::string, std::uint64_t> alive;
    for (const auto& node : report.nodes)
        if (node.presence.alive())
            alive[node.key.id.str()] = static_cast<std::uint64_t>(node.value(Key::threads).as_integer());
    for (const auto& flow : report.flows)
        if (flow.presence.alive())
            alive["port " + std::to_string(flow.key.service_port)] = flow.total().bytes_sent;
    return alive;
}

RC_GTEST_PROP(LocalState, SessionsThatFallBehindStillConverge, ()) {
    LocalState state("h1", 10);
    std::map<std::string, std::uint64_t> truth{{"h1", 0}};
    std::map<std::uint16_t, std::uint64_t> sent;  // all that a flow ever sent
    std::vector<Session> sessions(2);
    const int steps = *rc::gen::inRange(1, 60);
    for (int step = 0; step < steps; ++step) {
        const auto number = *rc::gen::inRange<std::uint16_t>(1, 5);
        const NodeKey node{Topology::process, "p" + std::to_string(number)};
        switch (*rc::gen::inRange(0, 7)) {
            case 0: {
                const auto value = *rc::gen::inRange(0, 100);
                state.set(node, Key::threads, Value::integer(value));
                truth[node.id.str()] = static_cast<std::uint64_t>(value);
                break;
            }
            case 1:
                state.ended(node);
                truth.erase(node.id.str());
                // A new life is a new key for processes; here the same one, the harder case.
                break;
            case 2:
                sent[number] += 10;
                state.flow(flow_key(number, state.host()), opened(1, 10));
                truth["port " + std::to_string(number)] = sent[number];
                break;
            case 3:
                state.flow_ended(flow_key(number, state.host()));
                truth.erase("port " + std::to_string(number));
                break;
            case 4:
                state.flush(at_second(step * 7));
                break;
            case 5:
                state.flush(at_second(step * 7));
                sessions[number % 2].catch_up(state);
                break;
            default:
                state.acknowledged(std::min(sessions[0].acknowledged, sessions[1].acknowledged));
                break;
        }
    }
    state.flush(at_second(steps * 7));
    for (Session& session : sessions) {
        session.catch_up(state);
        RC_ASSERT(living(session.world) == living(state.state()));
    }
    RC_ASSERT(living(state.state()) == truth);
}

}  // namespace
}  // namespace reticle::probe
