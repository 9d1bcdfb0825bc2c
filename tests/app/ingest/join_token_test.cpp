#include "app/ingest/join_token.h"

#include <stdlib.h>

#include <fstream>

#include <gtest/gtest.h>

namespace reticle::app {
namespace {

namespace fs = std::filesystem;

class JoinTokenFile : public testing::Test {
  protected:
    JoinTokenFile() {
        std::string pattern = (fs::temp_directory_path() / "reticle-token-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~JoinTokenFile() override { fs::remove_all(directory_); }

    fs::path holding(std::string_view text, fs::perms permissions = fs::perms::owner_read) {
        const fs::path file = directory_ / "token";
        std::ofstream(file) << text;
        fs::permissions(file, permissions);
        return file;
    }
    fs::path directory_;
};

TEST_F(JoinTokenFile, ItsFirstLineIsTheSecret) {
    const auto token = JoinToken::from_file(holding("a secret of sixteen\nand a comment\n"));
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->accepts("a secret of sixteen"));
    EXPECT_FALSE(token->accepts("a secret of sixtee"));
    EXPECT_FALSE(token->accepts("a secret of sixteen\n"));
    EXPECT_FALSE(token->accepts(""));
}

TEST_F(JoinTokenFile, AShortSecretIsNone) {
    EXPECT_EQ(JoinToken::from_file(holding("short\n")).error().code, Errc::invalid);
}

TEST_F(JoinTokenFile, AFileThatOthersCanReadIsNoSecret) {
    const auto file = holding("a secret of sixteen\n", fs::perms::owner_read | fs::perms::others_read);
    EXPECT_EQ(JoinToken::from_file(file).error().code, Errc::denied);
}

TEST_F(JoinTokenFile, AMissingFileIsSaid) {
    EXPECT_EQ(JoinToken::from_file(directory_ / "none").error().code, Errc::unavailable);
    EXPECT_EQ(JoinToken::from_file(directory_).error().code, Errc::unavailable);
}

TEST(JoinToken, NoneAsksForNothing) {
    EXPECT_TRUE(JoinToken().accepts(""));
    EXPECT_TRUE(JoinToken().accepts("anything"));
}

}  // namespace
}  // namespace reticle::app
