#include "app/http/beast_websocket.h"

#include <deque>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "report/base/log.h"

namespace reticle::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadChunk = std::size_t{64} << 10;
constexpr std::size_t kKeptReadBuffer = std::size_t{16} << 10;
constexpr std::size_t kMaxReason = 123;  // RFC 6455 section 5.5
constexpr int kSendBuffer = 512 << 10;   // bounds what a viewer that does not read costs the kernel
constexpr std::chrono::seconds kHandshakeTimeout{2};

class BeastWebSocket final : public WebSocket, public std::enable_shared_from_this<BeastWebSocket> {
  public:
    BeastWebSocket(asio::ip::tcp::socket socket, WebSocketLimits limits, std::string peer, Metrics& metrics)
        : socket_(std::move(socket)),
          limits_(limits),
          peer_(std::move(peer)),
          metrics_(metrics),
          news_(socket_.get_executor()),
          drained_(socket_.get_executor()),
          closed_(socket_.get_executor()),
          write_deadline_(socket_.get_executor()),
          read_deadline_(socket_.get_executor()) {}

    asio::awaitable<Result<void>> accept(std::shared_ptr<const Request> request);
    [[nodiscard]] asio::any_io_executor executor() const override;
    asio::awaitable<Result<SocketMessage>> read() override;
    void send(std::shared_ptr<const std::string> message) override;
    asio::awaitable<bool> drained() override;
    void close(std::uint16_t code, std::string reason) override;
    asio::awaitable<void> closed() override;
    [[nodiscard]] const std::string& peer() const override { return peer_; }

  private:
    using Socket = websocket::stream<beast::tcp_stream>;

    static asio::awaitable<void> write_loop(std::shared_ptr<BeastWebSocket> self);
    asio::awaitable<void> write_queued();
    asio::awaitable<void> close_now();
    void drop_after(asio::steady_timer& timer, std::chrono::seconds limit, std::string_view why);
    void gone();

    Socket socket_;
    WebSocketLimits limits_;
    std::string peer_;
    Metrics& metrics_;
    beast::flat_buffer buffer_;
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::optional<websocket::close_reason> closing_;
    bool open_ = true;
    bool writing_ = false;
    asio::steady_timer news_;     ///< cancelled to wake the writer
    asio::steady_timer drained_;  ///< cancelled to wake who waits for the writer
    asio::steady_timer closed_;   ///< cancelled to wake who waits for the end
    asio::steady_timer write_deadline_;
    asio::steady_timer read_deadline_;
};

asio::awaitable<Result<void>> BeastWebSocket::accept(std::shared_ptr<const Request> request) {
    beast::get_lowest_layer(socket_).expires_never();
    boost::system::error_code ignored;
    beast::get_lowest_layer(socket_).socket().set_option(asio::socket_base::send_buffer_size(kSendBuffer),
                                                         ignored);
    websocket::stream_base::timeout timeout;
    timeout.handshake_timeout = kHandshakeTimeout;
    timeout.idle_timeout = limits_.idle_timeout;
    timeout.keep_alive_pings = true;
    socket_.set_option(timeout);
    socket_.binary(limits_.binary);
    socket_.auto_fragment(false);
    socket_.read_message_max(0);  // counted in read(), so that there is time to say why
    // Only now does Beast see the request: it was read, checked and routed as a plain one.
    beast::http::request<beast::http::empty_body> upgrade(beast::http::verb::get, request->path, 11);
    for (const auto& [name, value] : request->headers) upgrade.insert(name, value);
    const auto [error] = co_await socket_.async_accept(upgrade, kTuple);
    if (error) co_return fail(Errc::unavailable, "WebSocket upgrade failed: " + error.message());
    asio::co_spawn(socket_.get_executor(), write_loop(shared_from_this()),
                   [](const std::exception_ptr& failure) {
                       if (failure) log_error("a WebSocket writer ended with an exception");
                   });
    co_return Result<void>();
}

asio::any_io_executor BeastWebSocket::executor() const {
    return const_cast<Socket&>(socket_).get_executor();  // NOLINT: Beast's getter is not const
}

