#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "app/config.h"
#include "app/server.h"
#include "report/base/log.h"
#include "tests/support/raw_client.h"

namespace reticle::test {

/// What a test's server starts with: a free port on loopback and nothing on disk.
inline app::Config server_config() {
    app::Config config;
    config.listen = {*app::parse_listen("127.0.0.1:0")};
    return config;
}

/// A real server in this process, on a free port of loopback.
class AppServer {
  public:
    explicit AppServer(const app::Config& config = server_config()) {
        init_logging("server", "error", LogFormat::text).value();
        server_ = std::move(app::Server::start(config).value());
    }

    app::Server& operator*() { return *server_; }
    app::Server* operator->() { return server_.get(); }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    /// The value of a metric without labels; -1 when it is not there.
    [[nodiscard]] double metric(const std::string& name) const {
        RawClient client(port());
        const std::string page = "\n" + client.get("/metrics").body;
        const std::size_t at = page.find("\nreticle_app_" + name + " ");
        return at == std::string::npos ? -1 : std::stod(page.substr(page.find(' ', at)));
    }
    /// What the world holds, in a form to compare before and after.
    [[nodiscard]] std::string world() const {
        std::string standing;
        for (const char* name : {"changes_total", "world_nodes", "world_flows", "world_writers"}) {
            standing += std::string(name) + "=" + std::to_string(metric(name)) + " ";
        }
        return standing;
    }
    void stop() {
        server_->stop();
        server_->wait();
    }

  private:
    std::unique_ptr<app::Server> server_;
};

/// Asks until `holds()` or thirty seconds are over; whether it held.
template <class Holds>
bool eventually(Holds holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace reticle::test
