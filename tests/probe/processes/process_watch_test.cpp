#include "probe/processes/process_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"
#include "tests/probe/support/times.h"

namespace reticle::probe {
namespace {

using test::at_second;

std::string first(std::vector<std::string> argv) {
    return argv.empty() ? "" : argv.front();
}

struct ProcessWatchTest : testing::Test {
    test::ProcTree tree;
    ProcessWatch watch{tree.root(), "/nowhere", first};

    std::vector<pid_t> pids(double second) {
        EXPECT_TRUE(watch.refresh(at_second(second)));
        std::vector<pid_t> all;
        for (const Process& process : watch.table().rows()) all.push_back(process.pid);
        return all;
    }
};

TEST_F(ProcessWatchTest, FollowsBirthsAndDeaths) {
    tree.show({.pid = 1});
    tree.show({.pid = 5});
    EXPECT_THAT(pids(0), testing::ElementsAre(1, 5));
    tree.remove(5);
    tree.show({.pid = 6});
    EXPECT_THAT(pids(1), testing::ElementsAre(1, 6));
}

TEST_F(ProcessWatchTest, SeesANewIncarnationBehindAnOldPid) {
    tree.show({.pid = 5, .start_ticks = 100, .argv = {"old"}});
    pids(0);
    tree.show({.pid = 5, .start_ticks = 900, .argv = {"new"}});
    pids(1);
    EXPECT_EQ(watch.table().find(5)->start_ticks, 900u);
    EXPECT_EQ(watch.table().find(5)->cmdline.view(), "new");
}

TEST_F(ProcessWatchTest, ReadsAnewWhatAProcessChangesOfItself) {
    tree.show({.pid = 5, .argv = {"postgres"}});
    pids(0);
    tree.show({.pid = 5, .cpu_ticks = 1, .argv = {"postgres: writer"}});
    pids(1);
    EXPECT_EQ(watch.table().find(5)->cmdline.view(), "postgres");
    tree.show({.pid = 5, .cpu_ticks = 2, .argv = {"postgres: writer"}});
    pids(6);
    EXPECT_EQ(watch.table().find(5)->cmdline.view(), "postgres: writer");
}

TEST_F(ProcessWatchTest, AFreshTableIsNotRefreshed) {
    tree.show({.pid = 1});
    pids(0);
    tree.show({.pid = 2});
    EXPECT_THAT(pids(0.1), testing::ElementsAre(1));
    ASSERT_TRUE(watch.refresh_again(at_second(0.1)));
    EXPECT_NE(watch.table().find(2), nullptr);
}

TEST(ProcessWatch, FailsWithoutProc) {
    ProcessWatch watch("/nowhere", "/nowhere", first);
    const auto refreshed = watch.refresh(at_second(0));
    ASSERT_FALSE(refreshed);
    EXPECT_THAT(refreshed.error().message, testing::HasSubstr("/nowhere"));
}

}  // namespace
}  // namespace reticle::probe
