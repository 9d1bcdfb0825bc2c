#include "probe/state_dir.h"

#include <fstream>

#include <gtest/gtest.h>

#include "report/version.h"

namespace reticle::probe {
namespace {

namespace fs = std::filesystem;

constexpr UtcNanos kSecond = 1'000'000'000;

class EpochFile : public testing::Test {
  protected:
    EpochFile()
        : directory_(fs::path(testing::TempDir()) / ("reticle-epoch-" + std::to_string(::getpid()))) {}
    ~EpochFile() override { fs::remove_all(directory_); }
    std::string content() {
        std::ifstream file(directory_ / "epoch");
        return {std::istreambuf_iterator<char>(file), {}};
    }
    fs::path directory_;
};

TEST_F(EpochFile, IsTheWallClockWhenThatIsLater) {
    EpochStore store(directory_ / "made" / "when missing");
    EXPECT_EQ(store.begin(1'700'000'000 * kSecond), 1'700'000'000u);
    EXPECT_EQ(store.begin(1'700'000'009 * kSecond), 1'700'000'009u);
}

TEST_F(EpochFile, RisesThoughTheClockWasSetBack) {
    EpochStore store(directory_);
    store.begin(1'700'000'000 * kSecond);
    EXPECT_EQ(store.begin(1'600'000'000 * kSecond), 1'700'000'001u);
    EXPECT_EQ(store.begin(-5 * kSecond), 1'700'000'002u);
    EXPECT_EQ(content(), "1700000002\n");
}

TEST_F(EpochFile, RisesAboveWhatAnAppAskedFor) {
    EpochStore store(directory_);
    store.begin(1'700'000'000 * kSecond);
    store.store(1'800'000'000);
    EXPECT_EQ(EpochStore(directory_).begin(1'700'000'001 * kSecond), 1'800'000'001u);
}

TEST_F(EpochFile, NonsenseInItIsIgnored) {
    fs::create_directories(directory_);
    for (const auto* nonsense : {"", "x\n", "12x\n", "-3\n", "99999999999999999999\n"}) {
        std::ofstream(directory_ / "epoch") << nonsense;
        EXPECT_EQ(EpochStore(directory_).begin(1'700'000'000 * kSecond), 1'700'000'000u) << nonsense;
    }
}

TEST_F(EpochFile, DirectoryThatCannotBeWrittenIsNoFailure) {
    std::ofstream(directory_) << "a file";
    EpochStore store(directory_ / "below");
    EXPECT_EQ(store.begin(1'700'000'000 * kSecond), 1'700'000'000u);
    fs::remove(directory_);
}

TEST(StateDir, DependsOnWhoRuns) {
    const auto variables = [](std::map<std::string, std::string> set) {
        return [set](const std::string& name) {
            return set.contains(name) ? std::optional<std::string>(set.at(name)) : std::nullopt;
        };
    };
    EXPECT_EQ(default_state_dir(true, variables({{"HOME", "/root"}})), "/var/lib/reticle");
    EXPECT_EQ(default_state_dir(false, variables({{"HOME", "/home/a"}})), "/home/a/.local/state/reticle");
    EXPECT_EQ(default_state_dir(false, variables({{"HOME", "/home/a"}, {"XDG_STATE_HOME", "/x"}})),
              "/x/reticle");
    EXPECT_EQ(default_state_dir(false, variables({})), "");
}

}  // namespace
}  // namespace reticle::probe
