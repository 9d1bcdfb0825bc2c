#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "report/base/result.h"

namespace reticle::app {

/// How a setting's text is to be read.
enum class SettingKind : std::uint8_t { flag, one, many };

/// One setting: `--name`, RETICLE_APP_NAME and `name = ` in TOML are the same thing.
struct Setting {
    std::string_view name;
    SettingKind kind = SettingKind::one;
    std::string_view value;  ///< how its value is called in --help
    std::string_view help;
};

/// A setting as given: its texts and where they came from ("--listen", "RETICLE_APP_LISTEN", "app.toml").
struct Given {
    std::vector<std::string> values;
    std::string origin;
};
using Givens = std::map<std::string, Given, std::less<>>;

/// All settings, in the order of --help.
std::span<const Setting> settings();
/// The page that --help prints.
std::string help_page();

/// Each source read into texts; an unknown name is an Error.
Result<Givens> from_arguments(const std::vector<std::string>& arguments);
Givens from_environment(const Environment& environment);
Result<Givens> from_toml(const std::filesystem::path& file);

}  // namespace reticle::app
