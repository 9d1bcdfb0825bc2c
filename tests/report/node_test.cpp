#include "report/node.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace reticle::report {
namespace {

const Version kFirst(1, 1);
const Version kSecond(1, 2);

TEST(Node, SetsOnlyWhatDiffers) {
    Node node;
    EXPECT_TRUE(node.set(Key::name, kFirst, Value::string("a")));
    EXPECT_FALSE(node.set(Key::name, kSecond, Value::string("a")));
    EXPECT_EQ(node.attribute(Key::name)->version, kFirst);
    EXPECT_TRUE(node.set(Key::name, kSecond, Value::string("b")));
    EXPECT_EQ(node.attribute(Key::name)->version, kSecond);
    EXPECT_FALSE(node.set(Key::name, kFirst, Value::string("late")));
    EXPECT_EQ(node.value(Key::name).as_string(), "b");
}

TEST(Node, KeepsItsListsSorted) {
    Node node;
    for (const Key key : {Key::user, Key::host_name, Key::pid}) node.set(key, kFirst, Value::integer(1));
    ASSERT_EQ(node.attributes.size(), 3U);
    EXPECT_EQ(node.attributes[0].key, Key::host_name);
    EXPECT_EQ(node.attributes[2].key, Key::user);
    EXPECT_EQ(node.attribute(Key::cmdline), nullptr);
    EXPECT_TRUE(node.value(Key::cmdline).none());
}

TEST(Node, DoesNotSetNothingWhereNothingIs) {
    Node node;
    EXPECT_FALSE(node.set(Key::name, kFirst, Value()));
    EXPECT_FALSE(node.set_label("env", kFirst, Value()));
    EXPECT_FALSE(node.set_metric(Key::load1, kFirst, std::nan("")));
    EXPECT_FALSE(node.set_parent({Topology::host, "h"}, Presence()));
    EXPECT_EQ(node, Node());
}

TEST(Node, RemembersThePeakOfAMetricWithinAnEpoch) {
    Node node;
    node.set_metric(Key::load1, Version(1, 1), 3);
    node.set_metric(Key::load1, Version(1, 2), 7);
    node.set_metric(Key::load1, Version(1, 3), 5);
    EXPECT_EQ(node.metric(Key::load1)->value, 5);
    EXPECT_EQ(node.metric(Key::load1)->peak, 7);
    node.set_metric(Key::load1, Version(2, 1), 1);
    EXPECT_EQ(node.metric(Key::load1)->peak, 1);
}

TEST(Node, NewestIsTheNewestOfAllItsParts) {
    Node node;
    node.presence = Presence::alive_at(Version(1, 1));
    EXPECT_EQ(node.newest(), Version(1, 1));
    node.set_label("env", Version(1, 4), Value::string("test"));
    node.set_parent({Topology::host, "h"}, Presence::alive_at(Version(1, 9)));
    node.set_metric(Key::load1, Version(1, 5), 1);
    EXPECT_EQ(node.newest(), Version(1, 9));
}

TEST(Keys, HaveOneNameEach) {
    std::set<std::string_view> names;
    int known = 0;
    for (int number = 0; number < 1000; ++number) {
        const KeyInfo* info = key_info(static_cast<Key>(number));
        if (info == nullptr) continue;
        ++known;
        EXPECT_TRUE(names.insert(info->name).second) << info->name;
        EXPECT_EQ(key_named(info->name), info->key);
        EXPECT_FALSE(info->label.empty());
        if (info->capacity == Key::none) continue;
        EXPECT_NE(key_info(info->capacity), nullptr) << info->name;
    }
    EXPECT_GT(known, 40);
    EXPECT_EQ(key_info(Key::none), nullptr);
    EXPECT_EQ(key_name(static_cast<Key>(65000)), "");
    EXPECT_FALSE(key_named("no_such_key"));
}

TEST(Topology, HasOneNameEach) {
    for (int number = 1; number <= 23; ++number) {
        const auto topology = static_cast<Topology>(number);
        EXPECT_EQ(topology_named(topology_name(topology)), topology);
    }
    EXPECT_EQ(topology_name(static_cast<Topology>(24)), "");
    EXPECT_FALSE(topology_named(""));
}

}  // namespace
}  // namespace reticle::report
