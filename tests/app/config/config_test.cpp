#include "app/config.h"

#include <stdlib.h>

#include <fstream>

#include <gtest/gtest.h>

#include "app/data_dir.h"

namespace reticle::app {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string>;

Result<std::variant<Config, Notice>> read(const std::vector<std::string>& arguments,
                                          const Variables& variables = {}) {
    return read_config(
        arguments,
        [&](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        },
        "/opt/reticle/bin/reticle-app");
}

Config config(const std::vector<std::string>& arguments, const Variables& variables = {}) {
    return std::get<Config>(read(arguments, variables).value());
}

std::string error(const std::vector<std::string>& arguments, const Variables& variables = {}) {
    const auto result = read(arguments, variables);
    return result ? "" : result.error().message;
}

std::string listens(const Config& config) {
    std::string text;
    for (const auto& endpoint : config.listen) {
        text += endpoint.address().to_string() + "|" + std::to_string(endpoint.port()) + " ";
    }
    return text;
}

class ConfigFile : public testing::Test {
  protected:
    ConfigFile() {
        std::string pattern = (fs::temp_directory_path() / "reticle-config-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~ConfigFile() override { fs::remove_all(directory_); }
    std::string holding(std::string_view text) {
        const fs::path file = directory_ / "app.toml";
        std::ofstream(file) << text;
        return file.string();
    }
    fs::path directory_;
};

TEST(Config, IsSafeByDefault) {
    const Config defaults = config({});
    EXPECT_EQ(listens(defaults), "127.0.0.1|4040 ");
    EXPECT_FALSE(defaults.allow_unauthenticated);
    EXPECT_EQ(defaults.web, "/opt/reticle/share/reticle/web");
    EXPECT_TRUE(defaults.data.empty());
}

TEST(Config, ListensWhereItIsTold) {
    EXPECT_EQ(listens(config({"--listen", "127.0.0.1:0", "--listen=[::1]:8080", "--listen", "localhost:1"})),
              "127.0.0.1|0 ::1|8080 127.0.0.1|1 ");
    EXPECT_EQ(listens(config({}, {{"RETICLE_APP_LISTEN", "127.0.0.1:1,[::1]:2"}})), "127.0.0.1|1 ::1|2 ");
}

TEST(Config, MalformedAddressesAreNamed) {
    for (const char* text : {"4040", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                             "[::1]", "example.org:80", "[127.0.0.1]:80", ":80", "127.0.0.1:80x"}) {
        EXPECT_NE(error({"--listen", text}).find(text), std::string::npos) << text;
    }
}

TEST(Config, BeyondLoopbackNeedsAWord) {
    const std::string refusal = error({"--listen", "0.0.0.0:4040"});
    EXPECT_NE(refusal.find("nobody would have to sign in"), std::string::npos);
    EXPECT_NE(refusal.find("--allow-unauthenticated"), std::string::npos);
    EXPECT_EQ(refusal.find('\n'), std::string::npos);
    EXPECT_NE(error({"--listen", "[::]:4040"}), "");
    EXPECT_EQ(listens(config({"--listen", "0.0.0.0:4040", "--allow-unauthenticated"})), "0.0.0.0|4040 ");
}

TEST(Config, FlagsWinOverTheEnvironment) {
    const Config both =
        config({"--log-level", "debug"}, {{"RETICLE_APP_LOG_LEVEL", "warn"}, {"RETICLE_APP_THREADS", "3"}});
    EXPECT_EQ(both.log_level, "debug");
    EXPECT_EQ(both.threads, 3u);
}

TEST_F(ConfigFile, IsReadBelowFlagsAndEnvironment) {
    const std::string file = holding(
        "listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\nthreads = 5\nmax_connections = 7\n"
        "log-format = \"json\"\nallow-unauthenticated = true\n");
    const Config merged =
        config({"--config", file, "--max-connections", "9"}, {{"RETICLE_APP_THREADS", "3"}});
    EXPECT_EQ(listens(merged), "127.0.0.1|1 127.0.0.1|2 ");
    EXPECT_EQ(merged.threads, 3u);
    EXPECT_EQ(merged.http.max_connections, 9u);
    EXPECT_EQ(merged.log_format, LogFormat::json);
    EXPECT_TRUE(merged.allow_unauthenticated);
}

TEST_F(ConfigFile, MistakesAreNamedWithTheirPlace) {
    EXPECT_NE(error({"--config", holding("lisen = 1")}).find("unknown setting 'lisen'"), std::string::npos);
    EXPECT_NE(error({"--config", holding("threads = ")}).find("line 1"), std::string::npos);
    EXPECT_NE(error({"--config", holding("threads = 0")}).find("threads: '0' is not a number"),
              std::string::npos);
    EXPECT_NE(error({"--config", holding("data = [1]")}).find("data has a value of the wrong type"),
              std::string::npos);
    EXPECT_NE(error({"--config", (directory_ / "none").string()}), "");
}

TEST(Config, MistakesOnTheCommandLineAreNamed) {
    EXPECT_EQ(error({"--lisen", "x"}), "unknown option '--lisen'; see --help");
    EXPECT_EQ(error({"extra"}), "unexpected argument 'extra'; see --help");
    EXPECT_EQ(error({"--data"}), "--data needs a value");
    EXPECT_EQ(error({"--threads", "many"}), "--threads: 'many' is not a number from 1 to 64");
    EXPECT_EQ(error({}, {{"RETICLE_APP_THREADS", "many"}}),
              "RETICLE_APP_THREADS: 'many' is not a number from 1 to 64");
    EXPECT_NE(error({"--allowed-host", "Map:80"}), "");
    EXPECT_NE(error({"--log-format", "xml"}), "");
}

TEST(Config, HelpAndVersionComeFirst) {
    const auto help = std::get<Notice>(read({"--help", "--listen", "nonsense"}).value()).text;
    for (const char* word : {"--listen ADDRESS:PORT", "--join-token-file", "RETICLE_APP_LISTEN", "Exit 0"}) {
        EXPECT_NE(help.find(word), std::string::npos) << word;
    }
    EXPECT_EQ(std::get<Notice>(read({"--version"}).value()).text, "reticle-app " RETICLE_VERSION "\n");
}

TEST_F(ConfigFile, TheDataFolderKeepsItsIdAndIsLocked) {
    std::string id;
    {
        const auto first = DataDir::open(directory_ / "data");
        ASSERT_TRUE(first);
        id = first->app_id();
        EXPECT_EQ(id.size(), 16u);
        const auto second = DataDir::open(directory_ / "data");
        ASSERT_FALSE(second);
        EXPECT_NE(second.error().message.find("in use by another reticle-app"), std::string::npos);
    }
    EXPECT_EQ(DataDir::open(directory_ / "data")->app_id(), id);
}

TEST_F(ConfigFile, AnUnusableDataFolderIsAClearError) {
    const auto result = DataDir::open(holding("a file, not a folder"));
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().message.starts_with("--data: cannot make "));
    std::ofstream(directory_ / "app-id") << "not an id";
    EXPECT_NE(DataDir::open(directory_).error().message.find("does not hold an id"), std::string::npos);
}

}  // namespace
}  // namespace reticle::app
