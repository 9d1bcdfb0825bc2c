// The only file of the probe that includes Beast.
#include "probe/publish/connection.h"

#include <deque>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "probe/publish/lookup.h"
#include "report/base/log.h"

namespace reticle::probe {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::awaitable;
using tcp = asio::ip::tcp;
using Code = boost::system::error_code;

namespace {

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);

/// The handler of every coroutine here: network errors are values, so what arrives is a bug. Logged, not
/// lost.
void log_escaped(std::exception_ptr error) {
    if (!error) return;
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& escaped) {
        log_error(std::string("connection to the app: ") + escaped.what());
    }
}

}  // namespace

/// One connection from look-up to end. Kept alive by its coroutines; the Connection's pointer is only a
/// handle.
class Connection::Attempt : public std::enable_shared_from_this<Attempt> {
  public:
    Attempt(asio::io_context& io, Target target, Events events)
        : target_(std::move(target)), events_(std::move(events)), socket_(io), woken_(io), overdue_(io) {
        woken_.expires_at(asio::steady_timer::time_point::max());
    }

    void start() { asio::co_spawn(socket_.get_executor(), run(shared_from_this()), log_escaped); }

    void send(std::string bytes) {
        if (!open_ || closing_) return;
        queue_.push_back(std::move(bytes));
        woken_.cancel();
    }

    void close(std::string why) {
        if (closing_) return;
        closing_ = true;
        why_ = std::move(why);
        if (!open_) return drop();
        woken_.cancel();
        // An app that reads nothing must not keep us from closing.
        overdue_.expires_after(kCloseTimeout);
        overdue_.async_wait([weak = weak_from_this()](Code cancelled) {
            if (const auto self = weak.lock(); self && !cancelled) self->drop();
        });
    }

    void abort() {
        events_ = {};
        drop();
    }

  private:
    void drop() {
        beast::get_lowest_layer(socket_).close();
        woken_.cancel();
        overdue_.cancel();
        dropped_ = true;
    }

    static awaitable<void> run(std::shared_ptr<Attempt> self) {
        std::string why = co_await self->establish();
        if (why.empty()) {
            self->open_ = true;
            asio::co_spawn(self->socket_.get_executor(), write_all(self), log_escaped);
            if (const auto opened = self->events_.opened) opened();
            why = co_await self->read_all();
        }
        self->open_ = false;
        self->drop();  // ends the writer, whatever it waits for
        if (!self->why_.empty()) why = self->why_;
        if (const auto closed = std::exchange(self->events_, {}).closed) closed(std::move(why));
    }

    /// Looks up, connects, shakes hands. Answers why not, or nothing.
    awaitable<std::string> establish() {
        co_await asio::post(asio::use_awaitable);  // so that no event comes from within open()
        const auto endpoints = co_await look_up(target_.host, target_.port);
        if (dropped_) co_return "given up";
        if (!endpoints) co_return endpoints.error().message;
        Code failed;
        for (const auto& endpoint : *endpoints) {
            auto& stream = beast::get_lowest_layer(socket_);
            stream.expires_after(kConnectTimeout);
            const auto [result] = co_await stream.async_connect(endpoint, kAsValue);
            failed = result;
            if (!failed || dropped_) break;
        }
        if (dropped_) co_return "given up";
        if (failed) co_return "cannot connect: " + failed.message();
        Code ignored;
        beast::get_lowest_layer(socket_).socket().set_option(tcp::no_delay(true), ignored);
        co_return co_await shake_hands();
    }

    awaitable<std::string> shake_hands() {
        beast::get_lowest_layer(socket_).expires_never();
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = kHandshakeTimeout;
        timeouts.idle_timeout = kIdleTimeout;
        timeouts.keep_alive_pings = true;
        socket_.set_option(timeouts);
        socket_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(http::field::user_agent, "reticle-probe/" RETICLE_VERSION);
        }));
        socket_.read_message_max(kMaxMessageBytes);
        socket_.binary(true);
        websocket::response_type response;
        const std::string host = target_.to_string();
        const auto [failed] = co_await socket_.async_handshake(response, host, "/api/v1/probe", kAsValue);
        if (!failed) co_return "";
        if (failed == websocket::error::upgrade_declined) {
            co_return "is no Reticle app, or refuses probes: HTTP status " +
                std::to_string(response.result_int());
        }
        co_return "no WebSocket handshake: " + failed.message();
    }

    awaitable<std::string> read_all() {
        for (;;) {
            beast::flat_buffer buffer;
            const auto [failed, size] = co_await socket_.async_read(buffer, kAsValue);
            if (failed == websocket::error::closed) co_return "closed by the app" + closing_reason();
            if (failed) co_return "connection lost: " + failed.message();
            if (!socket_.got_binary()) co_return "the app sent text where the protocol is binary";
            const auto message = events_.message;
            if (message) message(beast::buffers_to_string(buffer.data()));
        }
    }

    [[nodiscard]] std::string closing_reason() const {
        const auto& reason = socket_.reason();
        return reason.reason.empty() ? "" : ": " + std::string(reason.reason.data(), reason.reason.size());
    }

    /// A close frame holds at most 125 bytes, 2 of them the code (RFC 6455 5.5.1).
    [[nodiscard]] std::string short_why() const { return why_.substr(0, 123); }

    /// The one writer: what is queued, in order, then the close when asked for.
    static awaitable<void> write_all(std::shared_ptr<Attempt> self) {
        while (!self->dropped_) {
            if (!self->queue_.empty()) {
                const std::string bytes = std::move(self->queue_.front());
                self->queue_.pop_front();
                const auto [failed, size] = co_await self->socket_.async_write(asio::buffer(bytes), kAsValue);
                if (failed) co_return self->drop();  // the reader says why
            } else if (self->closing_) {
                static_cast<void>(
                    co_await self->socket_.async_close(websocket::close_code::normal, kAsValue));
                co_return self->drop();
            } else {
                // Cancelled by send(), close() and drop(): all run on this thread, so no wake-up is lost.
                static_cast<void>(co_await self->woken_.async_wait(kAsValue));
            }
        }
    }

    Target target_;
    Events events_;
    websocket::stream<beast::tcp_stream> socket_;
    asio::steady_timer woken_;
    asio::steady_timer overdue_;     // of the close
    std::deque<std::string> queue_;  // bounded by the session: a hello, one frame, a goodbye
    std::string why_;
    bool open_ = false;
    bool closing_ = false;
    bool dropped_ = false;
};

Connection::Connection(asio::io_context& io, Target target, Events events)
    : io_(io), target_(std::move(target)), events_(std::move(events)) {}

Connection::~Connection() {
    abort();
}

void Connection::open() {
    attempt_ = std::make_shared<Attempt>(io_, target_, events_);
    attempt_->start();
}

void Connection::send(std::string bytes) {
    if (attempt_) attempt_->send(std::move(bytes));
}

void Connection::close(std::string why) {
    if (attempt_) attempt_->close(std::move(why));
}

void Connection::abort() {
    if (attempt_) attempt_->abort();
    attempt_.reset();
}

}  // namespace reticle::probe
