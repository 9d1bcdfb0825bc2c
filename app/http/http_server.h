#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "app/http/connections.h"
#include "app/http/metrics.h"
#include "app/http/origin.h"
#include "app/http/router.h"
#include "app/live.h"
#include "report/base/result.h"

namespace reticle::app {

/// What one connection may cost and how long it may take.
struct HttpLimits {
    std::size_t max_connections = 20'000;
    std::size_t max_header_bytes = std::size_t{16} << 10;
    std::size_t max_body_bytes = std::size_t{64} << 20;  ///< of any route
    std::chrono::seconds header_timeout{20};             ///< idle time between requests included
    std::chrono::seconds body_timeout{60};
    /// A client that takes nothing for so long is dropped; of an answer: as a whole, more when it is large.
    std::chrono::seconds write_timeout{30};
};

/// What every connection of a server shares; outlives them all.
struct HttpContext {
    HttpLimits limits;
    Router router;
    OriginPolicy origins;
    Live& live;
    Metrics& metrics;
};

/// HTTP/1.1 and WebSockets on any number of listening addresses.
class HttpServer {
  public:
    using Endpoint = boost::asio::ip::tcp::endpoint;

    HttpServer(boost::asio::any_io_executor executor, HttpContext context);

    /// Binds and begins to accept; answers with the address bound (port 0 becomes a real one).
    Result<Endpoint> listen(const Endpoint& endpoint);
    /// Accepts no more, asks every connection to end, and calls `stopped` when the last one has. From any
    /// thread, once.
    void stop(std::function<void()> stopped);

  private:
    using Acceptor = boost::asio::ip::tcp::acceptor;

    boost::asio::awaitable<void> accept_loop(std::shared_ptr<Acceptor> acceptor);
    void begin(boost::asio::ip::tcp::socket socket);

    boost::asio::any_io_executor executor_;
    HttpContext context_;
    Connections connections_;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
};

/// Serves one accepted connection to its end. Internal to http/.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, HttpContext& context,
                                              Connections& connections);

}  // namespace reticle::app
