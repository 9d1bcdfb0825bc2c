#include <gtest/gtest.h>

#include "app/views/rate.h"

namespace reticle::app {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kStart = MonoTime{} + 1h;

TEST(EdgeRate, IsTheGainOverTheTimeBetweenSamples) {
    EdgeRate rate;
    rate.gain(5000, 500, 5);
    EXPECT_EQ(rate.tick(kStart), (EdgeRate::Shown{1000, 100, 1}));  // of the longest sampling period
    rate.gain(2000, 0, 0);
    EXPECT_EQ(rate.tick(kStart + 2s), (EdgeRate::Shown{1000, 0, 0}));
}

TEST(EdgeRate, IsHeldUntilTheNextSampleIsOverdue) {
    EdgeRate rate;
    rate.gain(5000, 0, 0);
    rate.tick(kStart);
    rate.gain(2000, 0, 0);
    rate.tick(kStart + 2s);
    EXPECT_EQ(rate.tick(kStart + 3s).sent, 1000);
    EXPECT_EQ(rate.tick(kStart + 7s).sent, 1000);
    EXPECT_TRUE(rate.active());
    EXPECT_EQ(rate.tick(kStart + 8s).sent, 0);
    EXPECT_FALSE(rate.active());
}

TEST(EdgeRate, DoesNotSpreadABurstOverTheSilenceBefore) {
    EdgeRate rate;
    rate.gain(1, 0, 0);
    rate.tick(kStart);
    rate.gain(5000, 0, 0);
    EXPECT_EQ(rate.tick(kStart + 1h).sent, 1000);
}

TEST(EdgeRate, OfACounterThatFellIsNothing) {
    EXPECT_EQ(increase(100, 40), 0U);
    EXPECT_EQ(increase(40, 100), 60U);
}

}  // namespace
}  // namespace reticle::app
