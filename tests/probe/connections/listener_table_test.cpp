#include "probe/connections/listener_table.h"

#include <gtest/gtest.h>

#include "tests/probe/support/sockets.h"
#include "tests/probe/support/times.h"

namespace reticle::probe {
namespace {

using test::at_second;
using test::conversation;
using test::listening;

void sweep(ListenerTable& table, const std::vector<Socket>& sockets, double second) {
    table.begin_sweep();
    for (const Socket& socket : sockets) table.seen(socket);
    table.end_sweep({}, at_second(second).mono);
}

TEST(ListenerTable, CoversByAddressPortAndNamespace) {
    ListenerTable table;
    sweep(table,
          {listening("10.0.0.1:80", {.inode = 1}), listening("0.0.0.0:81", {.inode = 2}),
           listening("[::]:82", {.inode = 3})},
          0);
    EXPECT_TRUE(table.covers(conversation("10.0.0.1:80", "10.0.0.9:5000", {})));
    EXPECT_FALSE(table.covers(conversation("10.0.0.2:80", "10.0.0.9:5000", {})));
    EXPECT_FALSE(table.covers(conversation("10.0.0.1:80", "10.0.0.9:5000", {.netns = 2})));
    EXPECT_FALSE(
        table.covers(conversation("10.0.0.1:80", "10.0.0.9:5000", {.protocol = report::Protocol::udp})));
    EXPECT_TRUE(table.covers(conversation("10.0.0.2:81", "10.0.0.9:5000", {})));
    EXPECT_FALSE(table.covers(conversation("[fd00::1]:81", "[fd00::2]:5000", {}))) << "0.0.0.0 is IPv4 only";
    EXPECT_TRUE(table.covers(conversation("10.0.0.2:82", "10.0.0.9:5000", {}))) << ":: takes IPv4 too";
    EXPECT_TRUE(table.covers_peer(conversation("10.0.0.9:5000", "10.0.0.1:80", {})));
}

TEST(ListenerTable, RemembersThoseThatWentForAWhile) {
    ListenerTable table;
    sweep(table, {listening("0.0.0.0:80", {.inode = 1})}, 0);
    const Socket accepted = conversation("10.0.0.1:80", "10.0.0.9:5000", {});
    sweep(table, {}, 2);
    sweep(table, {}, 20);
    EXPECT_TRUE(table.covers(accepted));
    sweep(table, {}, 40);
    EXPECT_FALSE(table.covers(accepted));
}

struct ListenerStateTest : testing::Test {
    LocalState state{"h1", 1};
    ListenerTable table;
    ProcessTable processes;
    std::map<pid_t, std::vector<std::uint64_t>> held;
    OwnerIndex owners{[this](pid_t pid, std::vector<std::uint64_t>& inodes) {
        inodes = held[pid];
        return true;
    }};

    void look(const std::vector<pid_t>& pids) {
        processes.begin_refresh();
        std::vector<Process> rows;
        for (const pid_t pid : pids) {
            Process process;
            process.pid = pid;
            process.start_ticks = static_cast<std::uint64_t>(pid);
            process.cpu_nanos = processes.generation();
            rows.push_back(process);
        }
        processes.reconcile(rows);
        owners.follow(processes);
        owners.walk(processes);
        table.state(state, owners, "b00t");
        state.flush(at_second(0));
    }
    std::vector<std::string> living() const {
        std::vector<std::string> words;
        for (const auto& listener : state.state().listeners)
            if (listener.presence.alive())
                words.push_back(listener.key.owner.id.str() + " " + listener.key.address.to_string() + ":" +
                                std::to_string(listener.key.port));
        return words;
    }
};

TEST_F(ListenerStateTest, EveryHolderOfASocketIsAListener) {
    held = {{5, {50}}, {6, {50}}};
    sweep(table, {listening("0.0.0.0:80", {.inode = 50})}, 0);
    look({5, 6});
    EXPECT_EQ(living(), (std::vector<std::string>{"b00t;5;5 0.0.0.0:80", "b00t;6;6 0.0.0.0:80"}));
    sweep(table, {listening("0.0.0.0:80", {.inode = 50})}, 1);
    look({6});
    EXPECT_EQ(living(), (std::vector<std::string>{"b00t;6;6 0.0.0.0:80"}));
    sweep(table, {}, 2);
    look({6});
    EXPECT_TRUE(living().empty());
}

TEST_F(ListenerStateTest, NobodysSocketIsTheHosts) {
    sweep(table, {listening("[::]:2049", {.inode = 7})}, 0);
    EXPECT_TRUE(table.any_unowned(owners));
    look({});
    EXPECT_EQ(living(), (std::vector<std::string>{"h1 :::2049"}));
}

}  // namespace
}  // namespace reticle::probe
