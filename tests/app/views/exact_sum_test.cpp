#include "app/views/exact_sum.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace reticle::app {
namespace {

RC_GTEST_PROP(ExactSum, IsTheSameInAnyOrderAndEmptiesExactly, ()) {
    auto samples = *rc::gen::container<std::vector<double>>(rc::gen::arbitrary<double>());
    ExactSum forwards;
    ExactSum backwards;
    for (const double sample : samples) forwards.add(sample);
    for (auto it = samples.rbegin(); it != samples.rend(); ++it) backwards.add(*it);
    RC_ASSERT(forwards.value() == backwards.value());
    std::shuffle(samples.begin(), samples.end(), std::minstd_rand(*rc::gen::arbitrary<unsigned>()));
    for (const double sample : samples) forwards.remove(sample);
    RC_ASSERT(forwards.value() == 0.0);
    RC_ASSERT(forwards.count() == 0U);
}

TEST(ExactSum, KeepsSixDecimals) {
    ExactSum sum;
    sum.add(0.1);
    sum.add(0.2);
    EXPECT_DOUBLE_EQ(sum.value(), 0.3);
    sum.add(7'340'032);
    EXPECT_DOUBLE_EQ(sum.value(), 7'340'032.3);
}

TEST(ExactSum, SurvivesWhatNoMachineCanMean) {
    ExactSum sum;
    for (int i = 0; i < 5000; ++i) sum.add(1e300);
    sum.add(std::numeric_limits<double>::quiet_NaN());
    for (int i = 0; i < 5000; ++i) sum.remove(1e300);
    EXPECT_EQ(sum.value(), 0.0);
}

}  // namespace
}  // namespace reticle::app
