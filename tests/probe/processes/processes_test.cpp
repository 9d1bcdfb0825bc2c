#include "probe/processes/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"
#include "tests/probe/support/times.h"

namespace reticle::probe {
namespace {

using report::Key;
using test::at_second;

constexpr std::string_view kBoot = "0f9c2d41-1111-2222-3333-444455556666";

/// Seconds since boot on the tests' own clock.
double boot_second = 0;
std::int64_t test_boot_nanos() {
    return static_cast<std::int64_t>((1000 + boot_second) * 1e9);
}

struct ProcessesTest : testing::Test {
    test::ProcTree tree;
    LocalState state{"h1", 1};
    Processes source{std::make_shared<ProcessWatch>(
                         tree.root(), "/nowhere",
                         [](std::vector<std::string> argv) { return argv.empty() ? "" : argv.front(); }),
                     kBoot, std::chrono::seconds(1), test_boot_nanos};

    const report::Node* node(pid_t pid, std::uint64_t start) {
        return state.state().find(process_key("0f9c2d41", pid, start));
    }
    void collect(double second) {
        boot_second = second;
        ASSERT_TRUE(source.collect(state, at_second(second)));
        state.flush(at_second(second));
    }
};

TEST_F(ProcessesTest, StatesFactsUnderTheIncarnation) {
    tree.show({.pid = 7, .name = "my (odd) name", .ppid = 3, .start_ticks = 500, .threads = 4, .netns = 77});
    collect(0);
    const report::Node* process = node(7, 500);
    ASSERT_NE(process, nullptr);
    EXPECT_EQ(process->key.id.view(), "0f9c2d41;7;500");
    EXPECT_EQ(process->value(Key::name).as_string(), "my (odd) name");
    EXPECT_EQ(process->value(Key::pid).as_integer(), 7);
    EXPECT_EQ(process->value(Key::ppid).as_integer(), 3);
    EXPECT_EQ(process->value(Key::threads).as_integer(), 4);
    EXPECT_EQ(process->value(Key::netns).as_integer(), 77);
    EXPECT_EQ(process->value(Key::start_time).type(), report::Value::Type::time);
    ASSERT_NE(process->metric(Key::process_memory_usage_bytes), nullptr);
    EXPECT_GT(process->metric(Key::process_memory_usage_bytes)->value, 0);
    EXPECT_TRUE(process->value(Key::state).none());
}

TEST_F(ProcessesTest, ReusedPidInheritsNothing) {
    tree.show({.pid = 7, .start_ticks = 500, .argv = {"secretive"}});
    collect(0);
    tree.show({.pid = 7, .start_ticks = 900, .argv = {"successor"}});
    collect(1);
    EXPECT_TRUE(node(7, 500)->presence.ended());
    EXPECT_TRUE(node(7, 900)->presence.alive());
    EXPECT_EQ(node(7, 900)->value(Key::cmdline).as_string(), "successor");
    tree.remove(7);
    collect(2);
    EXPECT_TRUE(node(7, 900)->presence.ended());
}

TEST_F(ProcessesTest, CpuIsPercentOfOneCoreSinceTheLastLook) {
    tree.show({.pid = 7, .cpu_ticks = 0, .start_ticks = 5});
    collect(0);
    tree.show({.pid = 7, .cpu_ticks = 500, .start_ticks = 5});
    collect(10);
    EXPECT_DOUBLE_EQ(node(7, 5)->metric(Key::process_cpu_usage_percent)->value, 50);
    collect(20);
    EXPECT_DOUBLE_EQ(node(7, 5)->metric(Key::process_cpu_usage_percent)->value, 0) << "it stood still";
}

TEST_F(ProcessesTest, AnIdleHostIsNoNews) {
    for (pid_t pid = 1; pid <= 20; ++pid) tree.show({.pid = pid});
    collect(0);
    const auto version = state.version();
    for (int second = 1; second < 30; ++second) collect(second);
    EXPECT_EQ(state.version(), version);
}

TEST_F(ProcessesTest, StatesThatLastAreSaid) {
    tree.show({.pid = 7, .state = 'Z', .start_ticks = 5});
    collect(0);
    EXPECT_EQ(node(7, 5)->value(Key::state).as_string(), "zombie");
}

TEST_F(ProcessesTest, ClockThatStepsMovesStartTimes) {
    tree.show({.pid = 7, .start_ticks = 5});
    collect(0);
    const auto before = node(7, 5)->value(Key::start_time).as_time();
    constexpr UtcNanos kHour = 3'600'000'000'000;
    Now now = at_second(0);
    now.mono += std::chrono::seconds(1);
    now.utc += kHour;
    ASSERT_TRUE(source.collect(state, now));
    state.flush(now);
    EXPECT_EQ(node(7, 5)->value(Key::start_time).as_time() - before, kHour);
}

TEST(CpuPercent, IsAPureFunctionOfTwoReadings) {
    using std::chrono::seconds;
    const MonoTime start{};
    EXPECT_DOUBLE_EQ(cpu_percent(0, 2'000'000'000, start, start + seconds(1)), 200);
    EXPECT_DOUBLE_EQ(cpu_percent(5, 5, start, start + seconds(1)), 0);
    EXPECT_DOUBLE_EQ(cpu_percent(5, 1, start, start + seconds(1)), 0);
    EXPECT_DOUBLE_EQ(cpu_percent(0, 1, start, start), 0);
}

}  // namespace
}  // namespace reticle::probe
