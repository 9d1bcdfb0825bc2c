#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "report/base/result.h"

namespace reticle::app {

/// What one WebSocket may cost.
struct WebSocketLimits {
    std::size_t max_message_bytes = std::size_t{64} << 10;  ///< of a message from the client
    bool binary = false;                                    ///< what `send` sends
    std::chrono::seconds write_timeout{30};    ///< the server's: a client that reads nothing is dropped
    std::chrono::seconds message_timeout{60};  ///< from the first byte of a message to its last
    std::chrono::seconds idle_timeout{60};     ///< then pings; no answer ends the connection
};

/// One message from the other side.
struct SocketMessage {
    bool binary = false;
    std::string data;
};

/// Close codes of RFC 6455 section 7.4 that we give.
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kUnsupportedData = 1003;
inline constexpr std::uint16_t kPolicy = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
}  // namespace close_code

/// A WebSocket that was accepted. All calls are made on its executor; one reader at a time. What is sent is
/// written by one writer inside, in order.
class WebSocket {
  public:
    virtual ~WebSocket() = default;
    WebSocket() = default;
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    [[nodiscard]] virtual boost::asio::any_io_executor executor() const = 0;
    /// The next message. Errc::too_large: beyond the limit, and nothing more can be read. Errc::unavailable:
    /// the connection is gone.
    virtual boost::asio::awaitable<Result<SocketMessage>> read() = 0;
    /// Queues a message; callers keep the queue short with `drained`.
    virtual void send(std::shared_ptr<const std::string> message) = 0;
    /// Completes when everything queued is handed to the kernel: true; or false once the connection is gone.
    virtual boost::asio::awaitable<bool> drained() = 0;
    /// Says why, after what is queued, and closes. The reason is cut to what fits.
    virtual void close(std::uint16_t code, std::string reason) = 0;
    /// Completes once the connection is gone, by whatever cause.
    virtual boost::asio::awaitable<void> closed() = 0;
    /// "address:port" of the other side.
    [[nodiscard]] virtual const std::string& peer() const = 0;

    /// What to send before the close when the server stops. Must not own the socket.
    void on_stop(std::function<void()> words) { on_stop_ = std::move(words); }
    /// The server stops: last words, then close.
    void stop() {
        if (on_stop_) on_stop_();
        close(close_code::kGoingAway, "the server stops");
    }

  private:
    std::function<void()> on_stop_;
};

}  // namespace reticle::app
