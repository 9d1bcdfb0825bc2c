#include "app/http/router.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reticle::app {
namespace {

constexpr std::size_t kMaxSegments = 32;

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    while (segments.size() < kMaxSegments) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
    segments.back() = path;
    return segments;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

bool takes_rest(std::string_view segment) {
    return segment.ends_with("...}");
}

bool fits(const Route& route, const std::vector<std::string_view>& segments) {
    const auto& pattern = route.pattern;
    const bool rest = takes_rest(pattern.back());
    if (rest ? segments.size() < pattern.size() : segments.size() != pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_parameter(pattern[i]) ? segments[i].empty() && !takes_rest(pattern[i])
                                     : segments[i] != pattern[i]) {
            return false;
        }
    }
    return true;
}

Result<std::vector<std::pair<std::string, std::string>>> parameters_of(
    const Route& route, const std::vector<std::string_view>& segments) {
    std::vector<std::pair<std::string, std::string>> parameters;
    for (std::size_t i = 0; i < route.pattern.size(); ++i) {
        const std::string_view part = route.pattern[i];
        if (!is_parameter(part)) continue;
        const std::size_t dots = takes_rest(part) ? 3 : 0;
        std::string_view raw = segments[i];
        if (dots > 0) raw = {raw.data(), static_cast<std::size_t>(segments.back().end() - raw.begin())};
        auto value = percent_decode(raw, false);
        if (!value) return value.error();
        parameters.emplace_back(part.substr(1, part.size() - 2 - dots), std::move(*value));
    }
    return parameters;
}

}  // namespace

Router& Router::add(Method method, std::string_view pattern, StrandHandler handler, RouteOptions options) {
    return insert({method, {}, std::move(handler), options}, pattern);
}

Router& Router::add(Method method, std::string_view pattern, AsyncHandler handler, RouteOptions options) {
    return insert({method, {}, std::move(handler), options}, pattern);
}

Router& Router::websocket(std::string_view pattern, SocketHandler handler, RouteOptions options) {
    return insert({Method::get, {}, std::move(handler), options}, pattern);
}

Router& Router::insert(Route route, std::string_view pattern) {
    for (const std::string_view segment : split(pattern)) route.pattern.emplace_back(segment);
    routes_.push_back(std::make_unique<Route>(std::move(route)));
    return *this;
}

Result<Router::Found> Router::find(Method method, std::string_view path) const {
    if (!path.starts_with('/')) return fail(Errc::invalid, "the address must begin with '/'");
    const auto segments = split(path);
    const Method wanted = method == Method::head ? Method::get : method;
    std::vector<std::string_view> allowed;
    for (const auto& route : routes_) {
        if (!fits(*route, segments)) continue;
        if (route->method != wanted) {
            if (takes_rest(route->pattern.back())) continue;  // a catch-all knows no path in particular
            allowed.push_back(method_name(route->method));
            continue;
        }
        auto parameters = parameters_of(*route, segments);
        if (!parameters) return parameters.error();
        return Found{route.get(), std::move(*parameters)};
    }
    if (allowed.empty()) return fail(Errc::not_found, fmt::format("nothing is at {}", path));
    return fail(Errc::unsupported, fmt::format("{}", fmt::join(allowed, ", ")));
}

std::vector<std::string> Router::listing() const {
    std::vector<std::string> lines;
    for (const auto& route : routes_) {
        lines.push_back(fmt::format("{} /{}", route->websocket() ? "WS" : method_name(route->method),
                                    fmt::join(route->pattern, "/")));
    }
    return lines;
}

Response routing_error(const Error& error) {
    if (error.code != Errc::unsupported) return error_response(error);
    Response response = error_response(405, "method_not_allowed", "this address takes " + error.message);
    response.headers.emplace_back("Allow", error.message);
    return response;
}

}  // namespace reticle::app
