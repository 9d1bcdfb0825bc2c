#include "app/http/origin.h"

#include <algorithm>
#include <cctype>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace reticle::app {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

/// Both as addresses if both are, so that "::1" equals "0:0:0:0:0:0:0:1" and v4-mapped equals v4.
bool same_address(std::string_view a, std::string_view b) {
    boost::system::error_code error_a;
    boost::system::error_code error_b;
    auto address_a = boost::asio::ip::make_address(a, error_a);
    auto address_b = boost::asio::ip::make_address(b, error_b);
    if (error_a || error_b) return false;
    const auto plain = [](const boost::asio::ip::address& address) {
        if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
        return boost::asio::ip::address(
            boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()));
    };
    return plain(address_a) == plain(address_b);
}

bool is_loopback(const std::string& host) {
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

}  // namespace

std::string host_of(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return {};
        const std::string_view rest = authority.substr(end + 1);
        if (!rest.empty() && rest[0] != ':') return {};
        return lower(authority.substr(1, end - 1));
    }
    const std::size_t colon = authority.find(':');
    if (colon != std::string_view::npos && authority.find(':', colon + 1) != std::string_view::npos)
        return {};
    std::string host = lower(authority.substr(0, colon));
    if (host.ends_with('.')) host.pop_back();
    return host;
}

OriginPolicy::OriginPolicy(std::vector<std::string> names) : names_(std::move(names)) {
    for (std::string& name : names_) name = lower(name);
}

Result<void> OriginPolicy::check_host(const Request& request, std::string_view local_address) const {
    const auto header = request.header("host");
    if (!header) return fail(Errc::denied, "the request has no Host header");
    const std::string host = host_of(*header);
    const bool known = is_loopback(host) || same_address(host, local_address) ||
                       std::ranges::any_of(names_, [&](const std::string& name) {
                           return name == host || same_address(name, host);
                       });
    if (known) return {};
    return fail(Errc::denied, fmt::format("this server does not answer to the name '{}'; start it with "
                                          "--allowed-host {} if it should",
                                          host, host.empty() ? "NAME" : host));
}

Result<void> OriginPolicy::check_origin(const Request& request) const {
    const auto origin = request.header("origin");
    if (!origin) return {};
    const std::size_t scheme = origin->find("://");
    const std::string_view name = origin->substr(0, scheme);
    const auto host = request.header("host");
    const bool web = scheme != std::string_view::npos && (name == "http" || name == "https");
    if (web && host && lower(origin->substr(scheme + 3)) == lower(*host)) return {};
    return fail(Errc::denied, fmt::format("pages of '{}' may not do this", *origin));
}

}  // namespace reticle::app
