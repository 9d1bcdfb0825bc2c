#include "app/scope/stream.h"

#include <algorithm>
#include <map>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/live.h"
#include "app/scope/json.h"
#include "app/scope/query.h"
#include "app/scope/summary.h"
#include "app/scope/time_text.h"
#include "report/base/log.h"

namespace reticle::app::scope {
namespace {

constexpr std::chrono::milliseconds kDefaultInterval{1000};
constexpr std::chrono::milliseconds kShortestInterval{250};

using Summaries = std::map<std::string, Summary>;

/// What the client was told last, and the timer between two tellings.
struct Client {
    Client(std::shared_ptr<const Request> asked, std::shared_ptr<WebSocket> accepted)
        : request(std::move(asked)), socket(std::move(accepted)), timer(socket->executor()) {}

    std::shared_ptr<const Request> request;
    std::shared_ptr<WebSocket> socket;
    boost::asio::steady_timer timer;
    std::chrono::milliseconds interval = kDefaultInterval;
    Summaries told;
    bool first = true;
    bool gone = false;
};

/// The part that runs on Live's strand: the view as it is now.
struct Summarise {
    std::shared_ptr<const Request> request;
    Summaries operator()(const LiveState& state) const {
        const View* view = state.view(request->parameter("view"));
        if (view == nullptr) return {};
        const Rendering rendering(state.world(), asked_censor(request->query), read_clocks().utc);
        return summarise(rendering, *view, chosen_options(view->spec(), request->query));
    }
};

boost::asio::awaitable<void> tell(Live& live, std::shared_ptr<Client> client) {
    while (!client->gone) {
        Summarise summarise_now{client->request};
        Summaries nodes = co_await live.run(std::move(summarise_now));
        auto message = std::make_shared<const std::string>(delta_json(client->told, nodes, client->first));
        client->told = std::move(nodes);
        client->first = false;
        client->socket->send(std::move(message));
        if (!co_await client->socket->drained()) co_return;
        client->timer.expires_after(client->interval);
        co_await client->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
}

/// Whether the view exists; a websocket has no status left to say so with.
struct HasView {
    std::string view;
    bool operator()(const LiveState& state) const { return state.view(view) != nullptr; }
};

}  // namespace

boost::asio::awaitable<void> Streams::serve(std::shared_ptr<const Request> request,
                                            std::shared_ptr<WebSocket> socket) {
    auto client = std::make_shared<Client>(request, socket);
    HasView has_view{std::string(request->parameter("view"))};
    const bool known = co_await live_.run(std::move(has_view));
    if (!known) {
        socket->close(close_code::kPolicy, "there is no such view");
        co_return;
    }
    if (const auto t = request->query_value("t")) {
        const auto interval = parse_duration(*t);
        if (!interval) {
            socket->close(close_code::kPolicy, interval.error().message);
            co_return;
        }
        client->interval = std::max(kShortestInterval, *interval);
    }
    boost::asio::co_spawn(socket->executor(), tell(live_, client),
                          [socket](const std::exception_ptr& failure) {
                              if (failure) {
                                  log_error("a Scope stream failed; its client is disconnected");
                                  socket->close(close_code::kGoingAway, "internal error");
                              }
                          });
    // What a client says is ignored, but must be read for pings and its goodbye to be heard.
    for (;;) {
        const auto message = co_await socket->read();
        if (!message) break;
    }
    client->gone = true;
    client->timer.cancel();
}

}  // namespace reticle::app::scope
