#include "app/http/status_routes.h"

#include <functional>

namespace reticle::app {
namespace {

constexpr RouteOptions kQuiet{
    .max_body_bytes = 0, .quiet = true, .any_host = false, .no_origin = false, .socket = {}};

Response plain(std::string text) {
    return {.status = 200,
            .content_type = "text/plain; charset=utf-8",
            .body = std::move(text),
            .headers = {},
            .zipped = false};
}

/// The process answers at all: does not wait for the strand.
boost::asio::awaitable<Response> health(std::shared_ptr<const Request> /*request*/) {
    co_return plain("ok\n");
}

Response metrics_page(const Live& live, const Metrics& metrics, const Request& /*request*/,
                      const LiveState& state) {
    Response response = plain(exposition(metrics, live, state));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

}  // namespace

void register_status_routes(Router& router, Live& live, Metrics& metrics) {
    router.add(Method::get, "/healthz", AsyncHandler(health), kQuiet);
    router.add(
        Method::get, "/readyz", [](const Request&, const LiveState&) { return plain("ready\n"); }, kQuiet);
    router.add(Method::get, "/metrics", std::bind_front(metrics_page, std::cref(live), std::cref(metrics)),
               kQuiet);
}

}  // namespace reticle::app
