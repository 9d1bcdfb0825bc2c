#include "probe/loop.h"

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

using namespace std::chrono_literals;

/// A source that notes when it is asked, and fails when told to.
class Noted final : public Source {
  public:
    Noted(std::string name, std::chrono::milliseconds interval, std::vector<std::string>& asked)
        : name_(std::move(name)), interval_(interval), asked_(asked) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] std::chrono::milliseconds interval() const override { return interval_; }
    Result<void> collect(LocalState& state, Now) override {
        asked_.push_back(name_);
        if (fails) return fail(Errc::unavailable, "no luck");
        state.alive({report::Topology::process, name_ + std::to_string(asked_.size())});
        return {};
    }
    [[nodiscard]] std::uint64_t losses() const override { return 3; }
    [[nodiscard]] std::string status() const override { return "well"; }

    bool fails = false;

  private:
    std::string name_;
    std::chrono::milliseconds interval_;
    std::vector<std::string>& asked_;
};

class LoopTest : public testing::Test {
  protected:
    Noted& add(const std::string& name, std::chrono::milliseconds interval) {
        auto source = std::make_unique<Noted>(name, interval, asked);
        auto& added = *source;
        sources.push_back(std::move(source));
        return added;
    }
    /// Runs until so many ticks are closed.
    void run(int ticks) {
        Loop loop(io, state, std::move(sources), 100, [&](Now) {
            versions.push_back(state.version());
            if (--ticks == 0) {
                loop_->stop();
                io.stop();
            }
        });
        loop_ = &loop;
        loop.start();
        io.run();
    }

    boost::asio::io_context io;
    LocalState state{"h1", 9};
    Sources sources;
    std::vector<std::string> asked;
    std::vector<report::Version> versions;
    Loop* loop_ = nullptr;
};

TEST_F(LoopTest, AsksAllAtOnceInTheOppositeOrderOfSlowing) {
    add("connections", 1h);
    add("processes", 1h);
    add("host", 1h);
    run(1);
    EXPECT_EQ(asked, (std::vector<std::string>{"host", "processes", "connections"}));
    ASSERT_EQ(versions.size(), 1u);
    EXPECT_EQ(versions[0], report::Version(9, 1)) << "one tick for all";
}

TEST_F(LoopTest, AsksEachAtItsOwnInterval) {
    add("often", 50ms);
    add("seldom", 1h);
    run(4);
    EXPECT_EQ(asked, (std::vector<std::string>{"seldom", "often", "often", "often", "often"}));
    EXPECT_LT(versions[0], versions[3]);
}

TEST_F(LoopTest, AFailingSourceKeepsNoOtherFromBeingAsked) {
    add("well", 1h);
    add("ill", 1h).fails = true;
    run(1);
    EXPECT_EQ(asked.size(), 2u);
}

TEST_F(LoopTest, PassesOnWhatSourcesKnowTheyMissed) {
    add("a", 1h);
    add("b", 1h);
    run(1);
    const auto* host = state.state().find(state.host());
    ASSERT_NE(host, nullptr);
    EXPECT_EQ(host->value(report::Key::probe_lost_events).as_integer(), 6);
}

}  // namespace
}  // namespace reticle::probe
