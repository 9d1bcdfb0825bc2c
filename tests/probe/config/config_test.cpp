#include "probe/config.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

Result<std::variant<Config, Notice>> read(const std::vector<std::string>& arguments,
                                          const Variables& variables = {}) {
    return read_config(arguments, [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    });
}

Config config_of(const std::vector<std::string>& arguments, const Variables& variables = {}) {
    const auto config = read(arguments, variables);
    if (config) return std::get<Config>(*config);
    ADD_FAILURE() << config.error().message;
    return {};
}

std::string complaint(const std::vector<std::string>& arguments, const Variables& variables = {}) {
    const auto config = read(arguments, variables);
    if (config) return "accepted";
    EXPECT_EQ(config.error().message.find('\n'), std::string::npos);
    return config.error().message;
}

/// A file that lives as long as the test.
class ConfigFile : public testing::Test {
  protected:
    std::string file(const std::string& content) {
        path_ = std::filesystem::temp_directory_path() /
                ("reticle-config-" + std::to_string(::getpid()) + ".toml");
        std::ofstream(path_) << content;
        return path_;
    }
    ~ConfigFile() override {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

  private:
    std::filesystem::path path_;
};

TEST(Config, DefaultsReportToTheLocalApp) {
    const auto config = config_of({});
    EXPECT_EQ(config.task, Config::Task::report);
    EXPECT_EQ(config.apps, (std::vector<Target>{{"127.0.0.1", 4040}}));
    EXPECT_EQ(config.process_interval, 1000ms);
    EXPECT_EQ(config.redact.mode, RedactMode::on);
    EXPECT_EQ(config.cpu_budget_percent, 1);
    EXPECT_EQ(config.proc_root, "/proc");
}

TEST(Config, TakesEverythingFromFlags) {
    const auto config = config_of({"a:1",
                                   "ws://b",
                                   "a:1",
                                   "--host-id",
                                   "h",
                                   "--host-name=n n",
                                   "--cluster",
                                   "c",
                                   "--token-file",
                                   "/t",
                                   "--state-dir",
                                   "/s",
                                   "--proc-root",
                                   "/p",
                                   "--process-interval",
                                   "0.5",
                                   "--connection-interval",
                                   "250ms",
                                   "--host-interval",
                                   "1m",
                                   "--redact",
                                   "everything",
                                   "--redact-pattern",
                                   "x=",
                                   "--redact-pattern",
                                   "Y*",
                                   "--cpu-budget",
                                   "2.5",
                                   "--log-level",
                                   "debug",
                                   "--log-format",
                                   "json"});
    EXPECT_EQ(config.apps, (std::vector<Target>{{"a", 1}, {"b", 4040}})) << "each app once";
    EXPECT_EQ(config.host_id, "h");
    EXPECT_EQ(config.host_name, "n n");
    EXPECT_EQ(config.cluster, "c");
    EXPECT_EQ(config.token_file, "/t");
    EXPECT_EQ(config.state_dir, "/s");
    EXPECT_EQ(config.proc_root, "/p");
    EXPECT_EQ(config.process_interval, 500ms);
    EXPECT_EQ(config.connection_interval, 250ms);
    EXPECT_EQ(config.host_interval, 60000ms);
    EXPECT_EQ(config.redact.mode, RedactMode::everything);
    EXPECT_EQ(config.redact.patterns, (std::vector<std::string>{"x=", "Y*"}));
    EXPECT_EQ(config.cpu_budget_percent, 2.5);
    EXPECT_EQ(config.log_level, "debug");
    EXPECT_EQ(config.log_format, LogFormat::json);
}

TEST(Config, PrintsOnceAsTextUnlessToldOtherwise) {
    EXPECT_EQ(config_of({"--print"}).task, Config::Task::print_once);
    EXPECT_FALSE(config_of({"--print"}).print_json);
    EXPECT_TRUE(config_of({"--print=json"}).print_json);
    EXPECT_EQ(config_of({"--print", "--once"}).task, Config::Task::print_once);
    EXPECT_EQ(config_of({"--print", "--watch"}).task, Config::Task::print_watch);
    EXPECT_EQ(config_of({"--check"}).task, Config::Task::check);
    EXPECT_TRUE(config_of({"--print", "json"}).print_json);
    EXPECT_FALSE(config_of({"--print", "--log-level", "off"}).print_json);
    EXPECT_EQ(complaint({"--print", "a:1"}), "--print 'a:1': use text or json");
}

TEST(Config, RefusesContradictions) {
    EXPECT_EQ(complaint({"--once"}), "--once goes with --print");
    EXPECT_EQ(complaint({"--watch"}), "--watch goes with --print");
    EXPECT_EQ(complaint({"--print", "--once", "--watch"}), "--once and --watch exclude each other");
    EXPECT_EQ(complaint({"--print", "--check"}), "--print and --check exclude each other");
    EXPECT_EQ(complaint({"--cluster", "a", "--cluster", "b"}), "--cluster is given twice");
}

TEST(Config, NamesTheSettingAndTheRemedy) {
    EXPECT_EQ(complaint({"--process-interval", "0"}),
              "--process-interval '0': use a time from 50ms to 60m, such as 500ms, 2s or 0.5");
    EXPECT_EQ(complaint({"--redact", "some"}), "--redact 'some': use off, on or everything");
    EXPECT_EQ(complaint({"--cpu-budget", "nan"}),
              "--cpu-budget 'nan': use percent of one core, from 0.05 to 100");
    EXPECT_EQ(complaint({"--host-id", "a b"}), "--host-id 'a b': use 1 to 128 letters, digits or . _ - :");
    EXPECT_EQ(complaint({"a:b"}), "APP 'a:b': the port must be a number from 1 to 65535");
    EXPECT_EQ(complaint({}, {{"RETICLE_PROBE_LOG_LEVEL", "loud"}}),
              "RETICLE_PROBE_LOG_LEVEL 'loud': use trace, debug, info, warn, error or off");
    EXPECT_NE(complaint({"--no-such"}).find("--no-such"), std::string::npos);
    EXPECT_NE(complaint({"--host-id"}).find("--host-id"), std::string::npos);
    EXPECT_NE(complaint({"--host-i", "x"}).find("--host-i"), std::string::npos) << "no guessing";
    EXPECT_NE(complaint({"--redact-pattern", "*"}).find("--redact-pattern '*'"), std::string::npos);
}

TEST_F(ConfigFile, FlagsWinOverEnvironmentOverFile) {
    const auto path =
        file("cluster = \"file\"\nhost_name = \"file\"\nhost_id = \"file\"\napps = [\"f:1\", \"f:2\"]\n");
    const auto config = config_of({"--cluster", "flag", "--config", path},
                                  {{"RETICLE_PROBE_CLUSTER", "env"}, {"RETICLE_PROBE_HOST_NAME", "env"}});
    EXPECT_EQ(config.cluster, "flag");
    EXPECT_EQ(config.host_name, "env");
    EXPECT_EQ(config.host_id, "file");
    EXPECT_EQ(config.apps, (std::vector<Target>{{"f", 1}, {"f", 2}}));
    EXPECT_EQ(config_of({"g:3"}, {{"RETICLE_PROBE_CONFIG", path}}).apps, (std::vector<Target>{{"g", 3}}));
}

TEST_F(ConfigFile, TakesNumbersAndLists) {
    const auto path = file("process_interval = 2\ncpu_budget = 0.5\nredact_patterns = [\"a=\", \"b*\"]\n");
    const auto config = config_of({"-c", path});
    EXPECT_EQ(config.process_interval, 2000ms);
    EXPECT_EQ(config.cpu_budget_percent, 0.5);
    EXPECT_EQ(config.redact.patterns.size(), 2u);
}

TEST_F(ConfigFile, NamesWhatIsWrongInIt) {
    EXPECT_NE(complaint({"--config", "/no/such/file"}).find("/no/such/file"), std::string::npos);
    auto path = file("colour = 1\n");
    EXPECT_NE(complaint({"--config", path}).find(path + ": colour: unknown key"), std::string::npos);
    path = file("check = true\n");
    EXPECT_NE(complaint({"--config", path}).find("check: unknown key"), std::string::npos);
    path = file("apps = [1]\n");
    EXPECT_NE(complaint({"--config", path}).find("apps: must be an array of strings"), std::string::npos);
    path = file("cluster = [\"a\"]\n");
    EXPECT_NE(complaint({"--config", path}).find("cluster: must be a string or a number"), std::string::npos);
    path = file("cluster = \"a\"\nthis is = = not toml\n");
    EXPECT_NE(complaint({"--config", path}).find(path + " line 2"), std::string::npos);
    path = file("log_level = \"loud\"\n");
    EXPECT_NE(complaint({"--config", path}).find(path + ": log_level 'loud'"), std::string::npos);
}

TEST(Config, ListsInTheEnvironmentAreSeparatedByCommasOrSpaces) {
    const auto config = config_of({}, {{"RETICLE_PROBE_APPS", "a:1,b:2 c:3"}});
    EXPECT_EQ(config.apps, (std::vector<Target>{{"a", 1}, {"b", 2}, {"c", 3}}));
}

TEST(Config, IntervalsHaveUnits) {
    EXPECT_EQ(*parse_interval("500ms"), 500ms);
    EXPECT_EQ(*parse_interval("2s"), 2000ms);
    EXPECT_EQ(*parse_interval("1.5"), 1500ms);
    EXPECT_EQ(*parse_interval("60m"), 3600s);
    for (const auto text : {"", "s", "1h", "10ms", "61m", "-1", "1e9", "nan", "2 s"})
        EXPECT_FALSE(parse_interval(text)) << text;
}

TEST(Help, FitsTheScreenAndNamesEveryOption) {
    const auto help = std::get<Notice>(*read({"--help"})).text;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
    EXPECT_NE(help.find("Examples:"), std::string::npos);
    EXPECT_NE(help.find("--print[=text|json]"), std::string::npos);
    EXPECT_NE(std::get<Notice>(*read({"-V"})).text.find(RETICLE_VERSION), std::string::npos);
}

/// The long options that a text names.
std::set<std::string> options_in(const std::string& text, const std::string& mark) {
    std::set<std::string> options;
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const auto begin = at + mark.size();
        const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", begin);
        if (end > begin) options.insert(text.substr(begin, end - begin));
    }
    return options;
}

std::string content(const std::string& path) {
    std::ifstream file(std::string(RETICLE_SOURCE_DIR "/") + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Help, ManualPageAndCompletionsNameTheSameOptions) {
    const auto expected = options_in(help_text(), "--");
    EXPECT_EQ(options_in(content("packaging/man/reticle-probe.1"), ".It Fl -"), [&] {
        auto long_first = expected;
        for (const auto* short_first : {"config", "help", "version"}) long_first.erase(short_first);
        return long_first;
    }());
    EXPECT_EQ(options_in(content("packaging/completion/reticle-probe.fish"), " -l "), expected);
    const auto bash = content("packaging/completion/reticle-probe.bash");
    const auto zsh = content("packaging/completion/_reticle-probe");
    for (const auto& option : expected) {
        EXPECT_NE(bash.find("--" + option), std::string::npos) << option;
        EXPECT_NE(zsh.find("--" + option), std::string::npos) << option;
    }
}

}  // namespace
}  // namespace reticle::probe
