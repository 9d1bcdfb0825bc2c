#include "app/ingest/probe_route.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "app/ingest/probe_session.h"
#include "report/base/log.h"

namespace reticle::app {
namespace {

namespace asio = boost::asio;

/// What a probe says about itself, fit for one line of a log.
std::string printable(std::string_view text) {
    constexpr std::size_t kLongest = 200;
    std::string line(text.substr(0, kLongest));
    std::ranges::replace_if(line, [](char c) { return c < ' ' || c > '~'; }, '?');
    return line;
}

/// A ProbeSession on a WebSocket. One message is read, decoded here, applied on Live's strand and
/// acknowledged before the next is read: what a probe sends faster waits in the kernel's buffer, then in the
/// probe.
class ProbeConnection : public std::enable_shared_from_this<ProbeConnection> {
  public:
    ProbeConnection(std::shared_ptr<WebSocket> socket, Live& live, Metrics& metrics, const JoinToken& token,
                    const report::wire::Limits& limits)
        : socket_(std::move(socket)),
          live_(live),
          metrics_(metrics),
          open_(metrics.probes),
          session_(token, limits),
          hello_timer_(socket_->executor()) {}

    asio::awaitable<void> run();

  private:
    void expect_hello();
    asio::awaitable<bool> follow(ProbeSession::Step step);
    asio::awaitable<ProbeSession::Step> open(report::wire::Hello hello);
    asio::awaitable<ProbeSession::Step> apply(report::wire::Frame frame);
    void end(const ProbeSession::End& end);

    std::shared_ptr<WebSocket> socket_;
    Live& live_;
    Metrics& metrics_;
    Gauge open_;
    ProbeSession session_;
    asio::steady_timer hello_timer_;
    bool left_ = false;  ///< the probe said goodbye
};

asio::awaitable<void> ProbeConnection::run() {
    expect_hello();
    socket_->on_stop([socket = socket_.get()] {
        socket->send(std::make_shared<const std::string>(ProbeSession::stopping()));
    });
    bool more = true;
    while (more) {
        const auto message = co_await socket_->read();
        if (message) {
            ProbeSession::Step step = message->binary
                                          ? session_.received(message->data)
                                          : session_.unreadable({Errc::invalid, "messages must be binary"});
            auto following = follow(std::move(step));
            more = co_await std::move(following);
        } else if (message.error().code == Errc::too_large) {
            auto following = follow(session_.unreadable(message.error()));
            more = co_await std::move(following);
        } else {
            more = false;
        }
    }
    hello_timer_.cancel();
    const auto& hello = session_.hello();
    if (!hello || left_) co_return;
    log_info(fmt::format("probe {} ({}) is disconnected", hello->host_id, socket_->peer()));
    live_.post([writer = WriterId(hello->host_id), instance = hello->instance_id](LiveState& state) {
        state.disconnected(writer, instance);
    });
}

void ProbeConnection::expect_hello() {
    hello_timer_.expires_after(ProbeSession::kHelloWithin);
    hello_timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (error || !self || !self->session_.waiting_for_hello()) return;
        self->end(std::get<ProbeSession::End>(self->session_.late()));
    });
}

/// Does what the session says until it wants the next message; false when there will be none.
asio::awaitable<bool> ProbeConnection::follow(ProbeSession::Step step) {
    while (true) {
        if (auto* hello = std::get_if<ProbeSession::Open>(&step)) {
            auto opening = open(std::move(hello->hello));
            ProbeSession::Step next = co_await std::move(opening);
            step = std::move(next);
        } else if (auto* frame = std::get_if<ProbeSession::Apply>(&step)) {
            auto applying = apply(std::move(frame->frame));
            ProbeSession::Step next = co_await std::move(applying);
            step = std::move(next);
        } else if (auto* answer = std::get_if<ProbeSession::Send>(&step)) {
            socket_->send(std::make_shared<const std::string>(std::move(answer->bytes)));
            const bool open = co_await socket_->drained();
            co_return open;
        } else {
            const auto& last = std::get<ProbeSession::End>(step);
            left_ = last.left;
            if (last.left) {
                live_.post([&live = live_, writer = WriterId(session_.hello()->host_id)](LiveState& state) {
                    state.goodbye(writer, live.now());
                });
                log_info(fmt::format("probe {} said goodbye: {}", session_.hello()->host_id,
                                     printable(last.reason)));
            }
            end(last);
            co_return false;
        }
    }
}

asio::awaitable<ProbeSession::Step> ProbeConnection::open(report::wire::Hello hello) {
    const std::string who =
        fmt::format("probe {} ({}, {}, version {})", hello.host_id, printable(hello.host_name),
                    socket_->peer(), printable(hello.version));
    auto work = [&live = live_, hello = std::move(hello)](LiveState& state) {
        return state.open(hello, live.now());
    };
    auto running = live_.run(std::move(work));
    const auto welcome = co_await std::move(running);
    if (welcome) log_info(who + " is connected");
    if (!welcome) log_warn(who + " is refused");
    co_return session_.opened(welcome);
}

asio::awaitable<ProbeSession::Step> ProbeConnection::apply(report::wire::Frame frame) {
    WriterId writer(session_.hello()->host_id);
    auto work = [&live = live_, writer = std::move(writer), frame = std::move(frame)](
                    LiveState& state) mutable { return state.apply(writer, std::move(frame), live.now()); };
    auto running = live_.run(std::move(work));
    const auto ack = co_await std::move(running);
    co_return session_.applied(ack);
}

void ProbeConnection::end(const ProbeSession::End& end) {
    if (!end.bytes.empty()) {
        log_warn(fmt::format("closing the probe session of {}: {}", socket_->peer(), printable(end.reason)));
        session_.hello() ? ++metrics_.frames_refused : ++metrics_.probes_refused;
        socket_->send(std::make_shared<const std::string>(end.bytes));
    }
    socket_->close(end.bytes.empty() ? close_code::kNormal : close_code::kPolicy, end.reason);
}

asio::awaitable<void> speak(Live& live, Metrics& metrics, JoinToken token, report::wire::Limits limits,
                            std::shared_ptr<const Request> /*request*/, std::shared_ptr<WebSocket> socket) {
    const auto connection =
        std::make_shared<ProbeConnection>(std::move(socket), live, metrics, token, limits);
    co_await connection->run();
}

}  // namespace

void register_probe_route(Router& router, Live& live, Metrics& metrics, const JoinToken& token,
                          const report::wire::Limits& limits) {
    RouteOptions options;
    options.any_host = true;
    options.no_origin = true;
    options.socket.binary = true;
    options.socket.max_message_bytes = limits.max_envelope_bytes;
    router.websocket("/api/v1/probe",
                     std::bind_front(speak, std::ref(live), std::ref(metrics), token, limits), options);
}

}  // namespace reticle::app
