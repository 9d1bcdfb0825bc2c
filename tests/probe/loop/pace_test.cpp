#include "probe/pace.h"

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

using namespace std::chrono_literals;

/// A pace under a budget of 1 %, and windows that go by at a given use.
class PaceTest : public testing::Test {
  protected:
    std::string window(double percent) {
        now += Pace::kWindow;
        cpu += std::chrono::duration_cast<std::chrono::nanoseconds>(Pace::kWindow * (percent / 100));
        return pace.judge(now, cpu);
    }
    PaceTest() {
        pace.judge(now, 3s);  // what start-up cost is not held against the sources
        cpu = 3s;
        window(50);  // nor is the first window
    }
    [[nodiscard]] std::vector<int> factors() const {
        return {static_cast<int>(pace.interval(0) / 1s), static_cast<int>(pace.interval(1) / 1s),
                static_cast<int>(pace.interval(2) / 2s)};
    }

    Pace pace{{{"connections", 1s}, {"processes", 1s}, {"host", 2s}}, 1.0};
    MonoTime now = MonoTime{} + 1h;
    std::chrono::nanoseconds cpu{};
};

TEST_F(PaceTest, TheFirstWindowDecidesNothing) {
    EXPECT_EQ(factors(), (std::vector<int>{1, 1, 1}));
}

TEST_F(PaceTest, WithinTheBudgetNothingChanges) {
    EXPECT_EQ(window(0.9), "");
    EXPECT_EQ(factors(), (std::vector<int>{1, 1, 1}));
}

TEST_F(PaceTest, BeyondItSourcesAreSlowedInOrderDownToAnEighth) {
    const std::vector<std::vector<int>> expected{{2, 1, 1}, {4, 1, 1}, {8, 1, 1}, {8, 2, 1}, {8, 4, 1},
                                                 {8, 8, 1}, {8, 8, 2}, {8, 8, 4}, {8, 8, 8}, {8, 8, 8}};
    for (const auto& each : expected) {
        window(3);
        EXPECT_EQ(factors(), each);
    }
}

TEST_F(PaceTest, SaysWhatItDidAndWhy) {
    EXPECT_EQ(window(3),
              "connections are looked at every 2 s now: the probe used 3.00 % of a core, its budget is 1 % "
              "(--cpu-budget)");
}

TEST_F(PaceTest, TakesItBackInTheOppositeOrderWhenThereIsRoom) {
    for (int i = 0; i < 4; ++i) window(3);
    ASSERT_EQ(factors(), (std::vector<int>{8, 2, 1}));
    EXPECT_EQ(window(0.7), "") << "twice as much would not fit";
    window(0.4);
    EXPECT_EQ(factors(), (std::vector<int>{8, 1, 1}));
    window(0.4);
    EXPECT_EQ(factors(), (std::vector<int>{4, 1, 1}));
}

TEST_F(PaceTest, JudgesWholeWindowsOnly) {
    now += Pace::kWindow / 2;
    EXPECT_EQ(pace.judge(now, cpu + 10s), "");
    EXPECT_EQ(factors(), (std::vector<int>{1, 1, 1}));
}

}  // namespace
}  // namespace reticle::probe
