#include "app/http/stream_route.h"

#include <exception>
#include <functional>

#include <boost/asio/co_spawn.hpp>

#include "app/http/stream_command.h"
#include "report/base/log.h"

namespace reticle::app {
namespace {

namespace asio = boost::asio;

constexpr double kMessageBurst = 128;  // a viewer that opens all its subscriptions at once, twice
constexpr double kMessagesPerSecond = 20;

/// One viewer: a reader that passes on what it asks for, and a writer that waits for news and for the socket
/// to take it. Between two writes news merges in the subscriptions, so a slow viewer gets fewer, larger
/// deltas.
class StreamSession {
  public:
    StreamSession(std::shared_ptr<WebSocket> socket, Live& live, Metrics& metrics)
        : socket_(std::move(socket)), live_(live), open_(metrics.streams) {}

    static asio::awaitable<void> run(std::shared_ptr<StreamSession> self);

  private:
    static asio::awaitable<void> write_loop(std::shared_ptr<StreamSession> self);
    asio::awaitable<void> read_loop();
    asio::awaitable<bool> obey(StreamCommand command);

    std::shared_ptr<WebSocket> socket_;
    Live& live_;
    Gauge open_;
    Viewers::Id viewer_ = 0;
};

asio::awaitable<void> StreamSession::run(std::shared_ptr<StreamSession> self) {
    Live& live = self->live_;
    auto join = [&live](LiveState& state) { return state.join_viewer(live.now()); };
    self->viewer_ = co_await live.run(join);
    asio::co_spawn(self->socket_->executor(), write_loop(self), [](const std::exception_ptr& failure) {
        if (failure) log_error("a stream's writer ended with an exception");
    });
    co_await self->read_loop();
    live.leave(self->viewer_);
}

asio::awaitable<void> StreamSession::write_loop(std::shared_ptr<StreamSession> self) {
    while (true) {
        const std::vector<StreamMessage> messages = co_await self->live_.next(self->viewer_);
        if (messages.empty()) co_return;
        for (const StreamMessage& message : messages) {
            self->socket_->send(message);
            const bool open = co_await self->socket_->drained();
            if (!open) co_return;
        }
    }
}

asio::awaitable<void> StreamSession::read_loop() {
    MessageRate rate(kMessageBurst, kMessagesPerSecond, live_.now().mono);
    while (true) {
        auto message = co_await socket_->read();
        if (!message) {
            if (message.error().code == Errc::too_large)
                socket_->close(close_code::kTooBig, message.error().message);
            co_return;
        }
        if (message->binary) {
            socket_->close(close_code::kUnsupportedData, "messages are JSON text");
            co_return;
        }
        if (!rate.allow(live_.now().mono)) {
            socket_->close(close_code::kPolicy, "more messages than a viewer needs");
            co_return;
        }
        StreamCommand command = parse_stream_command(message->data);
        auto obeying = obey(std::move(command));
        const bool heard = co_await std::move(obeying);
        if (!heard) {
            socket_->close(close_code::kPolicy, "too many errors were left unread");
            co_return;
        }
    }
}

/// False when the client has left too many errors unread.
asio::awaitable<bool> StreamSession::obey(StreamCommand command) {
    auto work = [viewer = viewer_, command = std::move(command)](LiveState& state) {
        if (const auto* subscribe = std::get_if<SubscribeCommand>(&command)) {
            return state.subscribe(viewer, *subscribe);
        }
        if (const auto* unsubscribe = std::get_if<UnsubscribeCommand>(&command)) {
            return state.viewers().unsubscribe(viewer, unsubscribe->sub);
        }
        const auto& bad = std::get<BadCommand>(command);
        return state.viewers().complain(viewer, bad.sub, "bad_message", bad.message);
    };
    auto running = live_.run(std::move(work));
    co_return co_await std::move(running);
}

asio::awaitable<void> speak(Live& live, Metrics& metrics, std::shared_ptr<const Request> /*request*/,
                            std::shared_ptr<WebSocket> socket) {
    const auto session = std::make_shared<StreamSession>(std::move(socket), live, metrics);
    auto running = StreamSession::run(session);
    co_await std::move(running);
}

}  // namespace

void register_stream_route(Router& router, Live& live, Metrics& metrics) {
    router.websocket("/api/v1/stream", std::bind_front(speak, std::ref(live), std::ref(metrics)));
}

}  // namespace reticle::app
