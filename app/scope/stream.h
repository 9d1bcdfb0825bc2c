#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "app/http/message.h"
#include "app/http/websocket.h"

namespace reticle::app {
class Live;
}  // namespace reticle::app

namespace reticle::app::scope {

/// Scope's websocket of one view (3.4): every `t` the difference to what this client was told before.
class Streams {
  public:
    explicit Streams(Live& live) : live_(live) {}

    /// Serves one client until it goes.
    boost::asio::awaitable<void> serve(std::shared_ptr<const Request> request,
                                       std::shared_ptr<WebSocket> socket);

  private:
    Live& live_;
};

}  // namespace reticle::app::scope
