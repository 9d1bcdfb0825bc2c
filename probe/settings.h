#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/base/result.h"

namespace reticle::probe {

/// Reads an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// One setting as it was given.
struct Setting {
    std::vector<std::string> values;  ///< a switch that is on has the value "true"
    std::string origin;               ///< "--cluster", "RETICLE_PROBE_CLUSTER", "/etc/probe.toml: cluster"
};

/// All settings that were given, by their long name ("host-id"); "app" holds the apps.
using Settings = std::map<std::string, Setting, std::less<>>;

/// Reads the command line, then the environment (RETICLE_PROBE_*), then the TOML file that `config` names:
/// the first that gives a setting wins. An Error is one line that names the setting and where it stands.
Result<Settings> read_settings(const std::vector<std::string>& arguments, const Environment& environment);

/// What --help says.
std::string help_text();

}  // namespace reticle::probe
