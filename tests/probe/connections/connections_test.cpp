// The source `connections` on the lowest rung: a /proc of files.
#include "probe/connections/connections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"
#include "tests/probe/support/sweeps.h"

namespace reticle::probe {
namespace {

using test::at_second;

constexpr std::string_view kHeading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

std::string line(const char* local, const char* peer, const char* state, int inode) {
    return "   0: " + std::string(local) + " " + peer + " " + state +
           " 00000000:00000000 00:00000000 00000000     0        0 " + std::to_string(inode) + " 1\n";
}

struct ConnectionsTest : testing::Test {
    test::ProcTree tree;
    LocalState state{"h1", 1};
    std::shared_ptr<ProcessWatch> watch = std::make_shared<ProcessWatch>(
        tree.root(), "/nowhere", [](std::vector<std::string>) { return std::string(); });
    Connections source{watch, state.host(), "b00tb00t", std::chrono::seconds(2), false};

    void collect(double second) {
        ASSERT_TRUE(source.collect(state, at_second(second)));
        state.flush(at_second(second));
    }
    std::vector<std::string> living() const {
        std::vector<std::string> words;
        for (const report::Flow& flow : state.state().flows)
            if (flow.presence.alive()) words.push_back(test::Sweeps::word(flow));
        return words;
    }
};

TEST_F(ConnectionsTest, ReadsWhatProcShows) {
    tree.show({.pid = 7, .netns = 55, .descriptors = {"socket:[70]", "/dev/null"}});
    tree.show({.pid = 8, .netns = 55, .descriptors = {"socket:[80]", "socket:[81]"}});
    tree.write("7/net/tcp", std::string(kHeading) + line("0100007F:0050", "00000000:0000", "0A", 81) +
                                line("0100007F:0050", "0100007F:9C40", "01", 80) +
                                line("0100007F:9C40", "0100007F:0050", "01", 70) +
                                line("0100007F:9C41", "0100007F:0050", "06", 0));
    tree.write("7/net/udp", std::string(kHeading) + line("00000000:0035", "00000000:0000", "07", 82));
    collect(0);
    EXPECT_THAT(living(), testing::ElementsAre("7 -> 8 127.0.0.1:80"));
    EXPECT_EQ(state.state().flows[0].key.netns, 55u);
    ASSERT_EQ(state.state().listeners.size(), 2u);
    EXPECT_THAT(source.status(), testing::HasSubstr("/proc/<pid>/net"));
    EXPECT_EQ(source.losses(), 0u);
}

TEST_F(ConnectionsTest, ANamespaceThatCannotBeReadIsALossNotAnEnd) {
    tree.show({.pid = 7, .netns = 55, .descriptors = {"socket:[70]"}});
    tree.write("7/net/tcp", std::string(kHeading) + line("0100000A:9C40", "0200000A:0050", "01", 70));
    tree.write("7/net/udp", std::string(kHeading));
    collect(0);
    collect(2);
    ASSERT_EQ(living().size(), 1u);
    tree.erase("7/net/tcp");
    collect(4);
    EXPECT_EQ(living().size(), 1u);
    EXPECT_GT(source.losses(), 0u);
}

TEST_F(ConnectionsTest, TcpIsPassedOverWhileNoSegmentMoves) {
    const auto signs = [this](int segments) {
        tree.write("7/net/snmp",
                   "Ip: A\nIp: 1\nTcp: A InSegs\nTcp: 1 " + std::to_string(segments) + "\nUdp: A\nUdp: 1\n");
        tree.write("7/net/sockstat", "sockets: used 3\nTCP: inuse 1 orphan 0 tw 0 alloc 1 mem 0\n");
    };
    tree.show({.pid = 7, .netns = 55, .descriptors = {"socket:[70]", "socket:[71]"}});
    tree.write("7/net/tcp", std::string(kHeading) + line("0100000A:9C40", "0200000A:0050", "01", 70));
    tree.write("7/net/udp", std::string(kHeading));
    signs(1);
    collect(0);
    ASSERT_EQ(living().size(), 1u);
    tree.write("7/net/tcp", std::string(kHeading));
    collect(2);
    EXPECT_EQ(living().size(), 1u) << "nothing says that anything happened";
    signs(2);
    collect(4);
    EXPECT_TRUE(living().empty());
    tree.write("7/net/tcp", std::string(kHeading) + line("0100000A:9C41", "0200000A:0050", "01", 71));
    for (int sweep = 3; sweep < 16; ++sweep) collect(sweep * 2);
    EXPECT_EQ(living().size(), 1u) << "looked at now and then all the same";
    EXPECT_EQ(source.losses(), 0u);
}

TEST_F(ConnectionsTest, AnIdleHostIsNoNews) {
    tree.show({.pid = 7, .netns = 55, .descriptors = {"socket:[70]"}});
    tree.write("7/net/tcp", std::string(kHeading) + line("0100000A:9C40", "0200000A:0050", "01", 70));
    tree.write("7/net/udp", std::string(kHeading));
    collect(0);
    collect(2);
    const auto version = state.version();
    for (int sweep = 2; sweep < 40; ++sweep) collect(sweep * 2);
    EXPECT_EQ(state.version(), version);
}

TEST_F(ConnectionsTest, AHundredThousandSocketsAreOrdinary) {
    tree.show({.pid = 7, .netns = 55, .descriptors = {"socket:[1]"}});
    std::string table(kHeading);
    for (int socket = 1; socket <= 100'000; ++socket) {
        char local[16];
        std::snprintf(local, sizeof local, "%08X:%04X", 0x0A + (socket / 50'000 << 24),
                      1000 + socket % 50'000);
        table += line(local, "0100000B:01BB", "01", socket);
    }
    tree.write("7/net/tcp", table);
    tree.write("7/net/udp", std::string(kHeading));
    for (int sweep = 0; sweep < 4; ++sweep) collect(sweep * 2);
    std::uint64_t active = 0;
    for (const report::Flow& flow : state.state().flows) active += flow.active();
    EXPECT_EQ(active, 100'000u);
}

}  // namespace
}  // namespace reticle::probe
