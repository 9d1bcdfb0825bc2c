#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "app/http/metrics.h"
#include "app/http/websocket.h"
#include "report/base/result.h"

namespace reticle::app {

/// Finishes the upgrade that `request` asks for. Internal to http/: costs its includer the Beast headers.
boost::asio::awaitable<Result<std::shared_ptr<WebSocket>>> accept_websocket(
    boost::beast::tcp_stream stream, boost::beast::http::request<boost::beast::http::string_body> request,
    WebSocketLimits limits, std::string peer, Metrics& metrics);

}  // namespace reticle::app