asio::awaitable<Result<SocketMessage>> BeastWebSocket::read() {
    buffer_.clear();
    if (buffer_.capacity() > kKeptReadBuffer) buffer_.shrink_to_fit();
    do {
        const auto [error, count] = co_await socket_.async_read_some(buffer_, kReadChunk, kTuple);
        metrics_.bytes_received += count;
        if (error) {
            read_deadline_.cancel();
            gone();
            co_return fail(Errc::unavailable, error.message());
        }
        if (buffer_.size() > limits_.max_message_bytes) {
            read_deadline_.cancel();
            co_return fail(Errc::too_large, "a message is larger than " +
                                                std::to_string(limits_.max_message_bytes) + " bytes");
        }
        if (!socket_.is_message_done() && buffer_.size() == count) {
            drop_after(read_deadline_, limits_.message_timeout, "it sent half a message and stalled");
        }
    } while (!socket_.is_message_done());
    read_deadline_.cancel();
    SocketMessage message;
    message.binary = socket_.got_binary();
    message.data = beast::buffers_to_string(buffer_.data());
    co_return message;
}

void BeastWebSocket::send(std::shared_ptr<const std::string> message) {
    if (!open_ || closing_) return;
    queue_.push_back(std::move(message));
    news_.cancel();
}

asio::awaitable<bool> BeastWebSocket::drained() {
    while (open_ && (writing_ || !queue_.empty())) {
        drained_.expires_at(asio::steady_timer::time_point::max());
        co_await drained_.async_wait(kTuple);
    }
    co_return open_;
}

void BeastWebSocket::close(std::uint16_t code, std::string reason) {
    if (!open_ || closing_) return;
    closing_.emplace(static_cast<websocket::close_code>(code),
                     std::string_view(reason).substr(0, kMaxReason));
    news_.cancel();
}

asio::awaitable<void> BeastWebSocket::closed() {
    while (open_) {
        closed_.expires_at(asio::steady_timer::time_point::max());
        co_await closed_.async_wait(kTuple);
    }
}

asio::awaitable<void> BeastWebSocket::write_loop(std::shared_ptr<BeastWebSocket> self) {
    while (self->open_) {
        if (!self->queue_.empty()) {
            co_await self->write_queued();
        } else if (self->closing_) {
            co_await self->close_now();
        } else {
            self->drained_.cancel();
            self->news_.expires_at(asio::steady_timer::time_point::max());
            co_await self->news_.async_wait(kTuple);
        }
    }
}

asio::awaitable<void> BeastWebSocket::write_queued() {
    const auto message = std::move(queue_.front());
    queue_.pop_front();
    writing_ = true;
    drop_after(write_deadline_, limits_.write_timeout, "it does not read");
    const auto [error, count] = co_await socket_.async_write(asio::buffer(*message), kTuple);
    write_deadline_.cancel();
    writing_ = false;
    metrics_.bytes_sent += count;
    if (error) gone();
}

asio::awaitable<void> BeastWebSocket::close_now() {
    // Beast waits for the other side's close at most the handshake timeout, then drops the connection.
    co_await socket_.async_close(*closing_, kTuple);
    gone();
}

// Not a race between a read and a timer: when the timer wins, the connection is meant to end.
void BeastWebSocket::drop_after(asio::steady_timer& timer, std::chrono::seconds limit, std::string_view why) {
    timer.expires_after(limit);
    timer.async_wait([weak = weak_from_this(), why](boost::system::error_code error) {
        const auto self = weak.lock();
        if (error || !self || !self->open_) return;
        log_warn("dropping WebSocket client " + self->peer_ + ": " + std::string(why));
        ++self->metrics_.dropped_slow;
        self->gone();
    });
}

void BeastWebSocket::gone() {
    if (!open_) return;
    open_ = false;
    queue_.clear();
    beast::get_lowest_layer(socket_).close();
    news_.cancel();
    drained_.cancel();
    closed_.cancel();
    write_deadline_.cancel();
    read_deadline_.cancel();
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<WebSocket>>> accept_websocket(asio::ip::tcp::socket stream,
                                                                     std::shared_ptr<const Request> request,
                                                                     WebSocketLimits limits,
                                                                     Metrics& metrics) {
    auto socket = std::make_shared<BeastWebSocket>(std::move(stream), limits, request->peer, metrics);
    auto accepting = socket->accept(std::move(request));
    const auto accepted = co_await std::move(accepting);
    if (!accepted) co_return accepted.error();
    co_return std::shared_ptr<WebSocket>(std::move(socket));
}

}  // namespace reticle::app
