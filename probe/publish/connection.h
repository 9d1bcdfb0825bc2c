#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "probe/publish/target.h"

namespace reticle::probe {

/// One WebSocket to an app's /api/v1/probe: binary messages, no compression (frames are compressed already).
/// An attempt at a time: open(), then opened or closed; after closed, open() may be called again. Events come
/// on the io_context's thread, never from within a call, and none after abort() or destruction.
class Connection {
  public:
    struct Events {
        std::function<void()> opened;
        std::function<void(std::string bytes)> message;
        std::function<void(std::string why)> closed;
    };

    /// How long each address of the app and then the WebSocket handshake may take.
    static constexpr std::chrono::seconds kConnectTimeout{5};
    static constexpr std::chrono::seconds kHandshakeTimeout{5};
    /// How long writing what was queued and closing in order may take.
    static constexpr std::chrono::seconds kCloseTimeout{2};
    /// Silence after which the app is pinged, and after as much again given up.
    static constexpr std::chrono::seconds kIdleTimeout{20};
    /// What an app has to say is small; a larger message ends the connection.
    static constexpr std::size_t kMaxMessageBytes = 1u << 20;

    /// `io` outlives this and is run by one thread.
    Connection(boost::asio::io_context& io, Target target, Events events);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Begins an attempt: looks the name up, connects, shakes hands. Precondition: no attempt is under way.
    void open();
    /// Queues one message. Ignored without a connection.
    void send(std::string bytes);
    /// Closes in order once all that was sent is written; `closed` follows, with that reason.
    void close(std::string why);
    /// Drops everything at once, without events.
    void abort();

  private:
    class Attempt;
    boost::asio::io_context& io_;
    Target target_;
    Events events_;
    std::shared_ptr<Attempt> attempt_;
};

}  // namespace reticle::probe
