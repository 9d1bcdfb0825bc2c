#include "probe/host/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"
#include "tests/probe/support/times.h"

namespace reticle::probe {
namespace {

using report::Key;
using test::at_second;

double boot_second = 0;
std::int64_t test_boot_nanos() {
    return static_cast<std::int64_t>((1000 + boot_second) * 1e9);
}

struct HostTest : testing::Test {
    test::ProcTree tree;
    LocalState state{"h1", 1};
    std::shared_ptr<ProcessWatch> watch = std::make_shared<ProcessWatch>(
        tree.root(), "/nowhere", [](std::vector<std::string>) { return std::string(); });

    Host::Options options() {
        Host::Options made;
        made.version = "1.2.3";
        made.os_release = tree.root() + "/os-release";
        made.boot_nanos = test_boot_nanos;
        return made;
    }
    void SetUp() override {
        tree.write("sys/kernel/hostname", "web-1\n");
        tree.write("sys/kernel/osrelease", "6.1.0-13-amd64\n");
        tree.write("sys/kernel/random/boot_id", "0f9c2d41-1111-2222-3333-444455556666\n");
        tree.write("loadavg", "0.50 1.00 2.00 1/2 3\n");
        tree.write("stat", "cpu  100 0 0 100 0 0 0 0\ncpu0 1\ncpu1 1\n");
        tree.write("meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\n");
        tree.write("os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
    }
    void collect(Host& host, double second) {
        boot_second = second;
        ASSERT_TRUE(host.collect(state, at_second(second)));
        state.flush(at_second(second));
    }
    const report::Node& node() { return *state.state().find(state.host()); }
};

TEST_F(HostTest, SaysWhatItIs) {
    Host host(watch, options());
    collect(host, 0);
    EXPECT_EQ(node().value(Key::host_name).as_string(), "web-1");
    EXPECT_EQ(node().value(Key::os).as_string(), "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(node().value(Key::kernel_version).as_string(), "6.1.0-13-amd64");
    EXPECT_EQ(node().value(Key::boot_id).as_string(), "0f9c2d41-1111-2222-3333-444455556666");
    EXPECT_EQ(node().value(Key::probe_version).as_string(), "1.2.3");
    EXPECT_EQ(node().value(Key::host_cpu_count).as_integer(), 2);
    EXPECT_EQ(node().value(Key::host_memory_total_bytes).as_integer(), 1000 * 1024);
    EXPECT_TRUE(node().value(Key::cluster).none());
    EXPECT_DOUBLE_EQ(node().metric(Key::load1)->value, 0.5);
    EXPECT_DOUBLE_EQ(node().metric(Key::host_mem_usage_bytes)->value, 750 * 1024);
}

TEST_F(HostTest, CpuIsWhatHappenedBetweenTwoLooks) {
    Host host(watch, options());
    collect(host, 0);
    EXPECT_EQ(node().metric(Key::host_cpu_usage_percent), nullptr);
    tree.write("stat", "cpu  130 0 0 170 0 0 0 0\ncpu0 1\ncpu1 1\n");
    collect(host, 10);
    EXPECT_DOUBLE_EQ(node().metric(Key::host_cpu_usage_percent)->value, 30);
}

TEST_F(HostTest, GivenNameWins) {
    Host::Options made = options();
    made.host_name = "chosen";
    made.cluster = "blue";
    Host host(watch, made);
    collect(host, 0);
    EXPECT_EQ(node().value(Key::host_name).as_string(), "chosen");
    EXPECT_EQ(node().value(Key::cluster).as_string(), "blue");
}

TEST_F(HostTest, ClockThatStepsMovesOnlyTheBootTime) {
    Host host(watch, options());
    collect(host, 0);
    const auto booted = node().value(Key::boot_time).as_time();
    collect(host, 100);
    EXPECT_EQ(node().value(Key::boot_time).as_time(), booted);
    boot_second = 101;
    Now now = at_second(101);
    constexpr UtcNanos kHour = 3'600'000'000'000;
    now.utc -= kHour;
    ASSERT_TRUE(host.collect(state, now));
    state.flush(now);
    EXPECT_EQ(node().value(Key::boot_time).as_time(), booted - kHour);
}

TEST_F(HostTest, NamespacesComeAndGoWithTheirProcesses) {
    Host host(watch, options());
    tree.show({.pid = 7, .netns = 55});
    tree.show({.pid = 8, .netns = 66});
    collect(host, 0);
    const report::NodeKey lasting{report::Topology::network_namespace, "55"};
    const report::NodeKey leaving{report::Topology::network_namespace, "66"};
    EXPECT_TRUE(state.state().find(lasting)->presence.alive());
    EXPECT_TRUE(state.state().find(leaving)->presence.alive());
    tree.remove(8);
    collect(host, 2);
    EXPECT_TRUE(state.state().find(lasting)->presence.alive());
    EXPECT_TRUE(state.state().find(leaving)->presence.ended());
    EXPECT_THAT(host.status(), testing::HasSubstr("addresses of some are unknown"))
        << "files are no namespaces";
}

TEST_F(HostTest, WithoutItsFilesItSaysLess) {
    for (const char* file : {"loadavg", "stat", "meminfo", "sys", "os-release"}) tree.erase(file);
    Host host(watch, options());
    collect(host, 0);
    EXPECT_TRUE(node().value(Key::os).none());
    EXPECT_EQ(node().metric(Key::load1), nullptr);
    EXPECT_EQ(node().value(Key::probe_version).as_string(), "1.2.3");
}

}  // namespace
}  // namespace reticle::probe
