#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/http/http_server.h"
#include "app/world/world.h"
#include "report/base/log.h"
#include "report/base/result.h"

namespace reticle::app {

/// Everything that can be told to reticle-app, with its defaults.
struct Config {
    std::vector<HttpServer::Endpoint> listen;
    std::filesystem::path data;  ///< empty: nothing is kept
    std::filesystem::path web;
    bool allow_unauthenticated = false;
    std::filesystem::path join_token_file;  ///< empty: probes present none
    std::vector<std::string> allowed_hosts;
    HttpLimits http;
    WorldPolicy world;
    std::size_t max_report_bytes = std::size_t{16} << 20;
    std::string log_level = "info";
    LogFormat log_format = LogFormat::text;
    unsigned threads = 2;
};

/// What to print on stdout before leaving with 0: --help or --version.
struct Notice {
    std::string text;
};

/// Reads an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Flags win over the environment (RETICLE_APP_*), that over the TOML file of --config. An Error is one line
/// that names the setting, where it came from and the remedy. `program` is where the executable lies.
Result<std::variant<Config, Notice>> read_config(const std::vector<std::string>& arguments,
                                                 const Environment& environment,
                                                 const std::filesystem::path& program);

/// "127.0.0.1:4040", "[::1]:4040" or "localhost:4040".
Result<HttpServer::Endpoint> parse_listen(std::string_view text);

}  // namespace reticle::app
