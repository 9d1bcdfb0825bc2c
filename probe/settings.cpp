#include "probe/settings.h"

#include <algorithm>
#include <array>
#include <sstream>

#include <boost/program_options.hpp>
#include <toml++/toml.h>

#include "probe/table.h"

namespace reticle::probe {

namespace po = boost::program_options;

namespace {

/// How a setting is given.
enum class Kind {
    value,     ///< --name VALUE, in the file a string or a number
    list,      ///< may come several times, in the file an array of strings
    optional,  ///< --name[=VALUE]; meant for the command line, as `command` is
    command,   ///< --name, what to do rather than how: not taken from the file or the environment
};

struct Option {
    const char* group;
    const char* name;  // with its one-letter form, as program_options writes it
    const char* argument;
    Kind kind;
    const char* text;
};

constexpr const char* kReporting = "Where to report";
constexpr const char* kIdentity = "Who this host is";
constexpr const char* kReading = "What is read, and how often";
constexpr const char* kLeaving = "What leaves the host";
constexpr const char* kLooking = "Looking without an app";
constexpr const char* kRunning = "Running";

constexpr std::array<Option, 22> kOptions{{
    {kReporting, "token-file", "FILE", Kind::value, "file with the app's join token in its first line"},
    {kIdentity, "host-id", "ID", Kind::value,
     "identity of this host, unique among all probes of an app (default: a hash of "
     "/etc/machine-id, never the id itself)"},
    {kIdentity, "host-name", "NAME", Kind::value, "name to show (default: the system's host name)"},
    {kIdentity, "cluster", "LABEL", Kind::value, "label of the cluster that this host belongs to"},
    {kIdentity, "state-dir", "DIR", Kind::value,
     "where the epoch of the last start is kept (default: /var/lib/reticle for "
     "root, else $XDG_STATE_HOME/reticle)"},
    {kReading, "proc-root", "DIR", Kind::value,
     "the /proc to read (default: /proc); in a container, the host's"},
    {kReading, "process-interval", "TIME", Kind::value, "between two looks at the processes (default: 1s)"},
    {kReading, "connection-interval", "TIME", Kind::value,
     "between two looks at the connections (default: 1s)"},
    {kReading, "host-interval", "TIME", Kind::value, "between two looks at the host itself (default: 2s)"},
    {kReading, "cpu-budget", "PERCENT", Kind::value,
     "of one core: beyond it, looks become rarer, connections first, then "
     "processes, then the host (default: 1)"},
    {kLeaving, "redact", "HOW", Kind::value,
     "secrets in command lines: off sends all, on hides what looks like a secret, "
     "everything sends no arguments at all (default: on)"},
    {kLeaving, "redact-pattern", "PATTERN", Kind::list,
     "hide this, too: NAME= hides the value of a flag or variable, "
     "anything else is a glob for whole words; may be repeated"},
    {kLooking, "print", "text|json", Kind::optional,
     "print what this host would report, and report nothing (default: text)"},
    {kLooking, "once", "", Kind::command, "with --print: one report, then exit (default)"},
    {kLooking, "watch", "", Kind::command, "with --print: again and again, until Ctrl-C"},
    {kLooking, "check", "", Kind::command, "say what this kernel and these privileges allow, and exit"},
    {kRunning, "config,c", "FILE", Kind::value, "TOML file with these settings, such as cluster = \"eu-1\""},
    {kRunning, "log-level", "LEVEL", Kind::value, "trace, debug, info, warn, error or off (default: info)"},
    {kRunning, "log-format", "text|json", Kind::value, "lines for people or for collectors (default: text)"},
    {kRunning, "help,h", "", Kind::command, "print this and exit"},
    {kRunning, "version,V", "", Kind::command, "print the version and exit"},
    {nullptr, "app", "APP", Kind::list, ""},
}};

std::string_view long_name(const Option& option) {
    const std::string_view name = option.name;
    return name.substr(0, name.find(','));
}

const Option* option_named(std::string_view name) {
    const auto* found = std::find_if(kOptions.begin(), kOptions.end(),
                                     [&](const auto& option) { return long_name(option) == name; });
    return found == kOptions.end() ? nullptr : found;
}

/// What the parser has to know; what people read is help_text().
po::options_description grammar() {
    po::options_description options;
    for (const auto& option : kOptions) {
        // Owned by the description once it is added.
        using Values = std::vector<std::string>;
        if (option.kind == Kind::command) {
            options.add_options()(option.name, "");
        } else if (option.kind == Kind::optional) {
            options.add_options()(option.name, po::value<Values>()->implicit_value({"text"}, ""), "");
        } else {
            options.add_options()(option.name, po::value<Values>(), "");
        }
    }
    return options;
}

/// One option of the help: its forms, then its text wrapped beside them.
std::string described(const Option& option) {
    constexpr std::size_t kIndent = 32;
    const std::string_view name = option.name;
    const auto comma = name.find(',');
    std::string line =
        comma == std::string_view::npos ? "      --" : "  -" + std::string(name.substr(comma + 1)) + ", --";
    line += long_name(option);
    if (option.kind == Kind::optional)
        line.append("[=").append(option.argument).append("]");
    else if (option.argument[0] != 0)
        line.append(" ").append(option.argument);
    return wrapped(std::move(line), option.text, kIndent);
}

constexpr std::array kGroups{kReporting, kIdentity, kReading, kLeaving, kLooking, kRunning};

Result<void> add_arguments(const std::vector<std::string>& arguments, Settings& settings) {
    const auto all = grammar();
    po::positional_options_description apps;
    apps.add("app", -1);
    try {
        constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        const auto parsed =
            po::command_line_parser(arguments).options(all).positional(apps).style(kStyle).run();
        for (const auto& option : parsed.options) {
            auto& setting = settings[option.string_key];
            const bool app = option.string_key == "app";
            setting.origin = app ? "APP" : "--" + option.string_key;
            const bool list = option_named(option.string_key)->kind == Kind::list;
            if (!list && !setting.values.empty()) {
                return fail(Errc::invalid, setting.origin + " is given twice");
            }
            setting.values.insert(setting.values.end(), option.value.begin(), option.value.end());
            if (option.value.empty()) {
                setting.values.emplace_back(option_named(option.string_key)->kind == Kind::optional ? "text"
                                                                                                    : "true");
            }
        }
    } catch (const po::error& error) {
        return fail(Errc::invalid, std::string(error.what()) + "; see --help");
    }
    return {};
}

void add_environment(const Environment& environment, Settings& settings) {
    for (const auto& option : kOptions) {
        if (option.kind == Kind::command || option.kind == Kind::optional) continue;
        std::string variable = "RETICLE_PROBE_";
        for (const char c : long_name(option)) {
            variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
        if (option.kind == Kind::list) variable += 'S';
        const auto value = environment(variable);
        const std::string name(long_name(option));
        if (!value || settings.contains(name)) continue;
        Setting setting{{*value}, variable};
        if (option.kind == Kind::list) {
            setting.values.clear();
            std::string list = *value;
            std::replace(list.begin(), list.end(), ',', ' ');
            std::istringstream words(list);
            for (std::string word; words >> word;) setting.values.push_back(word);
        }
        settings.emplace(name, std::move(setting));
    }
}

/// The value of one key of the file as text; nothing if its type does not fit.
std::optional<std::vector<std::string>> values_of(const toml::node& node, Kind kind) {
    const auto scalar = [](const toml::node& item) -> std::optional<std::string> {
        if (const auto text = item.value_exact<std::string>()) return text;
        if (const auto whole = item.value_exact<std::int64_t>()) return std::to_string(*whole);
        if (const auto real = item.value_exact<double>()) return std::to_string(*real);
        return std::nullopt;
    };
    if (kind == Kind::list && node.is_array()) {
        std::vector<std::string> values;
        for (const auto& item : *node.as_array()) {
            const auto text = item.value_exact<std::string>();
            if (!text) return std::nullopt;
            values.push_back(*text);
        }
        return values;
    }
    const auto text = kind == Kind::list ? node.value_exact<std::string>() : scalar(node);
    if (!text) return std::nullopt;
    return std::vector<std::string>{*text};
}

/// "cluster" -> cluster, "host_id" -> host-id, "apps" -> app.
std::string setting_of_key(std::string_view key) {
    std::string name(key);
    std::replace(name.begin(), name.end(), '_', '-');
    if (const auto* list = option_named(name.substr(0, name.size() - 1));
        name.ends_with('s') && list != nullptr && list->kind == Kind::list) {
        name.pop_back();
    }
    return name;
}

Result<void> add_file(const std::string& path, Settings& settings) {
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        std::ostringstream place;
        if (error.source().begin.line > 0) place << " line " << error.source().begin.line;
        return fail(Errc::invalid, path + place.str() + ": " + std::string(error.description()));
    }
    for (const auto& [key, node] : table) {
        const std::string origin = path + ": " + std::string(key.str());
        const std::string name = setting_of_key(key.str());
        const auto* option = option_named(name);
        if (option == nullptr || option->kind == Kind::command || option->kind == Kind::optional ||
            name == "config") {
            return fail(Errc::invalid, origin +
                                           ": unknown key; the keys are the long options of --help with "
                                           "underscores, and apps and redact_patterns");
        }
        auto values = values_of(node, option->kind);
        if (!values) {
            return fail(Errc::invalid,
                        origin + ": must be " +
                            (option->kind == Kind::list ? "an array of strings" : "a string or a number"));
        }
        settings.try_emplace(name, Setting{std::move(*values), origin});
    }
    return {};
}

}  // namespace

Result<Settings> read_settings(const std::vector<std::string>& arguments, const Environment& environment) {
    Settings settings;
    if (auto added = add_arguments(arguments, settings); !added) return added.error();
    add_environment(environment, settings);
    if (const auto config = settings.find("config"); config != settings.end()) {
        const std::string path = config->second.values.front();
        if (auto added = add_file(path, settings); !added) return added.error();
    }
    return settings;
}

std::string help_text() {
    std::ostringstream text;
    text << "Usage: reticle-probe [APP...] [options]\n\n"
            "Watches this host (its processes, and who they talk to) and reports to Reticle's server.\n"
            "APP is host:port or ws://host:port (default: 127.0.0.1:4040); several are all reported to.\n"
            "Runs as any user; as root it sees every process's connections (--check tells).\n";
    for (const auto* group : kGroups) {
        text << '\n' << group << ":\n";
        for (const auto& option : kOptions) {
            if (option.group == group) text << described(option);
        }
    }
    text << "\nTIME is a number with s, ms or m: 2s, 500ms; without a unit it is seconds.\n"
            "Every option can also stand in the environment (RETICLE_PROBE_HOST_ID, RETICLE_PROBE_APPS)\n"
            "and in the file of --config (host_id, apps); flags win over the environment, that over the "
            "file.\n"
            "\nExamples:\n"
            "  reticle-probe --print                        what this host would report, as a table\n"
            "  reticle-probe map.example:4040 --token-file /etc/reticle/token --cluster eu-1\n"
            "\nSee reticle-probe(1) and docs/operations.md.\n";
    return text.str();
}

}  // namespace reticle::probe
