#include "app/config.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "app/http/origin.h"
#include "app/settings.h"

namespace reticle::app {
namespace {

constexpr std::string_view kDefaultListen = "127.0.0.1:4040";

/// Reads settings one by one; keeps the first thing that is wrong.
class Reader {
  public:
    explicit Reader(Givens givens) : givens_(std::move(givens)) {}

    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const {
        const Given* given = find(name);
        return given == nullptr ? std::vector<std::string>{} : given->values;
    }

    [[nodiscard]] std::string text(std::string_view name, std::string fallback) const {
        const Given* given = find(name);
        return given == nullptr || given->values.empty() ? std::move(fallback) : given->values.back();
    }

    bool flag(std::string_view name) {
        const std::string value = text(name, "false");
        if (value != "true" && value != "false" && value != "1" && value != "0") {
            wrong(name, fmt::format("'{}' is neither true nor false", value));
        }
        return value == "true" || value == "1";
    }

    template <class Number>
    Number number(std::string_view name, Number low, Number high, Number fallback) {
        const std::string value = text(name, std::to_string(fallback));
        Number result = fallback;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
        if (error != std::errc{} || end != value.data() + value.size() || result < low || result > high) {
            wrong(name, fmt::format("'{}' is not a number from {} to {}", value, low, high));
            return fallback;
        }
        return result;
    }

    void wrong(std::string_view name, std::string_view message) {
        const Given* given = find(name);
        const std::string origin = given == nullptr ? fmt::format("--{}", name) : given->origin;
        if (!error_) error_ = fail(Errc::invalid, fmt::format("{}: {}", origin, message));
    }

    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    [[nodiscard]] const Given* find(std::string_view name) const {
        const auto found = givens_.find(name);
        return found == givens_.end() ? nullptr : &found->second;
    }

    Givens givens_;
    std::optional<Error> error_;
};

void read_addresses(Reader& reader, Config& config) {
    std::vector<std::string> texts = reader.texts("listen");
    if (texts.empty()) texts.emplace_back(kDefaultListen);
    for (const std::string& text : texts) {
        const auto endpoint = parse_listen(text);
        if (!endpoint) {
            reader.wrong("listen", endpoint.error().message);
            return;
        }
        if (!endpoint->address().is_loopback() && !config.allow_unauthenticated) {
            reader.wrong(
                "listen",
                fmt::format("{} can be reached from other machines and nobody would have to sign in: "
                            "listen on 127.0.0.1, or add --allow-unauthenticated if you trust that network",
                            text));
            return;
        }
        config.listen.push_back(*endpoint);
    }
}

void read_limits(Reader& reader, Config& config) {
    config.threads = reader.number<unsigned>("threads", 1, 64, config.threads);
    config.http.max_connections =
        reader.number<std::size_t>("max-connections", 1, 1'000'000, config.http.max_connections);
    config.max_report_bytes =
        reader.number<std::size_t>("max-report-bytes", 1024, std::size_t{256} << 20, config.max_report_bytes);
    config.http.max_body_bytes = std::max(config.http.max_body_bytes, config.max_report_bytes);
    WorldPolicy& world = config.world;
    world.max_writers = reader.number<std::uint64_t>("max-writers", 1, 1'000'000, world.max_writers);
    world.max_nodes_per_writer =
        reader.number<std::uint64_t>("max-nodes-per-writer", 1, 10'000'000, world.max_nodes_per_writer);
    world.max_flows_per_writer =
        reader.number<std::uint64_t>("max-flows-per-writer", 1, 10'000'000, world.max_flows_per_writer);
    world.stale_after =
        std::chrono::seconds(reader.number<std::int64_t>("stale-after", 1, 3600, world.stale_after.count()));
    world.retention =
        std::chrono::seconds(reader.number<std::int64_t>("retention", 1, 86'400, world.retention.count()));
}

void read_logging(Reader& reader, Config& config) {
    config.log_level = reader.text("log-level", config.log_level);
    const std::string format = reader.text("log-format", "text");
    if (format != "text" && format != "json") {
        reader.wrong("log-format", fmt::format("'{}' is neither text nor json", format));
    }
    config.log_format = format == "json" ? LogFormat::json : LogFormat::text;
}

void read_paths(Reader& reader, Config& config, const std::filesystem::path& program) {
    config.data = reader.text("data", "");
    config.web = reader.text("web", (program.parent_path().parent_path() / "share/reticle/web").string());
    config.join_token_file = reader.text("join-token-file", "");
    config.allowed_hosts = reader.texts("allowed-host");
    for (const std::string& name : config.allowed_hosts) {
        if (host_of(name) != name) {
            reader.wrong("allowed-host",
                         fmt::format("'{}' must be a name in lower case without a port", name));
        }
    }
}

}  // namespace

Result<HttpServer::Endpoint> parse_listen(std::string_view text) {
    const auto wrong = [&] {
        return fail(Errc::invalid,
                    fmt::format("'{}' is not ADDRESS:PORT, such as 127.0.0.1:4040 or [::1]:4040", text));
    };
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong();
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    boost::system::error_code bad_address;
    const auto address = boost::asio::ip::make_address(host, bad_address);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || bad_address ||
        address.is_v6() != bracketed) {
        return wrong();
    }
    return HttpServer::Endpoint(address, port);
}

Result<std::variant<Config, Notice>> read_config(const std::vector<std::string>& arguments,
                                                 const Environment& environment,
                                                 const std::filesystem::path& program) {
    auto flags = from_arguments(arguments);
    if (!flags) return flags.error();
    if (flags->contains("help")) return Notice{help_page()};
    if (flags->contains("version")) return Notice{"reticle-app " RETICLE_VERSION "\n"};
    Givens givens = std::move(*flags);
    givens.merge(from_environment(environment));  // keeps what is there already
    if (const auto file = givens.find("config"); file != givens.end()) {
        auto from_file = from_toml(file->second.values.back());
        if (!from_file) return from_file.error();
        givens.merge(*from_file);
    }
    Reader reader(std::move(givens));
    Config config;
    config.allow_unauthenticated = reader.flag("allow-unauthenticated");
    read_addresses(reader, config);
    read_limits(reader, config);
    read_logging(reader, config);
    read_paths(reader, config, program);
    if (reader.error()) return *reader.error();
    return config;
}

}  // namespace reticle::app
