#include "probe/publish/publisher.h"

#include <functional>

#include <gtest/gtest.h>

#include "report/keys.h"
#include "tests/probe/publish/fake_app.h"

namespace reticle::probe {
namespace {

using report::NodeKey;
using report::Topology;
using Manner = FakeApp::Manner;
using namespace std::chrono_literals;

constexpr std::uint64_t kEpoch = 1000;
constexpr auto kDeadline = 20s;

/// A publisher over real sockets; time goes by only while await() runs the loop.
class PublisherTest : public testing::Test {
  protected:
    PublisherTest() { state.flush(read_clocks()); }

    void publish_to(const std::vector<const FakeApp*>& apps) {
        std::vector<Target> targets;
        for (const auto* app : apps) targets.push_back({"127.0.0.1", app->port()});
        publish_to_targets(targets);
    }
    void publish_to_targets(std::vector<Target> targets) {
        report::wire::Hello hello;
        hello.host_id = "h1";
        hello.host_name = "web-1";
        publisher.emplace(io, state, std::move(targets), hello,
                          [this](std::uint64_t epoch) { raised_to = epoch; });
        publisher->wake();
    }
    void process(const std::string& id) {
        state.alive({Topology::process, id});
        state.flush(read_clocks());
        publisher->wake();
    }
    bool await(const std::function<bool()>& done) {
        const auto deadline = std::chrono::steady_clock::now() + kDeadline;
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            io.restart();
            io.run_for(5ms);
        }
        return true;
    }
    bool holds_the_state(const FakeApp& app) {
        return await([&] { return app.state() == state.state(); });
    }
    bool stop() {
        bool done = false;
        publisher->stop(2s, [&] { done = true; });
        return await([&] { return done; });
    }

    boost::asio::io_context io;
    LocalState state{"h1", kEpoch};
    std::optional<Publisher> publisher;
    std::uint64_t raised_to = 0;
};

TEST_F(PublisherTest, BringsTheStateToTheApp) {
    FakeApp app;
    publish_to({&app});
    ASSERT_TRUE(holds_the_state(app));
    EXPECT_EQ(app.hellos().at(0).host_name, "web-1");
    process("p1");
    process("p2");
    EXPECT_TRUE(holds_the_state(app));
    EXPECT_EQ(app.full_frames(), 1);
}

TEST_F(PublisherTest, SaysGoodbyeToEveryAppWhenItStops) {
    FakeApp first;
    FakeApp second;
    publish_to({&first, &second});
    ASSERT_TRUE(holds_the_state(first));
    ASSERT_TRUE(holds_the_state(second));
    ASSERT_TRUE(stop());
    EXPECT_TRUE(await([&] { return first.goodbyes().size() == 1 && second.goodbyes().size() == 1; }));
    EXPECT_EQ(first.goodbyes().at(0).code, static_cast<std::uint32_t>(report::wire::GoodbyeCode::stopping));
}

TEST_F(PublisherTest, StopsInTimeThoughAnAppIsMute) {
    FakeApp app(Manner::no_welcome);
    publish_to({&app});
    ASSERT_TRUE(await([&] { return app.hellos().size() == 1; }));
    EXPECT_TRUE(stop());
}

TEST_F(PublisherTest, StopsWithoutAnyApp) {
    publish_to({});
    EXPECT_TRUE(stop());
    EXPECT_FALSE(publisher->unwanted());
}

TEST_F(PublisherTest, ComesBackToAnAppThatStartsAgain) {
    auto app = std::make_unique<FakeApp>();
    const auto port = app->port();
    publish_to({app.get()});
    ASSERT_TRUE(holds_the_state(*app));
    app.reset();
    process("p1");
    FakeApp again(Manner::good, 0, port);
    EXPECT_TRUE(holds_the_state(again));
    EXPECT_GE(again.full_frames(), 1);
}

TEST_F(PublisherTest, FindsAnAppThatStartsLater) {
    std::uint16_t port = 0;
    {
        const FakeApp taken;
        port = taken.port();
    }
    publish_to_targets({{"127.0.0.1", port}});
    io.run_for(50ms);
    FakeApp app(Manner::good, 0, port);
    EXPECT_TRUE(holds_the_state(app));
}

TEST_F(PublisherTest, LooksNamesUp) {
    FakeApp app;
    publish_to_targets({{"localhost", app.port()}});
    EXPECT_TRUE(holds_the_state(app));
}

TEST_F(PublisherTest, ABadAppDoesNotDisturbAGoodOne) {
    FakeApp good;
    FakeApp mute(Manner::no_acks);
    FakeApp nonsense(Manner::garbage);
    FakeApp text(Manner::text);
    FakeApp other(Manner::no_websocket);
    publish_to({&mute, &nonsense, &text, &other, &good});
    ASSERT_TRUE(holds_the_state(good));
    for (int i = 0; i < 10; ++i) process("p" + std::to_string(i));
    EXPECT_TRUE(holds_the_state(good));
    EXPECT_TRUE(await([&] {
        return nonsense.connections() >= 2 && text.connections() >= 2 && other.connections() >= 2;
    })) << "they are tried again";
    EXPECT_EQ(mute.full_frames(), 1);
    EXPECT_TRUE(stop());
}

TEST_F(PublisherTest, RefusedForGoodItDoesNotComeBack) {
    FakeApp app(Manner::refuses_token);
    publish_to({&app});
    ASSERT_TRUE(await([&] { return publisher->unwanted(); }));
    io.restart();
    io.run_for(700ms);  // longer than the first back-off, if it were waiting
    EXPECT_EQ(app.connections(), 1);
    EXPECT_TRUE(stop());
}

TEST_F(PublisherTest, WantedByOneAppItGoesOn) {
    FakeApp refusing(Manner::refuses_token);
    FakeApp good;
    publish_to({&refusing, &good});
    ASSERT_TRUE(holds_the_state(good));
    ASSERT_TRUE(await([&] { return refusing.connections() == 1; }));
    process("p1");
    EXPECT_TRUE(holds_the_state(good));
    EXPECT_FALSE(publisher->unwanted());
}

TEST_F(PublisherTest, TakesTheLaterEpochOfAnAppToAllApps) {
    FakeApp fresh;
    FakeApp experienced(Manner::good, kEpoch + 50);
    publish_to({&fresh, &experienced});
    ASSERT_TRUE(await([&] { return raised_to == kEpoch + 50; }));
    EXPECT_EQ(state.version().epoch(), kEpoch + 50);
    EXPECT_TRUE(holds_the_state(experienced));
    EXPECT_TRUE(await([&] { return fresh.hellos().back().epoch == kEpoch + 50; }));
    EXPECT_TRUE(holds_the_state(fresh));
}

}  // namespace
}  // namespace reticle::probe
