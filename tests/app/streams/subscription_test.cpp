#include "app/streams/subscription.h"

#include <gtest/gtest.h>

#include "tests/app/streams/client_model.h"
#include "tests/app/streams/fake_view.h"

namespace reticle::test {
namespace {

using namespace std::chrono_literals;
using app::OptionValues;
using app::Subscription;
using app::ViewState;
using nlohmann::json;
using report::Key;

constexpr MonoTime kStart = MonoTime{} + 1h;

Now at(std::chrono::milliseconds after) {
    return {kStart + after, 1'795'311'324'000'000'000 + std::chrono::nanoseconds(after).count()};
}

/// Takes all that is due, and gives it to the client.
std::vector<json> take(Subscription& subscription, ClientModel& client, Now now) {
    std::vector<json> messages;
    for (const auto& text : subscription.take(now)) {
        EXPECT_LE(text->size(), 256U * 1024U);
        messages.push_back(json::parse(*text));
        client.apply(messages.back());
    }
    return messages;
}

TEST(Subscription, BeginsWithASnapshot) {
    FakeView view;
    view.node_at("a");
    view.node_at("b");
    view.edge_at("a", "b", 80);
    Subscription subscription(7, view, {});
    EXPECT_TRUE(subscription.due() && *subscription.due() <= at(0ms).mono);
    ClientModel client;
    const auto messages = take(subscription, client, at(0ms));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0]["type"], "delta");
    EXPECT_EQ(messages[0]["sub"], 7);
    EXPECT_EQ(messages[0]["seq"], 1);
    EXPECT_EQ(messages[0]["reset"], true);
    EXPECT_FALSE(messages[0].contains("more"));
    EXPECT_EQ(messages[0]["time_ms"], 1'795'311'324'000);
    EXPECT_EQ(messages[0]["edges"]["put"][0]["source"], 1);
    EXPECT_EQ(client.stats()["nodes"], 2);
    EXPECT_EQ(client.nodes().size(), 2U);
    EXPECT_EQ(subscription.due(), std::nullopt);
}

TEST(Subscription, OfAnEmptyViewStillResets) {
    FakeView view;
    Subscription subscription(1, view, {});
    ClientModel client;
    EXPECT_EQ(take(subscription, client, at(0ms)).size(), 1U);
    EXPECT_TRUE(take(subscription, client, at(5s)).empty());
}

TEST(Subscription, TellsStructureTenTimesASecondAndNumbersOnce) {
    FakeView view;
    view.node_at("a").metrics = {{Key::load1, 1}};
    Subscription subscription(1, view, {});
    ClientModel client;
    take(subscription, client, at(0ms));
    view.news();

    view.node_at("a").metrics = {{Key::load1, 2}};
    subscription.note(view.news());
    EXPECT_EQ(subscription.due(), at(1000ms).mono);
    EXPECT_TRUE(take(subscription, client, at(99ms)).empty());

    view.node_at("b");
    subscription.note(view.news());
    EXPECT_EQ(subscription.due(), at(100ms).mono);
    EXPECT_EQ(take(subscription, client, at(200ms)).size(), 1U);
    EXPECT_EQ(client.nodes().size(), 2U);
    EXPECT_EQ(client.nodes()["a"]["metrics"]["load1"], 1);
    view.node_at("c");
    subscription.note(view.news());
    EXPECT_EQ(subscription.due(), at(300ms).mono);
    EXPECT_TRUE(take(subscription, client, at(299ms)).empty());
    EXPECT_EQ(take(subscription, client, at(300ms)).size(), 1U);
    EXPECT_TRUE(take(subscription, client, at(999ms)).empty());

    const auto numbers = take(subscription, client, at(1000ms));
    ASSERT_EQ(numbers.size(), 1U);
    EXPECT_EQ(numbers[0]["nodes"]["patch"], json::parse(R"([{"h": 1, "metrics": {"load1": 2}}])"));
}

TEST(Subscription, PatchesOnlyWhatChanged) {
    FakeView view;
    view.node_at("a").metrics = {{Key::load1, 1}, {Key::load5, 5}};
    view.node_at("b");
    view.edge_at("a", "b", 80);
    Subscription subscription(1, view, {});
    ClientModel client;
    take(subscription, client, at(0ms));
    view.node_at("a").metrics = {{Key::load5, 5}, {Key::load15, 15}};
    view.node_at("b").state = ViewState::stale;
    view.edge_at("a", "b", 80).active = 4;
    view.place("b", 16, 32);
    subscription.note(view.news());
    const auto messages = take(subscription, client, at(2s));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0]["nodes"], json::parse(R"({"patch": [
        {"h": 1, "metrics": {"load1": null, "load15": 15}}, {"h": 2, "state": "stale"}]})"));
    EXPECT_EQ(messages[0]["edges"], json::parse(R"({"patch": [{"h": 1, "active": 4}]})"));
    EXPECT_EQ(messages[0]["pos"], json::parse("[2, 16, 32]"));
}

TEST(Subscription, SaysNothingWhenNothingThatShowsChanged) {
    FakeView view;
    view.node_at("a").metrics = {{Key::load1, 1.00001}};
    Subscription subscription(1, view, {});
    ClientModel client;
    take(subscription, client, at(0ms));
    view.news();
    view.node_at("a").metrics = {{Key::load1, 1.00002}};
    subscription.note(view.news());
    EXPECT_TRUE(take(subscription, client, at(2s)).empty());
    EXPECT_EQ(subscription.sequence(), 1U);
    EXPECT_EQ(subscription.due(), std::nullopt);
}

