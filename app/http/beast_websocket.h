#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "app/http/message.h"
#include "app/http/metrics.h"
#include "app/http/websocket.h"
#include "report/base/result.h"

namespace reticle::app {

/// Finishes the upgrade that `request` asks for, which was read from `socket` before. Metrics outlive it.
boost::asio::awaitable<Result<std::shared_ptr<WebSocket>>> accept_websocket(
    boost::asio::ip::tcp::socket socket, std::shared_ptr<const Request> request, WebSocketLimits limits,
    Metrics& metrics);

}  // namespace reticle::app
