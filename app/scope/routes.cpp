#include "app/scope/routes.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/http/router.h"
#include "app/live.h"
#include "app/scope/details.h"
#include "app/scope/exporter.h"
#include "app/scope/importer.h"
#include "app/scope/json.h"
#include "app/scope/query.h"
#include "app/scope/stream.h"
#include "app/scope/summary.h"
#include "app/scope/time_text.h"
#include "app/streams/json.h"

namespace reticle::app::scope {
namespace {

constexpr std::size_t kMaxReportBytes = std::size_t{64} << 20;

Response answer(std::string body, int status = 200) {
    Response response = json_response(std::move(body));
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
}

Response refusal(int status, std::string_view message) {
    return answer(error_json(message), status);
}

Response plain_not_found() {
    Response response;
    response.status = 404;
    response.content_type = "text/plain; charset=utf-8";
    response.body = "404";
    return response;
}

/// A `timestamp` that cannot be read is a 400; Scope took it for the year 1.
std::optional<Response> wrong_timestamp(const Request& request) {
    const auto timestamp = request.query_value("timestamp");
    if (!timestamp || is_rfc3339(*timestamp)) return std::nullopt;
    return refusal(400, "timestamp '" + std::string(timestamp->substr(0, 40)) +
                            "' is not a time: write it as 2021-06-01T12:00:00Z");
}

Rendering rendering(const Request& request, const LiveState& state) {
    return {state.world(), asked_censor(request.query), read_clocks().utc};
}

Response about(const Request&, const LiveState& state) {
    return answer(fmt::format(
        R"({{"id":{},"version":{},"hostname":{},"plugins":[],"capabilities":{{"historic_reports":false}}}})",
        json_string(state.identity().id), json_string(RETICLE_VERSION),
        json_string(state.identity().host_name)));
}

Response probes(const Request& request, const LiveState& state) {
    std::string list;
    const Identity identity(state.world());
    state.world().for_each_node(report::Topology::host, [&](const NodeRef& ref, const WorldNode& host) {
        if (host.ended || host.writer == nullptr) return;
        const auto silent =
            std::chrono::duration_cast<std::chrono::nanoseconds>(read_clocks().mono - host.writer->heard);
        if (!list.empty()) list += ',';
        list += fmt::format(R"({{"id":{},"hostname":{},"version":{},"lastSeen":"{}"}})",
                            json_string(ref.writer.view()),
                            json_string(identity.host(ref.writer, ref.key.id.view())),
                            json_string(host.writer->version), rfc3339(read_clocks().utc - silent.count()));
    });
    if (request.query_value("sparse")) return answer(list.empty() ? "false" : "true");
    return answer("[" + list + "]");
}

Response views(const Request& request, const LiveState& state) {
    if (auto wrong = wrong_timestamp(request)) return *wrong;
    std::vector<ListedView> listed;
    for (const auto& view : state.views()) {
        const View::Stats stats = view->stats(chosen_options(view->spec(), request.query));
        listed.push_back({.spec = view->spec(),
                          .nodes = stats.nodes,
                          .real_nodes = stats.nodes - stats.pseudo_nodes,
                          .edges = stats.edges,
                          .filtered = stats.hidden_nodes});
    }
    return answer(views_json(listed));
}

Response view_nodes(const Request& request, const LiveState& state) {
    if (auto wrong = wrong_timestamp(request)) return *wrong;
    const View* view = state.view(request.parameter("view"));
    if (view == nullptr) return plain_not_found();
    return answer(summaries_json(
        summarise(rendering(request, state), *view, chosen_options(view->spec(), request.query))));
}

Response view_node(const Request& request, const LiveState& state) {
    if (auto wrong = wrong_timestamp(request)) return *wrong;
    const View* view = state.view(request.parameter("view"));
    if (view == nullptr) return plain_not_found();
    const Rendering context = rendering(request, state);
    const ViewNode* found = nullptr;
    view->for_each_node([&](const ViewNode& node) {
        if (context.identity.view_node(node) != request.parameter("id")) return;
        if (found == nullptr || is_newer(node, *found)) found = &node;
    });
    if (found == nullptr) return plain_not_found();
    return answer(details_json(detail(context, *view, *found, state.view("processes"))));
}

Response raw_report(const Request& request, const LiveState& state) {
    if (auto wrong = wrong_timestamp(request)) return *wrong;
    const bool msgpack = request.header("accept").value_or("").starts_with("application/msgpack");
    const auto encoding = msgpack ? ScopeEncoding::msgpack : ScopeEncoding::json;
    Response response =
        answer(report_text(state.world(), asked_censor(request.query), read_clocks().utc, encoding));
    if (msgpack) response.content_type = "application/msgpack";
    return response;
}

/// Takes posted reports. The windows of foreign probes are only touched on Live's strand.
class Posts {
  public:
    explicit Posts(Live& live) : live_(live) {}

    boost::asio::awaitable<Response> post(std::shared_ptr<const Request> request) {
        const std::string_view type = request->header("content-type").value_or("");
        const auto encoding = scope_encoding(type);
        if (!encoding) co_return refusal(400, "Unsupported Content-Type: " + std::string(type));
        auto report = read_scope_report(request->body, *encoding);
        if (!report) co_return refusal(400, report.error().message);
        const std::string writer = writer_of(*request);
        Join join{this, writer, std::make_shared<ScopeReport>(std::move(*report))};
        const Result<std::size_t> joined = co_await live_.run(std::move(join));
        if (!joined)
            co_return refusal(joined.error().code == Errc::too_large ? 413 : 400, joined.error().message);
        Response done;
        done.content_type.clear();
        co_return done;
    }

  private:
    static std::string writer_of(const Request& request) {
        const auto id = request.header("x-scope-probe-id");
        return "scope:" + std::string(id && !id->empty() ? id->substr(0, 64) : "posted");
    }

    /// The part that runs on the strand.
    struct Join {
        Posts* posts;
        std::string writer;
        std::shared_ptr<ScopeReport> report;
        Result<std::size_t> operator()(LiveState& state) const {
            const Now now = read_clocks();
            posts->window_.expire(now.mono);
            const ScopeReport merged = posts->window_.add(writer, std::move(*report), now.mono);
            return state.post(report::Text(writer),
                              import_scope(merged, report::Version(1, ++posts->posted_)), kScopeWindow, now);
        }
    };

    Live& live_;
    ScopeWindow window_;
    std::uint64_t posted_ = 0;
};

}  // namespace

void register_scope_routes(Router& router, Live& live) {
    router.add(Method::get, "/api", about);
    router.add(Method::get, "/api/probes", probes);
    router.add(Method::get, "/api/topology", views);
    router.websocket("/api/topology/{view}/ws",
                     [stream = std::make_shared<Streams>(live)](auto request, auto socket) {
                         return stream->serve(std::move(request), std::move(socket));
                     });
    router.add(Method::get, "/api/topology/{view}", view_nodes);
    router.add(Method::get, "/api/topology/{view}/{id}", view_node);
    router.add(Method::get, "/api/report", raw_report);
    router.add(Method::post, "/api/report",
               [posts = std::make_shared<Posts>(live)](std::shared_ptr<const Request> request) {
                   return posts->post(std::move(request));
               },
               {.max_body_bytes = kMaxReportBytes,
                .quiet = true,
                .any_host = true,
                .no_origin = true,
                .socket = {}});
}

}  // namespace reticle::app::scope
