#include "probe/processes/users.h"

#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"

namespace reticle::probe {
namespace {

TEST(Users, NamesThoseInTheFileAndNumbersTheRest) {
    test::ProcTree files;
    files.write("passwd",
                "root:x:0:0:root:/root:/bin/sh\nbroken\n:x\nworse:x:abc:0\nwww-data:x:33:33::/:/bin/false\n");
    Users users(files.root() + "/passwd");
    EXPECT_EQ(users.name_of(0).view(), "root");
    EXPECT_EQ(users.name_of(33).view(), "www-data");
    EXPECT_EQ(users.name_of(1234).view(), "1234");
}

TEST(Users, WithoutAFileEverybodyIsANumber) {
    Users users("/nowhere/passwd");
    EXPECT_EQ(users.name_of(0).view(), "0");
}

}  // namespace
}  // namespace reticle::probe
