#include "probe/os/proc_fs.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"

namespace reticle::probe::os {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(ProcFs, ListsNumbersOnly) {
    test::ProcTree tree;
    tree.write("1/stat", "");
    tree.write("42/stat", "");
    tree.write("self-test/stat", "");
    tree.write("loadavg", "");
    std::vector<pid_t> pids;
    ASSERT_TRUE(ProcFs(tree.root()).pids(pids));
    EXPECT_THAT(pids, UnorderedElementsAre(1, 42));
}

TEST(ProcFs, WhatIsGoneIsNoError) {
    test::ProcTree tree;
    const ProcFs proc(tree.root());
    std::string text = "old";
    EXPECT_FALSE(proc.read("7/stat", text));
    EXPECT_TRUE(text.empty());
    EXPECT_FALSE(proc.link("7/exe"));
    EXPECT_EQ(proc.namespace_inode("7/ns/net"), 0u);
    std::vector<std::uint64_t> inodes;
    EXPECT_FALSE(proc.socket_inodes(7, inodes));
    std::vector<pid_t> pids;
    EXPECT_FALSE(ProcFs(tree.root() + "/nowhere").pids(pids));
}

TEST(ProcFs, ReadsFilesOfAnySizeUpToALimit) {
    test::ProcTree tree;
    const std::string large(1'000'000, 'x');
    tree.write("large", large);
    const ProcFs proc(tree.root());
    std::string text;
    ASSERT_TRUE(proc.read("large", text));
    EXPECT_EQ(text, large);
    ASSERT_TRUE(proc.read("large", text, 100));
    EXPECT_EQ(text.size(), 100u);
}

TEST(ProcFs, FindsSocketsAmongDescriptors) {
    test::ProcTree tree;
    tree.show(
        {.pid = 5, .descriptors = {"/dev/null", "socket:[90]", "pipe:[91]", "socket:[12]", "socket:[90]"}});
    const ProcFs proc(tree.root());
    std::vector<std::uint64_t> inodes;
    ASSERT_TRUE(proc.socket_inodes(5, inodes));
    EXPECT_THAT(inodes, ElementsAre(12, 90));
}

TEST(ProcFs, KnowsWhoseProcItIs) {
    test::ProcTree tree;
    EXPECT_TRUE(ProcFs().own_pids());
    EXPECT_FALSE(ProcFs(tree.root()).own_pids());
    tree.link("self", "99999999");
    EXPECT_FALSE(ProcFs(tree.root()).own_pids());
}

TEST(ProcFs, CountsDescriptorsOfThisProcess) {
    const auto before = ProcFs().open_files(::getpid());
    const Fd one(::dup(0));
    const Fd two(::dup(0));
    const auto after = ProcFs().open_files(::getpid());
    ASSERT_TRUE(before && after);
    EXPECT_EQ(*after, *before + 2);
}

TEST(FieldOf, FindsTheWholeKeyOnly) {
    const std::string_view text = "VmRSSX:\t1 kB\nVmRSS:\t  12 kB \nLast:\tx";
    EXPECT_EQ(field_of(text, "VmRSS"), "12 kB");
    EXPECT_EQ(field_of(text, "Last"), "x");
    EXPECT_EQ(field_of(text, "Vm"), "");
    EXPECT_EQ(field_of("", "Vm"), "");
}

}  // namespace
}  // namespace reticle::probe::os
