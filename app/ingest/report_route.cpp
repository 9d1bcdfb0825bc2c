#include "app/ingest/report_route.h"

#include <atomic>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "report/json.h"

namespace reticle::app {
namespace {

namespace asio = boost::asio;

/// Reads posted reports on the connection's executor and joins them on Live's strand.
class ReportRoute {
  public:
    ReportRoute(Live& live, Metrics& metrics, std::size_t max_bytes)
        : live_(live), metrics_(metrics), epoch_(static_cast<std::uint64_t>(live.now().utc / 1'000'000'000)) {
        limits_.max_bytes = max_bytes;
    }

    asio::awaitable<Response> answer(std::shared_ptr<const Request> request);

  private:
    Response refuse(const Error& error);
    report::Version next_version();

    Live& live_;
    Metrics& metrics_;
    report::JsonLimits limits_;
    std::uint64_t epoch_;  ///< of this start: later than what an earlier app gave
    std::atomic<std::uint64_t> tick_{0};
};

asio::awaitable<Response> ReportRoute::answer(std::shared_ptr<const Request> request) {
    const auto known = only_parameters(*request, {});
    if (!known) co_return refuse(known.error());
    const std::string_view type = request->header("content-type").value_or("application/json");
    if (!type.starts_with("application/json")) {
        co_return refuse({Errc::unsupported, fmt::format("content type '{}': send application/json", type)});
    }
    auto report = report::from_json(request->body, limits_, next_version());
    if (!report) co_return refuse(report.error());
    auto work = [&live = live_, report = std::move(*report)](LiveState& state) mutable {
        const std::chrono::duration<double> window(report.window_seconds);
        return state.post(WriterId(report.writer), std::move(report.report),
                          std::chrono::duration_cast<std::chrono::milliseconds>(window), live.now());
    };
    auto running = live_.run(std::move(work));
    const auto posted = co_await std::move(running);
    if (!posted) co_return refuse(posted.error());
    co_return json_response(fmt::format(R"({{"accepted":{}}})", *posted));
}

Response ReportRoute::refuse(const Error& error) {
    ++metrics_.reports_refused;
    return error_response(error);
}

report::Version ReportRoute::next_version() {
    const std::uint64_t tick = ++tick_;
    return {epoch_ + tick / report::Version::kMaxTick, tick % report::Version::kMaxTick};
}

}  // namespace

void register_report_route(Router& router, Live& live, Metrics& metrics, std::size_t max_bytes) {
    RouteOptions options;
    options.max_body_bytes = max_bytes;
    router.add(Method::post, "/api/v1/report",
               std::bind_front(&ReportRoute::answer, std::make_shared<ReportRoute>(live, metrics, max_bytes)),
               options);
}

}  // namespace reticle::app
