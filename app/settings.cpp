#include "app/settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace reticle::app {
namespace {

constexpr std::array<Setting, 19> kSettings{{
    {"listen", SettingKind::many, "ADDRESS:PORT",
     "where to answer; may be repeated; port 0 takes a free one (default 127.0.0.1:4040)"},
    {"allow-unauthenticated", SettingKind::flag, "",
     "listen beyond loopback although whoever reaches the port sees everything"},
    {"allowed-host", SettingKind::many, "NAME",
     "a name by which browsers may call this server, beside localhost; may be repeated"},
    {"join-token-file", SettingKind::one, "FILE", "probes must present the one line in this file (mode 600)"},
    {"data", SettingKind::one, "DIR", "where the server keeps its identity; made when missing"},
    {"web", SettingKind::one, "DIR", "the browser view (default ../share/reticle/web beside the program)"},
    {"config", SettingKind::one, "FILE", "read settings from this TOML file: name = value"},
    {"threads", SettingKind::one, "N", "threads for the network (default 2)"},
    {"max-connections", SettingKind::one, "N", "connections at once (default 20000)"},
    {"max-report-bytes", SettingKind::one, "N", "size of a posted report (default 16777216)"},
    {"max-writers", SettingKind::one, "N", "probes and scripts that may state facts (default 20000)"},
    {"max-nodes-per-writer", SettingKind::one, "N",
     "what exceeds it is dropped and counted (default 100000)"},
    {"max-flows-per-writer", SettingKind::one, "N",
     "what exceeds it is dropped and counted (default 250000)"},
    {"stale-after", SettingKind::one, "SECONDS", "silence until a host is drawn grey (default 10)"},
    {"retention", SettingKind::one, "SECONDS", "how long what ended stays in memory (default 600)"},
    {"log-level", SettingKind::one, "LEVEL", "trace, debug, info, warn, error or off (default info)"},
    {"log-format", SettingKind::one, "FORMAT", "text or json (default text)"},
    {"version", SettingKind::flag, "", "print the version and leave"},
    {"help", SettingKind::flag, "", "print this page and leave"},
}};

constexpr std::string_view kIntroduction =
    R"(reticle-app: the server of Reticle. Takes the reports of probes, keeps the live map and shows it.

  reticle-app                               answer on http://127.0.0.1:4040
  reticle-app --data /var/lib/reticle       the same, and keep this server's identity
  reticle-app --listen 0.0.0.0:4040 --allow-unauthenticated --join-token-file token --allowed-host map.lan
                                            serve a trusted network

Options
)";

constexpr std::string_view kClosing = R"(
Every option can also be given as an environment variable (RETICLE_APP_LISTEN; several values with commas) or in
the TOML file (listen = ["127.0.0.1:4040"]). Flags win over the environment, the environment over the file.
SIGTERM and Ctrl-C stop the server within a second; probes come back on their own. Exit 0 after a stop, 1 when
it cannot start, 2 on bad usage. More: docs/operations.md, docs/api.md.
)";

const Setting* find(std::string_view name) {
    const auto found = std::ranges::find(kSettings, name, &Setting::name);
    return found == kSettings.end() ? nullptr : &*found;
}

std::string variable_of(std::string_view name) {
    std::string variable = "RETICLE_APP_";
    for (const char c : name) {
        variable.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    return variable;
}

std::vector<std::string> split_commas(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

/// A TOML value as the text a flag would have; nothing for a table or a date.
std::optional<std::string> text_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return text;
    if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
    if (const auto flag = node.value_exact<bool>()) return std::string(*flag ? "true" : "false");
    return std::nullopt;
}

Result<std::vector<std::string>> texts_of(const toml::node& node, const Setting& setting,
                                          const std::string& where) {
    std::vector<std::string> texts;
    const auto* list = node.as_array();
    if (list != nullptr && setting.kind == SettingKind::many) {
        for (const toml::node& item : *list) {
            const auto text = text_of(item);
            if (!text)
                return fail(Errc::invalid,
                            fmt::format("{}: {} must be a list of strings", where, setting.name));
            texts.push_back(*text);
        }
        return texts;
    }
    const auto text = text_of(node);
    if (!text)
        return fail(Errc::invalid, fmt::format("{}: {} has a value of the wrong type", where, setting.name));
    texts.push_back(*text);
    return texts;
}

}  // namespace

std::span<const Setting> settings() {
    return kSettings;
}

std::string help_page() {
    std::string page(kIntroduction);
    for (const Setting& setting : kSettings) {
        const std::string flag = fmt::format("--{} {}", setting.name, setting.value);
        page += fmt::format("  {:<30} {}\n", flag, setting.help);
    }
    return page + std::string(kClosing);
}

Result<Givens> from_arguments(const std::vector<std::string>& arguments) {
    Givens givens;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view argument = arguments[i];
        if (argument == "-h") argument = "--help";
        if (!argument.starts_with("--")) {
            return fail(Errc::invalid, fmt::format("unexpected argument '{}'; see --help", argument));
        }
        const std::size_t equals = argument.find('=');
        const std::string name(argument.substr(2, equals == std::string_view::npos ? equals : equals - 2));
        const Setting* setting = find(name);
        if (setting == nullptr)
            return fail(Errc::invalid, fmt::format("unknown option '--{}'; see --help", name));
        std::string value = "true";
        if (equals != std::string_view::npos) {
            value = argument.substr(equals + 1);
        } else if (setting->kind != SettingKind::flag) {
            if (i + 1 == arguments.size())
                return fail(Errc::invalid, fmt::format("--{} needs a value", name));
            value = arguments[++i];
        }
        Given& given = givens[name];
        given.origin = "--" + name;
        if (setting->kind == SettingKind::one) given.values.clear();  // the last one counts
        given.values.push_back(std::move(value));
    }
    return givens;
}

Givens from_environment(const Environment& environment) {
    Givens givens;
    for (const Setting& setting : kSettings) {
        const std::string variable = variable_of(setting.name);
        const auto text = environment(variable);
        if (!text || text->empty()) continue;
        Given given{{*text}, variable};
        if (setting.kind == SettingKind::many) given.values = split_commas(*text);
        givens.emplace(setting.name, std::move(given));
    }
    return givens;
}

Result<Givens> from_toml(const std::filesystem::path& file) {
    toml::table table;
    try {
        table = toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        return fail(Errc::invalid, fmt::format("{} line {}: {}", file.string(), error.source().begin.line,
                                               error.description()));
    }
    Givens givens;
    for (const auto& [key, node] : table) {
        std::string name(key.str());
        std::ranges::replace(name, '_', '-');
        const Setting* setting = find(name);
        if (setting == nullptr || name == "config" || name == "help" || name == "version") {
            return fail(Errc::invalid, fmt::format("{}: unknown setting '{}'", file.string(), key.str()));
        }
        auto texts = texts_of(node, *setting, file.string());
        if (!texts) return texts.error();
        givens.emplace(name, Given{std::move(*texts), fmt::format("{}: {}", file.string(), name)});
    }
    return givens;
}

}  // namespace reticle::app
