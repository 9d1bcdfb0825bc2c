#include "probe/publish/target.h"

#include <algorithm>
#include <charconv>

namespace reticle::probe {
namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035 2.3.4

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

bool is_v6_char(char c) {
    return is_host_char(c) || c == ':' || c == '%';  // '%' begins a zone, as in fe80::1%eth0
}

bool is_host(std::string_view text, bool (*allowed)(char)) {
    return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

Result<Target> Target::parse(std::string_view text) {
    std::string_view rest = text;
    if (const auto mark = rest.find("://"); mark != std::string_view::npos) {
        const auto scheme = rest.substr(0, mark);
        if (scheme == "wss" || scheme == "https") {
            return fail(
                Errc::unsupported,
                "TLS is not yet in this build: use ws://, through a tunnel where the network is not trusted");
        }
        if (scheme != "ws" && scheme != "http") return fail(Errc::invalid, "use host:port or ws://host:port");
        rest.remove_prefix(mark + 3);
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);

    Target target;
    std::string_view port;
    if (rest.starts_with('[')) {
        const auto close = rest.find(']');
        if (close == std::string_view::npos)
            return fail(Errc::invalid, "']' is missing after the IPv6 address");
        target.host = rest.substr(1, close - 1);
        port = rest.substr(close + 1);
        if (!is_host(target.host, is_v6_char))
            return fail(Errc::invalid, "no IPv6 address within the brackets");
    } else {
        const auto colon = rest.find(':');
        if (colon != std::string_view::npos && rest.find(':', colon + 1) != std::string_view::npos) {
            return fail(Errc::invalid, "an IPv6 address goes in brackets: [::1]:4040");
        }
        target.host = rest.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
        if (!is_host(target.host, is_host_char))
            return fail(Errc::invalid, "use host:port or ws://host:port");
    }
    if (port.empty()) return target;
    const auto digits = port.substr(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
    if (port[0] != ':' || error != std::errc() || end != digits.data() + digits.size() || target.port == 0) {
        return fail(Errc::invalid, "the port must be a number from 1 to 65535");
    }
    return target;
}

std::string Target::to_string() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace reticle::probe
