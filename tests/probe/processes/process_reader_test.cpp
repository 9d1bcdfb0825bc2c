#include "probe/processes/process_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"

namespace reticle::probe {
namespace {

std::string joined(std::vector<std::string> argv) {
    std::string line;
    for (const std::string& argument : argv) line += (line.empty() ? "" : " ") + argument;
    return line;
}

struct ProcessReaderTest : testing::Test {
    test::ProcTree tree;
    os::ProcFs proc{tree.root()};
    Users users{"/nowhere"};
    ProcessReader reader{proc, users, joined};
};

TEST_F(ProcessReaderTest, ReadsEverything) {
    tree.show({.pid = 9,
               .name = "nginx",
               .argv = {"nginx", "-g", "daemon off;"},
               .exe = "/usr/sbin/nginx",
               .uid = 33,
               .cgroup = "/system.slice/nginx.service",
               .netns = 55});
    const auto process = reader.read(9);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->name.view(), "nginx");
    EXPECT_EQ(process->cmdline.view(), "nginx -g daemon off;");
    EXPECT_EQ(process->exe.view(), "/usr/sbin/nginx");
    EXPECT_EQ(process->user.view(), "33");
    EXPECT_EQ(process->cgroup.view(), "/system.slice/nginx.service");
    EXPECT_EQ(process->netns, 55u);
    EXPECT_EQ(process->open_files_limit, 1024u);
}

TEST_F(ProcessReaderTest, KernelThreadsAreInBrackets) {
    tree.show({.pid = 2, .name = "kthreadd", .kernel_thread = true});
    EXPECT_EQ(reader.read(2)->name.view(), "[kthreadd]");
    EXPECT_TRUE(reader.read(2)->cmdline.empty());
}

TEST_F(ProcessReaderTest, RedactionSeesTheArguments) {
    tree.show({.pid = 9, .argv = {"mysql", "", "--password=x y"}});
    std::vector<std::string> seen;
    ProcessReader redacting(proc, users, [&seen](std::vector<std::string> argv) {
        seen = std::move(argv);
        return std::string("redacted");
    });
    EXPECT_EQ(redacting.read(9)->cmdline.view(), "redacted");
    EXPECT_THAT(seen, testing::ElementsAre("mysql", "", "--password=x y"));
}

TEST_F(ProcessReaderTest, WhatIsNotUtf8IsMadeSo) {
    tree.show({.pid = 9, .name = "a\xFF", .argv = {"\xFE"}});
    EXPECT_EQ(reader.read(9)->name.view(), "a\xEF\xBF\xBD");
    EXPECT_EQ(reader.read(9)->cmdline.view(), "\xEF\xBF\xBD");
}

TEST_F(ProcessReaderTest, WhoIsGoneIsNobody) {
    EXPECT_FALSE(reader.read(9));
    tree.write("9/status", "Name: gone\n");
    EXPECT_FALSE(reader.read(9)) << "its stat file went first";
}

TEST_F(ProcessReaderTest, DiesBetweenTwoReads) {
    tree.show({.pid = 9, .name = "brief"});
    for (const char* file : {"9/status", "9/cmdline", "9/exe", "9/cgroup", "9/ns", "9/limits", "9/fd"})
        tree.erase(file);
    const auto process = reader.read(9);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->name.view(), "brief");
    EXPECT_TRUE(process->exe.empty());
    EXPECT_EQ(process->netns, 0u);
}

TEST_F(ProcessReaderTest, ReadsTheRestAgainOnlyAfterExec) {
    tree.show({.pid = 9, .name = "sh", .argv = {"sh"}});
    const Process before = *reader.read(9);
    tree.show({.pid = 9, .name = "sh", .cpu_ticks = 5, .argv = {"changed"}});
    EXPECT_EQ(reader.read_again(before)->cmdline.view(), "sh") << "no sign of an exec";
    EXPECT_GT(reader.read_again(before)->cpu_nanos, before.cpu_nanos);
    tree.show({.pid = 9, .name = "sh", .stack_start = 0x7ffc2000, .argv = {"other"}});
    EXPECT_EQ(reader.read_again(before)->cmdline.view(), "other") << "a new stack";
    tree.show({.pid = 9, .name = "cat", .argv = {"cat"}});
    EXPECT_EQ(reader.read_again(before)->cmdline.view(), "cat") << "a new name";
    tree.show({.pid = 9, .name = "sh", .start_ticks = 500, .argv = {"reborn"}});
    EXPECT_EQ(reader.read_again(before)->cmdline.view(), "reborn") << "a new owner of the pid";
}

TEST(CgroupOf, PrefersTheUnifiedHierarchyIfItIsUsed) {
    EXPECT_EQ(cgroup_of("0::/user.slice\n"), "/user.slice");
    EXPECT_EQ(cgroup_of("11:pids:/docker/abc\n4:cpu,memory:/other\n0::/\n"), "/docker/abc");
    EXPECT_EQ(cgroup_of("4:cpu,memory:/docker/abc\n"), "/docker/abc");
    EXPECT_EQ(cgroup_of("11:pids:/a\n0::/b\n"), "/b");
    EXPECT_EQ(cgroup_of("0::/with:colon\n"), "/with:colon");
    EXPECT_EQ(cgroup_of("nonsense\n\n:"), "");
}

}  // namespace
}  // namespace reticle::probe
