#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "probe/publish/target.h"
#include "probe/redact/redact.h"
#include "probe/settings.h"
#include "report/base/log.h"
#include "report/base/result.h"

namespace reticle::probe {

/// Everything that can be told to reticle-probe, with its defaults.
struct Config {
    /// What the program is asked to do.
    enum class Task {
        report,       ///< to the apps, until stopped
        print_once,   ///< one report on stdout
        print_watch,  ///< reports on stdout until stopped
        check,        ///< what this machine allows, on stdout
    };

    Task task = Task::report;
    bool print_json = false;
    std::vector<Target> apps;
    std::filesystem::path token_file;  ///< empty: no token
    std::string host_id;               ///< empty: from the machine id
    std::string host_name;             ///< empty: the system's
    std::string cluster;
    std::filesystem::path state_dir;  ///< empty: the default of state_dir.h
    std::filesystem::path proc_root = "/proc";
    std::chrono::milliseconds process_interval{1000};
    std::chrono::milliseconds connection_interval{1000};
    std::chrono::milliseconds host_interval{2000};
    double cpu_budget_percent = 1;  ///< of one core
    RedactPolicy redact;
    std::string log_level = "info";
    LogFormat log_format = LogFormat::text;
};

/// What to print on stdout before leaving with 0: --help or --version.
struct Notice {
    std::string text;
};

/// Reads and checks all settings. An Error is one line that names the setting, where it stands and the
/// remedy.
Result<std::variant<Config, Notice>> read_config(const std::vector<std::string>& arguments,
                                                 const Environment& environment);

/// "2s", "500ms", "1m", or seconds as a plain number, between 50 ms and one hour.
Result<std::chrono::milliseconds> parse_interval(std::string_view text);

}  // namespace reticle::probe
