#include "probe/os/clocks.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace reticle::probe::os {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(BootClock, MovesOnlyWhenTheWallClockSteps) {
    BootClock clock;
    EXPECT_TRUE(clock.update(1000 * kSecond, 100 * kSecond));
    EXPECT_EQ(clock.boot_time(), 900 * kSecond);
    EXPECT_FALSE(clock.update(1010 * kSecond + 1000, 110 * kSecond)) << "discipline is no step";
    EXPECT_EQ(clock.boot_time(), 900 * kSecond);
    EXPECT_TRUE(clock.update(4610 * kSecond, 110 * kSecond));
    EXPECT_EQ(clock.boot_time(), 4500 * kSecond);
    EXPECT_EQ(clock.utc(5 * kSecond), 4505 * kSecond);
}

TEST(ProcessCpuClock, RisesForWhoRunsAndIsAbsentForNobody) {
    const auto before = process_cpu_nanos(::getpid());
    ASSERT_TRUE(before);
    volatile unsigned sink = 0;
    while (*process_cpu_nanos(::getpid()) == *before) sink = sink + 1;
    EXPECT_FALSE(process_cpu_nanos(0x3fffff + 1)) << "above the largest pid there can be";
}

}  // namespace
}  // namespace reticle::probe::os
