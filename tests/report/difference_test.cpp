#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/report.h"
#include "tests/support/report_generators.h"

namespace reticle::report {
namespace {

Report joined(Report a, const Report& b) {
    a.join(b);
    return a;
}

RC_GTEST_PROP(Difference, JoinedWithTheOlderGivesTheLater, (const Report& a, const Report& x)) {
    const Report b = joined(a, x);
    RC_ASSERT(joined(a, difference(a, b)) == b);
}

RC_GTEST_PROP(Difference, OfEqualStatesIsEmpty, (const Report& a)) {
    RC_ASSERT(difference(a, a).empty());
}

RC_GTEST_PROP(Difference, FromNothingIsEverything, (const Report& a)) {
    RC_ASSERT(difference(Report(), a) == a);
}

RC_GTEST_PROP(Difference, HoldsNothingThatTheOlderSays, (const Report& a, const Report& x)) {
    const Report d = difference(a, joined(a, x));
    for (const Node& node : d.nodes) {
        const Node* old = a.find(node.key);
        if (old == nullptr) continue;
        for (const Attribute& attribute : node.attributes) {
            const Attribute* known = old->attribute(attribute.key);
            RC_ASSERT((known == nullptr || !(*known == attribute)));
        }
        for (const Metric& metric : node.metrics) {
            const Metric* known = old->metric(metric.key);
            RC_ASSERT((known == nullptr || !(*known == metric)));
        }
    }
    for (const Listener& listener : d.listeners) {
        const Listener* old = a.find(listener.key);
        RC_ASSERT((old == nullptr || !(*old == listener)));
    }
}

TEST(Difference, OfOneCounterIsThatCounter) {
    Report a;
    Flow& flow = a.flow({});
    flow.presence = Presence::alive_at(Version(1, 1));
    flow.counters(1).opened = 5;
    flow.counters(1).bytes_sent = 100;
    flow.first_seen = 7;
    Report b = a;
    b.flows[0].presence = Presence::alive_at(Version(1, 2));
    b.flows[0].counters(1).bytes_sent = 150;
    const Report d = difference(a, b);
    ASSERT_EQ(d.flows.size(), 1U);
    EXPECT_EQ(d.flows[0].epochs[0].counters.bytes_sent, 150U);
    EXPECT_EQ(d.flows[0].epochs[0].counters.opened, 0U);
    EXPECT_EQ(d.flows[0].first_seen, 0);
}

// A writer's state at some tick plus what changed since gives its state now.
RC_GTEST_PROP(ChangedSince, CompletesAStateThatHeldEverythingUpToThen,
              (const std::vector<std::uint64_t>& before, const std::vector<std::uint64_t>& after)) {
    Report state;
    std::uint64_t tick = 0;
    for (const std::uint64_t seed : before) test::mutate(state, Version(7, ++tick), seed);
    const Report held = state;
    const Version since(7, tick);
    for (const std::uint64_t seed : after) test::mutate(state, Version(7, ++tick), seed);
    const Report changed = changed_since(state, since);
    RC_ASSERT(joined(held, changed) == state);
    RC_ASSERT(changed_since(state, state.newest()).empty());
    RC_ASSERT(changed_since(state, Version()) == state);
}

TEST(ChangedSince, CutsANodeToThePartsThatChanged) {
    Report state;
    Node& node = state.node({Topology::process, "1"});
    node.presence = Presence::alive_at(Version(1, 1));
    node.set(Key::name, Version(1, 1), Value::string("nginx"));
    node.set(Key::threads, Version(1, 2), Value::integer(4));
    const Report changed = changed_since(state, Version(1, 1));
    ASSERT_EQ(changed.nodes.size(), 1U);
    EXPECT_TRUE(changed.nodes[0].presence.none());
    ASSERT_EQ(changed.nodes[0].attributes.size(), 1U);
    EXPECT_EQ(changed.nodes[0].attributes[0].key, Key::threads);
}

}  // namespace
}  // namespace reticle::report
