// The source `host` on the kernel that runs this test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/host/host.h"

namespace reticle::probe {
namespace {

using report::Key;

TEST(HostKernel, SaysWhatThisMachineIs) {
    LocalState state("h1", 1);
    auto watch = std::make_shared<ProcessWatch>("/proc", "/etc/passwd",
                                                [](std::vector<std::string>) { return std::string(); });
    Host host(watch, {});
    const Now now = read_clocks();
    ASSERT_TRUE(host.collect(state, now));
    state.flush(now);
    const report::Node& node = *state.state().find(state.host());
    EXPECT_FALSE(node.value(Key::host_name).as_string().empty());
    EXPECT_FALSE(node.value(Key::os).as_string().empty());
    EXPECT_EQ(node.value(Key::boot_id).as_string().size(), 36u);
    EXPECT_GT(node.value(Key::host_cpu_count).as_integer(), 0);
    EXPECT_LT(node.value(Key::boot_time).as_time(), now.utc);
    EXPECT_GT(node.metric(Key::probe_memory_bytes)->value, 100'000);

    const report::NodeKey own{report::Topology::network_namespace, std::to_string(own_net_namespace())};
    ASSERT_NE(state.state().find(own), nullptr) << "its own network namespace is there";
    const auto addresses = state.state().find(own)->value(Key::addresses);
    EXPECT_THAT(addresses.as_list(), testing::Contains("127.0.0.1/8"));
    EXPECT_EQ(addresses, node.value(Key::local_networks));
    EXPECT_THAT(node.value(Key::interfaces).as_list(), testing::Contains("lo 127.0.0.1/8"));
}

}  // namespace
}  // namespace reticle::probe