TEST(Subscription, ShowsWhatGetsAnEdgeAndHidesWhatLosesIt) {
    FakeView view;
    view.node_at("a");
    view.node_at("b");
    view.edge_at("a", "a", 1);
    Subscription subscription(1, view, {{"unconnected", "hide"}});
    ClientModel client;
    take(subscription, client, at(0ms));
    EXPECT_TRUE(client.nodes().empty());
    EXPECT_EQ(client.stats()["hidden_nodes"], 2);

    view.news();
    view.edge_at("a", "b", 80);
    subscription.note(view.news());
    take(subscription, client, at(1s));
    EXPECT_EQ(client.nodes().size(), 2U);
    EXPECT_EQ(client.edges().size(), 2U);  // its edge to itself comes along
    EXPECT_EQ(client.stats()["hidden_nodes"], 0);

    view.drop_edge("e:a|b|tcp/80");
    subscription.note(view.news());
    take(subscription, client, at(2s));
    EXPECT_TRUE(client.nodes().empty());
    EXPECT_TRUE(client.edges().empty());
}

TEST(Subscription, SnapshotsComeInChunksAndBoundedPortions) {
    FakeView view;
    constexpr int kNodes = 3000;
    for (int i = 0; i < kNodes; ++i)
        view.node_at("node" + std::to_string(i)).sublabel = std::string(400, 'x');
    for (int i = 1; i < kNodes; ++i) view.edge_at("node0", "node" + std::to_string(i), 80);
    Subscription subscription(1, view, {});
    ClientModel client;
    int takes = 0;
    for (; subscription.due(); ++takes) {
        std::size_t bytes = 0;
        const auto messages = subscription.take(at(0ms));
        for (const auto& text : messages) {
            bytes += text->size();
            const json message = json::parse(*text);
            EXPECT_EQ(message.value("reset", false), client.sequence() == 0);
            client.apply(message);
        }
        EXPECT_LE(bytes, 1536U * 1024U);
        EXPECT_EQ(client.complete(), !subscription.due().has_value());
    }
    EXPECT_GT(takes, 1);
    EXPECT_EQ(client.nodes().size(), static_cast<std::size_t>(kNodes));
    EXPECT_EQ(client.edges().size(), static_cast<std::size_t>(kNodes - 1));
}

TEST(Subscription, OneHostileNodeFitsAMessage) {
    FakeView view;
    const std::string nasty(16384, '\x01');
    app::ViewNode& node = view.node_at(std::string(256, '\x01'));
    node.label = node.sublabel = node.group_label = nasty;
    for (const Key key : {Key::name, Key::cmdline, Key::exe, Key::user, Key::cgroup}) {
        node.attributes.emplace_back(key, report::Value::string(nasty));
    }
    std::vector<std::string> many;
    for (int i = 0; i < 500; ++i) many.push_back(std::to_string(i) + nasty);
    node.attributes.emplace_back(Key::local_networks, report::Value::list(many));
    Subscription subscription(1, view, {});
    ClientModel client;
    EXPECT_EQ(take(subscription, client, at(0ms)).size(), 1U);
}

TEST(Subscription, ResumesFromItsRecentPast) {
    FakeView view;
    Subscription subscription(1, view, {});
    EXPECT_FALSE(subscription.resume(0));  // nothing was sent yet
    ClientModel client;
    take(subscription, client, at(0ms));
    view.node_at("a");
    subscription.note(view.news());
    ClientModel other = client;
    take(subscription, client, at(1s));
    EXPECT_FALSE(subscription.resume(3));  // from a future that is not
    ASSERT_TRUE(subscription.resume(1));
    EXPECT_TRUE(subscription.due().has_value());
    take(subscription, other, at(1s));
    EXPECT_EQ(other.nodes(), client.nodes());
    EXPECT_EQ(other.sequence(), 2U);
    ASSERT_TRUE(subscription.resume(2));
    EXPECT_EQ(subscription.due(), std::nullopt);
}

TEST(Subscription, ForgetsTheDistantPast) {
    FakeView view;
    Subscription subscription(1, view, {});
    ClientModel client;
    take(subscription, client, at(0ms));
    for (int i = 0; i < 200; ++i) {
        for (int n = 0; n < 20; ++n)
            view.node_at("n" + std::to_string(n)).sublabel =
                std::string(900, static_cast<char>('a' + i % 26));
        subscription.note(view.news());
        take(subscription, client, at(std::chrono::seconds(i + 1)));
    }
    EXPECT_FALSE(subscription.resume(1));
    EXPECT_TRUE(subscription.resume(subscription.sequence() - 5));
    EXPECT_LT(subscription.memory_bytes(), 1024U * 1024U);
}

TEST(Subscription, WhatWaitsIsBoundedByTheView) {
    FakeView view;
    view.node_at("a");
    Subscription subscription(1, view, {});
    ClientModel client;
    take(subscription, client, at(0ms));
    for (int i = 0; i < 1000; ++i) {
        view.node_at("a").members = static_cast<std::uint32_t>(i);
        view.node_at("b").members = static_cast<std::uint32_t>(i);
        subscription.note(view.news());
    }
    EXPECT_EQ(subscription.pending(), 2U);
    EXPECT_EQ(take(subscription, client, at(1s)).size(), 1U);
    EXPECT_EQ(client.nodes()["a"]["members"], 999);
}

}  // namespace
}  // namespace reticle::test
