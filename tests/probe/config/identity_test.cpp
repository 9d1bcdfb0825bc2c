#include "probe/identity.h"

#include <fstream>

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

namespace fs = std::filesystem;

class IdentityFiles : public testing::Test {
  protected:
    IdentityFiles()
        : root_(fs::path(testing::TempDir()) / ("reticle-identity-" + std::to_string(::getpid()))) {
        fs::create_directories(root_ / "etc");
    }
    ~IdentityFiles() override { fs::remove_all(root_); }
    void write(const std::string& name, const std::string& content) {
        std::ofstream(root_ / name) << content;
    }
    fs::path root_;
};

TEST(HostId, IsAStableHashThatDoesNotShowTheMachineId) {
    const std::string machine_id = "0123456789abcdef0123456789abcdef";
    const auto id = host_id_of(machine_id);
    EXPECT_EQ(id.size(), 16u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(id, host_id_of(machine_id));
    EXPECT_NE(id, host_id_of("1123456789abcdef0123456789abcdef"));
    EXPECT_EQ(machine_id.find(id), std::string::npos);
}

TEST(InstanceId, DiffersAtEveryStart) {
    EXPECT_NE(random_instance_id(), random_instance_id());
    EXPECT_EQ(random_instance_id().size(), 16u);
}

TEST_F(IdentityFiles, MachineIdIsWhatTheHostHas) {
    write("etc/machine-id", "abc123\n");
    EXPECT_EQ(*read_machine_id(root_), "abc123");
    write("etc/machine-id", "uninitialized\n");
    fs::create_directories(root_ / "var/lib/dbus");
    write("var/lib/dbus/machine-id", "def456\n");
    EXPECT_EQ(*read_machine_id(root_), "def456");
}

TEST_F(IdentityFiles, WithoutAMachineIdTheRemedyIsNamed) {
    const auto id = read_machine_id(root_);
    ASSERT_FALSE(id);
    EXPECT_NE(id.error().message.find("--host-id"), std::string::npos);
}

TEST_F(IdentityFiles, TokenIsTheFirstLineWithoutBlanks) {
    write("token", "  s3cret \r\nsecond\n");
    EXPECT_EQ(*read_token(root_ / "token"), "s3cret");
    write("token", "\n");
    EXPECT_FALSE(read_token(root_ / "token"));
    const auto missing = read_token(root_ / "none");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("none"), std::string::npos);
}

}  // namespace
}  // namespace reticle::probe
