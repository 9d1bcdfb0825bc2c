#include "probe/config.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

namespace reticle::probe {
namespace {

Error complaint(const Setting& setting, std::string_view value, std::string_view remedy) {
    return fail(Errc::invalid,
                setting.origin + " '" + std::string(value.substr(0, 200)) + "': " + std::string(remedy));
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-' || c == ':';
    };
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_label(std::string_view text) {
    return text.size() <= 256 && std::all_of(text.begin(), text.end(),
                                             [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

/// Reads one setting after another into a Config; keeps the first complaint.
class Reader {
  public:
    explicit Reader(const Settings& settings) : settings_(settings) {}

    [[nodiscard]] const Setting* find(std::string_view name) const {
        const auto found = settings_.find(name);
        return found == settings_.end() ? nullptr : &found->second;
    }

    /// Hands the value of a setting to `take`, which answers the remedy if it cannot be used.
    void each(std::string_view name, const std::function<std::string(const std::string& value)>& take) {
        const auto* setting = find(name);
        if (setting == nullptr || problem_) return;
        for (const auto& value : setting->values) {
            const auto remedy = take(value);
            if (!remedy.empty() && !problem_) problem_ = complaint(*setting, value, remedy);
        }
    }

    void text(std::string_view name, std::string& into) {
        each(name, [&](const std::string& value) {
            into = value;
            return is_label(value) ? "" : "use up to 256 bytes without control characters";
        });
    }

    void path(std::string_view name, std::filesystem::path& into) {
        each(name, [&](const std::string& value) {
            into = value;
            return value.empty() ? "name a path" : "";
        });
    }

    void interval(std::string_view name, std::chrono::milliseconds& into) {
        each(name, [&](const std::string& value) {
            const auto parsed = parse_interval(value);
            if (parsed) into = *parsed;
            return parsed ? "" : parsed.error().message;
        });
    }

    [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

  private:
    const Settings& settings_;
    std::optional<Error> problem_;
};

void read_identity(Reader& reader, Config& config) {
    reader.each("host-id", [&](const std::string& value) {
        config.host_id = value;
        return is_id(value) ? "" : "use 1 to 128 letters, digits or . _ - :";
    });
    reader.text("host-name", config.host_name);
    reader.text("cluster", config.cluster);
    reader.path("state-dir", config.state_dir);
    reader.path("token-file", config.token_file);
    reader.each("app", [&](const std::string& value) {
        const auto target = Target::parse(value);
        if (!target) return target.error().message;
        if (std::find(config.apps.begin(), config.apps.end(), *target) == config.apps.end()) {
            config.apps.push_back(*target);
        }
        return std::string();
    });
}

void read_looks(Reader& reader, Config& config) {
    reader.path("proc-root", config.proc_root);
    reader.interval("process-interval", config.process_interval);
    reader.interval("connection-interval", config.connection_interval);
    reader.interval("host-interval", config.host_interval);
    reader.each("cpu-budget", [&](const std::string& value) {
        const auto percent = number(value);
        const bool fits = percent && *percent >= 0.05 && *percent <= 100;
        if (fits) config.cpu_budget_percent = *percent;
        return fits ? "" : "use percent of one core, from 0.05 to 100";
    });
}

void read_redaction(Reader& reader, Config& config) {
    reader.each("redact", [&](const std::string& value) {
        if (value == "off")
            config.redact.mode = RedactMode::off;
        else if (value == "on")
            config.redact.mode = RedactMode::on;
        else if (value == "everything")
            config.redact.mode = RedactMode::everything;
        else
            return "use off, on or everything";
        return "";
    });
    reader.each("redact-pattern", [&](const std::string& value) {
        const auto usable = check_redact_pattern(value);
        config.redact.patterns.push_back(value);
        return usable ? "" : usable.error().message;
    });
}

void read_logging(Reader& reader, Config& config) {
    reader.each("log-level", [&](const std::string& value) {
        constexpr std::array<std::string_view, 6> kLevels{"trace", "debug", "info", "warn", "error", "off"};
        config.log_level = value;
        const bool known = std::find(kLevels.begin(), kLevels.end(), value) != kLevels.end();
        return known ? "" : "use trace, debug, info, warn, error or off";
    });
    reader.each("log-format", [&](const std::string& value) {
        config.log_format = value == "json" ? LogFormat::json : LogFormat::text;
        return value == "json" || value == "text" ? "" : "use text or json";
    });
}

Result<void> read_task(Reader& reader, Config& config) {
    const bool print = reader.find("print") != nullptr;
    const bool once = reader.find("once") != nullptr;
    const bool watch = reader.find("watch") != nullptr;
    const bool check = reader.find("check") != nullptr;
    if ((once || watch) && !print) {
        return fail(Errc::invalid, std::string(once ? "--once" : "--watch") + " goes with --print");
    }
    if (once && watch) return fail(Errc::invalid, "--once and --watch exclude each other");
    if (print && check) return fail(Errc::invalid, "--print and --check exclude each other");
    if (check) config.task = Config::Task::check;
    if (print) config.task = watch ? Config::Task::print_watch : Config::Task::print_once;
    reader.each("print", [&](const std::string& value) {
        config.print_json = value == "json";
        return value == "json" || value == "text" ? "" : "use text or json";
    });
    return {};
}

}  // namespace

Result<std::chrono::milliseconds> parse_interval(std::string_view text) {
    double milliseconds_per_unit = 1000;
    std::string_view digits = text;
    for (const auto& [unit, milliseconds] :
         {std::pair<std::string_view, double>{"ms", 1}, {"s", 1000}, {"m", 60'000}}) {
        if (!digits.ends_with(unit)) continue;
        milliseconds_per_unit = milliseconds;
        digits.remove_suffix(unit.size());
        break;
    }
    const auto value = number(digits);
    const double milliseconds = value.value_or(0) * milliseconds_per_unit;
    const bool in_range = milliseconds >= 50 && milliseconds <= 3'600'000;  // false for NaN, too
    if (!in_range) {
        return fail(Errc::invalid, "use a time from 50ms to 60m, such as 500ms, 2s or 0.5");
    }
    return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(milliseconds));
}

Result<std::variant<Config, Notice>> read_config(const std::vector<std::string>& arguments,
                                                 const Environment& environment) {
    const auto settings = read_settings(arguments, environment);
    if (!settings) return settings.error();
    if (settings->contains("help")) return Notice{help_text()};
    if (settings->contains("version")) return Notice{"reticle-probe " RETICLE_VERSION "\n"};

    Config config;
    Reader reader(*settings);
    if (auto task = read_task(reader, config); !task) return task.error();
    read_identity(reader, config);
    read_looks(reader, config);
    read_redaction(reader, config);
    read_logging(reader, config);
    if (reader.problem()) return *reader.problem();
    if (config.apps.empty()) config.apps.push_back(Target{"127.0.0.1", kDefaultAppPort});
    return config;
}

}  // namespace reticle::probe
