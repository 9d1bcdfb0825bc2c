#include "probe/connections/owner_index.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

using testing::ElementsAre;

struct OwnerIndexTest : testing::Test {
    std::map<pid_t, std::vector<std::uint64_t>> held;
    std::vector<pid_t> walked;
    ProcessTable table;
    std::vector<Process> rows;
    OwnerIndex owners{[this](pid_t pid, std::vector<std::uint64_t>& inodes) {
        walked.push_back(pid);
        const auto at = held.find(pid);
        if (at == held.end()) return false;
        inodes = at->second;
        return true;
    }};

    void process(pid_t pid, std::uint64_t start, std::uint64_t cpu, pid_t parent = 1) {
        Process p;
        p.pid = pid;
        p.start_ticks = start;
        p.cpu_nanos = cpu;
        p.ppid = parent;
        std::erase_if(rows, [pid](const Process& row) { return row.pid == pid; });
        rows.push_back(p);
    }
    void look() {
        table.begin_refresh();
        table.reconcile(rows);
        walked.clear();
        owners.follow(table);
    }
};

TEST_F(OwnerIndexTest, WalksOnlyWhoRan) {
    held = {{5, {50}}, {6, {60}}};
    process(5, 1, 1);
    process(6, 1, 1);
    look();
    owners.walk(table);
    EXPECT_THAT(walked, ElementsAre(5, 6));
    process(6, 1, 2);
    held[6] = {60, 61};
    look();
    owners.walk(table);
    EXPECT_THAT(walked, ElementsAre(6));
    EXPECT_EQ(owners.owner(61)->pid, 6);
    EXPECT_EQ(owners.owner(50)->pid, 5);
    EXPECT_FALSE(owners.owner(99));
    EXPECT_FALSE(owners.owner(0));
}

TEST_F(OwnerIndexTest, OldestHolderOwnsAConnection) {
    held = {{5, {50}}, {6, {50}}};
    process(5, 200, 1);
    process(6, 100, 1);
    look();
    owners.walk(table);
    EXPECT_EQ(owners.owner(50)->pid, 6);
    EXPECT_THAT(owners.owners(50), ElementsAre(Owner{100, 6}, Owner{200, 5}));
}

TEST_F(OwnerIndexTest, ForgetsTheDead) {
    held = {{5, {50}}, {6, {50}}};
    process(5, 100, 1);
    process(6, 200, 1);
    look();
    owners.walk(table);
    owners.take_lost();
    std::erase_if(rows, [](const Process& row) { return row.pid == 5; });
    look();
    EXPECT_EQ(owners.owner(50)->pid, 6);
    EXPECT_THAT(owners.take_lost(), ElementsAre(50));
    process(6, 999, 1);
    held[6] = {};
    look();
    EXPECT_FALSE(owners.owner(50)) << "the pid has another owner now";
}

TEST_F(OwnerIndexTest, FollowsChildrenOfHolders) {
    held = {{5, {50}}, {7, {50}}};
    process(5, 100, 1);
    look();
    owners.walk(table);
    process(7, 300, 1, 5);
    look();
    EXPECT_THAT(walked, ElementsAre(7)) << "a child inherits its parent's sockets";
    EXPECT_EQ(owners.owners(50).size(), 2u);
}

TEST_F(OwnerIndexTest, CountsWhomItMayNotSee) {
    process(5, 100, 1);
    look();
    owners.walk(table);
    EXPECT_EQ(owners.denied(), 1u);
    rows.clear();
    look();
    EXPECT_EQ(owners.denied(), 0u);
}

}  // namespace
}  // namespace reticle::probe
