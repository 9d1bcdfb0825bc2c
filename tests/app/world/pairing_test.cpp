// Halves that meet: shared ones, whose numbers count, and that a conversation keeps its handle.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/world_builder.h"

namespace reticle::test {
namespace {

using app::Conversation;
using app::NumbersFrom;

std::vector<Conversation> conversations(const app::World& world) {
    std::vector<Conversation> list;
    world.for_each_conversation([&](const Conversation& each) { list.push_back(each); });
    std::ranges::sort(list, {}, [](const Conversation& each) { return std::pair(each.client, each.server); });
    return list;
}

app::ConversationId only_id(const app::World& world) {
    const auto list = conversations(world);
    EXPECT_EQ(list.size(), 1);
    return list.empty() ? 0 : list.front().id;
}

report::Witness witness(std::uint64_t hash) {
    return {hash, 1, true};
}

void set_numbers(report::Flow& flow, std::uint64_t sent, std::uint64_t received) {
    auto& counters = flow.counters(1000);
    counters.bytes_sent = sent;
    counters.bytes_received = received;
}

/// One client process on `a` and two workers on `b` that share a port.
class Prefork : public testing::Test {
  protected:
    Prefork() {
        builder_.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "w1 w2");
        builder_.talk("curl -> w1; curl -> w2");
        client().witnesses = {witness(1), witness(2), witness(3)};
        server("w1").witnesses = {witness(1)};
        server("w2").witnesses = {witness(2), witness(3)};
        set_numbers(client(), 90, 300);
        set_numbers(server("w1"), 100, 30);
        set_numbers(server("w2"), 200, 60);
    }
    report::Flow& client() { return builder_.stated("a").flows.front(); }
    report::Flow& server(const std::string& name) {
        for (auto& flow : builder_.stated("b").flows) {
            if (flow.key.owner == builder_.process(name)) return flow;
        }
        throw std::logic_error("no half of " + name);
    }
    WorldBuilder builder_;
};

TEST_F(Prefork, EachWorkerHasItsOwnConversationWithItsOwnNumbers) {
    builder_.send();
    EXPECT_EQ(builder_.graph(), "curl -> w1; curl -> w2");
    const auto list = conversations(builder_.world());
    ASSERT_EQ(list.size(), 2);
    for (const Conversation& each : list) {
        const bool first = each.server.node.key == builder_.process("w1");
        EXPECT_EQ(each.numbers_from, NumbersFrom::server);
        EXPECT_EQ(each.counters.bytes_sent, first ? 30 : 60);
        EXPECT_EQ(each.counters.bytes_received, first ? 100 : 200);
        EXPECT_TRUE(each.exact);
    }
}

TEST_F(Prefork, WhenTwoClientsShareTheWorkersTooTheNumbersAreSplit) {
    // A second process of a, from the same address: the workers' halves hold both processes' connections.
    auto& processes = builder_.stated("a");
    auto second = processes.flows.front();
    second.key.owner.id = "boot;999;1";
    second.witnesses = {witness(4), witness(5)};
    processes.flows.push_back(second);
    processes.normalise();
    server("w1").witnesses = {witness(1), witness(4)};
    server("w2").witnesses = {witness(2), witness(3), witness(5)};
    builder_.send();
    std::uint64_t sent = 0;
    for (const Conversation& each : conversations(builder_.world())) {
        EXPECT_EQ(each.numbers_from, NumbersFrom::split);
        if (each.client.node.key == builder_.process("curl")) sent += each.counters.bytes_sent;
    }
    EXPECT_EQ(conversations(builder_.world()).size(), 4);
    EXPECT_EQ(sent, 90);
}

TEST_F(Prefork, AWorkerThatLeavesTakesItsConversationWithItAfterTheAfterglow) {
    builder_.send();
    builder_.exit("w2").send();
    EXPECT_EQ(builder_.graph(), "curl -> w1; curl -> w2");
    builder_.pass(std::chrono::seconds(8));
    builder_.send();
    builder_.pass(std::chrono::seconds(8));
    EXPECT_EQ(builder_.graph(), "curl -> w1");
}

TEST(Pairing, TheClientsNumbersCountAndADisagreementShows) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "nginx").talk("curl -> nginx");
    set_numbers(builder.stated("a").flows.front(), 100, 1000);
    set_numbers(builder.stated("b").flows.front(), 500, 100);
    builder.send();
    const auto list = conversations(builder.world());
    ASSERT_EQ(list.size(), 1);
    EXPECT_EQ(list[0].counters.bytes_sent, 100);
    EXPECT_EQ(list[0].counters.bytes_received, 1000);
    EXPECT_DOUBLE_EQ(list[0].disagreement, 0.5);
    EXPECT_EQ(builder.world().halves(list[0].id).size(), 2);
}

