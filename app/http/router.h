#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "app/http/message.h"
#include "app/http/websocket.h"
#include "app/live_state.h"

namespace reticle::app {

/// An answer computed on Live's strand: short, no I/O, no waiting.
using StrandHandler = std::function<Response(const Request&, const LiveState&)>;
/// An answer that takes its own way: a coroutine on the connection's executor that reaches the world with
/// Live::run. A member function or named function, bound: never a capturing coroutine lambda.
using AsyncHandler = std::function<boost::asio::awaitable<Response>(std::shared_ptr<const Request>)>;
/// Speaks on an accepted WebSocket until it is done with it.
using SocketHandler =
    std::function<boost::asio::awaitable<void>(std::shared_ptr<const Request>, std::shared_ptr<WebSocket>)>;

/// What a route allows and how its log line is treated.
struct RouteOptions {
    std::size_t max_body_bytes = std::size_t{64} << 10;  ///< as sent and again after unzipping
    bool quiet = false;                                  ///< logged at debug level: assets, health checks
    bool any_host = false;   ///< the Host header is not checked: for probes, which may dial any name
    bool no_origin = false;  ///< refused when an Origin is given at all: not for browsers
    WebSocketLimits socket;  ///< of websocket routes
};

/// One entry of the table.
struct Route {
    Method method = Method::get;
    std::vector<std::string> pattern;  ///< segments; "{name}" takes one segment, a final "{name...}" the rest
    std::variant<StrandHandler, AsyncHandler, SocketHandler> handler;
    RouteOptions options;
    [[nodiscard]] bool websocket() const { return std::holds_alternative<SocketHandler>(handler); }
};

/// Which handler a method and path lead to. Patterns are matched in the order they were added; segments are
/// cut before percent-decoding, so that an id may hold "%2F".
class Router {
  public:
    Router& add(Method method, std::string_view pattern, StrandHandler handler, RouteOptions options = {});
    Router& add(Method method, std::string_view pattern, AsyncHandler handler, RouteOptions options = {});
    Router& websocket(std::string_view pattern, SocketHandler handler, RouteOptions options = {});

    /// What a path leads to.
    struct Found {
        const Route* route = nullptr;
        std::vector<std::pair<std::string, std::string>> parameters;
    };
    /// Errc::not_found for an unknown path; Errc::unsupported when it is known with other methods (the
    /// message lists them as Allow does); Errc::invalid for a malformed one. HEAD goes where GET goes.
    [[nodiscard]] Result<Found> find(Method method, std::string_view path) const;

    /// Every route, as "GET /api/v1/views/{view}" or "WS /api/v1/stream".
    [[nodiscard]] std::vector<std::string> listing() const;

  private:
    Router& insert(Route route, std::string_view pattern);

    std::vector<std::unique_ptr<Route>> routes_;
};

/// The v1 answer to a request that `find` or the Host and Origin checks turned away.
Response routing_error(const Error& error);

}  // namespace reticle::app
