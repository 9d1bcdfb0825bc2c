#include "probe/host/host_facts.h"

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

TEST(MachineTime, SumsTheFieldsAndCountsProcessors) {
    const auto time =
        parse_machine_time("cpu  10 1 5 100 20 2 3 4 50 0\ncpu0 1 2 3 4\ncpu1 1 2 3 4\nintr 5\n");
    ASSERT_TRUE(time);
    EXPECT_EQ(time->total, 145u) << "guest time is part of user time";
    EXPECT_EQ(time->idle, 120u);
    EXPECT_EQ(time->cpus, 2u);
    EXPECT_FALSE(parse_machine_time(""));
    EXPECT_FALSE(parse_machine_time("cpu  10 1\n"));
    EXPECT_FALSE(parse_machine_time("intr 5\n"));
}

TEST(MachineTime, UsageIsAPureFunctionOfTwoReadings) {
    EXPECT_DOUBLE_EQ(cpu_usage_percent({.total = 100, .idle = 50}, {.total = 200, .idle = 125}), 25);
    EXPECT_DOUBLE_EQ(cpu_usage_percent({.total = 100, .idle = 50}, {.total = 100, .idle = 50}), 0);
    EXPECT_DOUBLE_EQ(cpu_usage_percent({.total = 100, .idle = 50}, {.total = 110, .idle = 40}), 100)
        << "idle time may fall";
    EXPECT_DOUBLE_EQ(cpu_usage_percent({.total = 200, .idle = 50}, {.total = 100, .idle = 40}), 0);
}

TEST(MachineMemory, ReadsTotalAndAvailable) {
    const auto memory = parse_memory("MemTotal:       2048 kB\nMemFree:  1 kB\nMemAvailable:    512 kB\n");
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->total, 2048u * 1024);
    EXPECT_EQ(memory->available, 512u * 1024);
    EXPECT_FALSE(parse_memory("MemTotal: 5 kB\n"));
    EXPECT_FALSE(parse_memory("MemTotal: x\nMemAvailable: 1 kB\n"));
}

TEST(Load, ReadsThreeAverages) {
    const auto load = parse_load("0.52 1.25 12.00 3/456 789\n");
    ASSERT_TRUE(load);
    EXPECT_DOUBLE_EQ((*load)[0], 0.52);
    EXPECT_DOUBLE_EQ((*load)[2], 12);
    EXPECT_FALSE(parse_load("0.52 x"));
    EXPECT_FALSE(parse_load(""));
}

TEST(OsName, PrettyNameElseName) {
    EXPECT_EQ(parse_os_name("NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"),
              "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(parse_os_name("# comment\nNAME=Alpine\n"), "Alpine");
    EXPECT_EQ(parse_os_name("PRETTY_NAME='Odd \\\"OS\\\"'\n"), "Odd \"OS\"");
    EXPECT_EQ(parse_os_name("PRETTY_NAME=\""), "\"");
    EXPECT_EQ(parse_os_name(""), "");
}

}  // namespace
}  // namespace reticle::probe
