#include "app/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/http/static_files.h"
#include "app/http/status_routes.h"
#include "app/http/stream_route.h"
#include "app/http/v1_routes.h"
#include "app/ingest/join_token.h"
#include "app/ingest/probe_route.h"
#include "app/ingest/report_route.h"
#include "app/scope/routes.h"
#include "report/base/log.h"

namespace reticle::app {
namespace {

constexpr std::chrono::milliseconds kStopWithin{800};
constexpr std::size_t kEpochBytes = 4;
constexpr std::size_t kIdBytes = 8;

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

AppIdentity identity(const std::optional<DataDir>& data) {
    return {data ? data->app_id() : random_hex(kIdBytes), random_hex(kEpochBytes), host_name()};
}

std::string url_of(const HttpServer::Endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "http://[{}]:{}" : "http://{}:{}"), address,
                       endpoint.port());
}

/// Sockets are what a server has many of; the soft limit is often 1024.
void raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

Router make_router(const Config& config, Live& live, Metrics& metrics, const JoinToken& token) {
    Router router;
    register_probe_route(router, live, metrics, token, report::wire::Limits{});
    register_report_route(router, live, metrics, config.max_report_bytes);
    register_stream_route(router, live, metrics);
    register_v1_routes(router, live);
    register_status_routes(router, live, metrics);
    scope::register_scope_routes(router, live);
    register_static_files(router, config.web);
    return router;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Config& config) {
    std::optional<DataDir> data;
    if (!config.data.empty()) {
        auto opened = DataDir::open(config.data);
        if (!opened) return opened.error();
        data.emplace(std::move(*opened));
    }
    JoinToken token;
    if (!config.join_token_file.empty()) {
        auto read = JoinToken::from_file(config.join_token_file);
        if (!read) return read.error();
        token = std::move(*read);
    }
    std::unique_ptr<Server> server(new Server(config, std::move(data), token));
    for (const HttpServer::Endpoint& endpoint : config.listen) {
        const auto bound = server->http_->listen(endpoint);
        if (!bound) return bound.error();
        server->addresses_.push_back(url_of(*bound));
        if (server->port_ == 0) server->port_ = bound->port();
    }
    server->live_.start();
    for (unsigned i = 0; i < config.threads; ++i) {
        server->threads_.emplace_back([&context = server->context_] { context.run(); });
    }
    return server;
}

Server::Server(const Config& config, std::optional<DataDir> data, const JoinToken& token)
    : data_(std::move(data)),
      context_(static_cast<int>(config.threads)),
      live_(context_.get_executor(), LiveState(identity(data_), config.world)),
      stop_deadline_(context_) {
    Router router = make_router(config, live_, metrics_, token);
    routes_ = router.listing();
    http_ = std::make_unique<HttpServer>(
        context_.get_executor(),
        HttpContext{config.http, std::move(router), OriginPolicy(config.allowed_hosts), live_, metrics_});
}

Server::~Server() {
    stop();
    wait();
}

// The order of a stop: no new connections; goodbye to probes, close to viewers, an end to idle connections,
// while requests that are being answered are finished; once all are gone, or after 0.8 s, the threads. Live
// and what it holds are destroyed last, when nothing can call them any more.
void Server::stop() {
    if (stopping_.exchange(true)) return;
    boost::asio::post(context_, [this] {
        stop_deadline_.expires_after(kStopWithin);
        stop_deadline_.async_wait([this](boost::system::error_code) { context_.stop(); });
        http_->stop([this] { context_.stop(); });
    });
}

void Server::wait() {
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

int serve_until_signalled(const Config& config) {
    raise_file_limit();
    std::signal(SIGPIPE, SIG_IGN);
    if (config.allow_unauthenticated) {
        log_warn(
            "--allow-unauthenticated: whoever reaches this server's port sees every host, process and "
            "connection on the map; only do this on a network you trust");
    }
    auto server = Server::start(config);
    if (!server) {
        std::fprintf(stderr, "reticle-app: %s\n", server.error().message.c_str());
        return EXIT_FAILURE;
    }
    boost::asio::signal_set signals((*server)->context(), SIGTERM, SIGINT);
    signals.async_wait([&server](boost::system::error_code error, int signal) {
        if (error) return;
        log_info(fmt::format("stopping on signal {}", signal));
        (*server)->stop();
    });
    std::printf("listening on %s\n", fmt::format("{}", fmt::join((*server)->addresses(), " ")).c_str());
    std::fflush(stdout);
    (*server)->wait();
    log_info("stopped");
    return EXIT_SUCCESS;
}

}  // namespace reticle::app
