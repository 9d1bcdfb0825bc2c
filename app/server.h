#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/config.h"
#include "app/data_dir.h"
#include "app/http/http_server.h"
#include "app/http/metrics.h"
#include "app/ingest/join_token.h"
#include "app/live.h"
#include "report/base/result.h"

namespace reticle::app {

/// A running reticle-app: threads, Live, routes and listeners, put together and taken apart in one place.
class Server {
  public:
    /// Starts everything; once this returns, requests are answered.
    static Result<std::unique_ptr<Server>> start(const Config& config);
    /// Stops if it was not stopped.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// "http://127.0.0.1:4040" of each listener.
    [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    /// Every route, as Router::listing gives them.
    [[nodiscard]] const std::vector<std::string>& routes() const { return routes_; }

    /// Begins the stop; from any thread.
    void stop();
    /// Returns when the server has stopped.
    void wait();

  private:
    Server(const Config& config, std::optional<DataDir> data, const JoinToken& token);

    // Destroyed from the bottom up: what coroutines refer to outlives the context that owns them.
    std::optional<DataDir> data_;
    Metrics metrics_;
    boost::asio::io_context context_;
    Live live_;
    std::unique_ptr<HttpServer> http_;
    boost::asio::steady_timer stop_deadline_;
    std::vector<std::string> addresses_;
    std::vector<std::string> routes_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

/// Runs until SIGTERM or SIGINT; the exit code of the program.
int serve_until_signalled(const Config& config);

}  // namespace reticle::app