TEST(Pairing, AServersHalfAloneIsTurnedRound) {
    WorldBuilder builder;
    builder.host("b", {"10.0.0.2"}, "nginx").talk("10.0.0.1 -> nginx");
    set_numbers(builder.stated("b").flows.front(), 500, 40);
    builder.send();
    const auto list = conversations(builder.world());
    ASSERT_EQ(list.size(), 1);
    EXPECT_EQ(list[0].counters.bytes_sent, 40);
    EXPECT_EQ(list[0].counters.bytes_received, 500);
    EXPECT_FALSE(list[0].seen_by_client);
}

TEST(Pairing, TheHandleStaysWhileTheEndsDo) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "nginx other");
    builder.talk("curl -> nginx", Seen::by_client).send();
    const auto id = only_id(builder.world());
    builder.talk("curl -> nginx").send();  // the server's half comes
    EXPECT_EQ(only_id(builder.world()), id);
    builder.listen("other", 80).send();  // another listener means nothing where a witness speaks
    EXPECT_EQ(only_id(builder.world()), id);
}

TEST(Pairing, AHandleIsNotGivenAgain) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").talk("curl -> 203.0.113.1").send();
    const auto id = only_id(builder.world());
    builder.hang_up("curl -> 203.0.113.1").send();
    builder.pass(std::chrono::seconds(9));
    builder.send();
    builder.pass(std::chrono::seconds(9));
    EXPECT_EQ(builder.world().conversation(id), nullptr);
    builder.talk("curl -> 203.0.113.2").send();
    EXPECT_NE(only_id(builder.world()), id);
    EXPECT_EQ(builder.world().conversation(id), nullptr);
}

TEST(Pairing, WhoListensIsTheServerWhereNobodySawTheBeginning) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "dns resolver").talk("resolver -> 10.0.0.9:53");
    report::Flow& flow = builder.stated("a").flows.front();
    flow.key.direction = report::Direction::unknown;
    flow.key.protocol = report::Protocol::udp;
    builder.send();
    EXPECT_EQ(builder.graph(), "resolver -> lan 10.0.0.9:53?");
    report::ListenerKey key;
    key.owner = builder.process("resolver");
    key.netns = flow.key.netns;
    key.address = *report::IpAddress::parse("0.0.0.0");
    key.port = 53;
    key.protocol = report::Protocol::udp;
    builder.stated("a").listener(key).presence = report::Presence::alive_at(builder.version("a"));
    builder.send();
    EXPECT_EQ(builder.graph(), "lan 10.0.0.9 -> resolver:53");
}

TEST(Pairing, OneNewConversationTouchesNoOther) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "c1 c2 c3").host("b", {"10.0.0.2"}, "nginx redis");
    builder.talk("c1 -> nginx; c2 -> nginx; c3 -> redis:6379").send();
    builder.talk("c1 -> redis:6379");
    const auto steps = builder.send("a");
    ASSERT_EQ(steps.size(), 1);
    EXPECT_LE(steps[0].touched.conversations.size(), 2);  // with its group's first, whose sharing may turn
}

}  // namespace
}  // namespace reticle::test
