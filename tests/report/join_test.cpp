// The laws of a join-semilattice: what makes any order, any repetition and any path give the same world.
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

RC_GTEST_PROP(Join, IsCommutative, (const Report& a, const Report& b)) {
    RC_ASSERT(joined(a, b) == joined(b, a));
}

RC_GTEST_PROP(Join, IsAssociative, (const Report& a, const Report& b, const Report& c)) {
    RC_ASSERT(joined(joined(a, b), c) == joined(a, joined(b, c)));
}

RC_GTEST_PROP(Join, IsIdempotent, (const Report& a)) {
    RC_ASSERT(joined(a, a) == a);
}

RC_GTEST_PROP(Join, HasTheEmptyReportAsNeutral, (const Report& a)) {
    RC_ASSERT(joined(a, Report()) == a);
    RC_ASSERT(joined(Report(), a) == a);
}

RC_GTEST_PROP(Join, OfAMovedReportIsTheSame, (const Report& a, const Report& b)) {
    Report target = a;
    Report source = b;
    target.join(std::move(source));
    RC_ASSERT(target == joined(a, b));
}

RC_GTEST_PROP(Join, KeepsListsSortedWithoutDuplicates, (const Report& a, const Report& b)) {
    const Report both = joined(a, b);
    Report normal = both;
    normal.normalise();
    RC_ASSERT(normal == both);
    for (const Node& node : a.nodes) RC_ASSERT(both.find(node.key) != nullptr);
    for (const Flow& flow : b.flows) RC_ASSERT(both.find(flow.key) != nullptr);
}

RC_GTEST_PROP(Join, OfEntriesInAnyOrderIsNormalise, (const Report& a, const Report& b)) {
    Report appended = b;
    for (const Node& node : a.nodes) appended.nodes.push_back(node);
    for (const Flow& flow : a.flows) appended.flows.push_back(flow);
    for (const Listener& listener : a.listeners) appended.listeners.push_back(listener);
    for (const Alias& alias : a.aliases) appended.aliases.push_back(alias);
    appended.normalise();
    RC_ASSERT(appended == joined(a, b));
}

TEST(Join, OfAThingThatStartsAndExitsInOneTickEnds) {
    const Version tick(1, 1);
    Report born;
    born.node({Topology::process, "1"}).presence = Presence::alive_at(tick);
    Report died;
    died.node({Topology::process, "1"}).presence = Presence::ended_at(tick);
    EXPECT_TRUE(joined(born, died).nodes[0].presence.ended());
    EXPECT_TRUE(joined(died, born).nodes[0].presence.ended());
}

TEST(Join, OfManyNewKeysInterleavesThem) {
    Report even;
    Report odd;
    for (int i = 0; i < 1000; ++i) {
        const NodeKey key{Topology::process, Text(std::to_string(1000 + i))};
        (i % 2 == 0 ? even : odd).node(key).presence = Presence::alive_at(Version(1, 1));
    }
    even.join(odd);
    ASSERT_EQ(even.nodes.size(), 1000U);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(even.nodes[i].key.id.view(), std::to_string(1000 + i));
}

// A full statement ends what it does not hold, and what comes late does not undo that.
RC_GTEST_PROP(EndAbsent, CommutesWithLateOlderStatementsOfKnownFacts, (const Report& a, const Report& late)) {
    const Version version(1'795'300'900, 1);  // after everything the generators make
    const Report known = joined(a, late);
    // `late` once more, though cut to what the state held before: its facts were all joined already.
    Report first = known;
    first.end_absent(a, version);
    Report then = first;
    then.join(late);
    RC_ASSERT(then == first);
}

RC_GTEST_PROP(EndAbsent, IsIdempotentAndMonotone, (const Report& a, const Report& stated)) {
    const Version version(1'795'300'900, 1);
    Report once = joined(a, stated);
    const Report before = once;
    once.end_absent(stated, version);
    Report twice = once;
    twice.end_absent(stated, version);
    RC_ASSERT(twice == once);
    RC_ASSERT(joined(before, once) == once);
}

RC_GTEST_PROP(EndAbsent, CommutesWithLaterStatements, (const Report& a, const Report& stated)) {
    const Version version(1'795'300'900, 1);
    Report later = a;
    for (Node& node : later.nodes) node.presence = Presence::alive_at(Version(1'795'300'900, 2));
    for (Flow& flow : later.flows) flow.presence = Presence::alive_at(Version(1'795'300'900, 2));
    Report ended_first = joined(a, stated);
    ended_first.end_absent(stated, version);
    ended_first.join(later);
    for (const Node& node : later.nodes) RC_ASSERT(ended_first.find(node.key)->presence.alive());
    for (const Flow& flow : later.flows) RC_ASSERT(ended_first.find(flow.key)->presence.alive());
}

TEST(EndAbsent, EndsWhatTheFullStatementDoesNotHold) {
    const Version old(1, 1);
    const Version full(2, 1);
    Report world;
    Node& kept = world.node({Topology::process, "kept"});
    kept.presence = Presence::alive_at(old);
    kept.set(Key::docker_container_id, old, Value::string("c1"));
    kept.set_parent({Topology::container, "c1"}, Presence::alive_at(old));
    world.node({Topology::process, "gone"}).presence = Presence::alive_at(old);
    Report stated;
    stated.node({Topology::process, "kept"}).presence = Presence::alive_at(full);
    world.join(stated);
    world.end_absent(stated, full);
    EXPECT_EQ(world.find(NodeKey{Topology::process, "gone"})->presence, Presence::ended_at(full));
    const Node& node = *world.find(NodeKey{Topology::process, "kept"});
    EXPECT_TRUE(node.presence.alive());
    EXPECT_TRUE(node.value(Key::docker_container_id).none());
    EXPECT_TRUE(node.parents()[0].presence.ended());
}

}  // namespace
}  // namespace reticle::report
