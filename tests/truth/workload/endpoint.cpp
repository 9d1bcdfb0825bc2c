#include "tests/truth/workload/endpoint.h"

#include <arpa/inet.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace reticle::truth {
namespace {

sockaddr_in& as_v4(Endpoint& endpoint) {
    return reinterpret_cast<sockaddr_in&>(endpoint.storage);
}
const sockaddr_in& as_v4(const Endpoint& endpoint) {
    return reinterpret_cast<const sockaddr_in&>(endpoint.storage);
}
sockaddr_in6& as_v6(Endpoint& endpoint) {
    return reinterpret_cast<sockaddr_in6&>(endpoint.storage);
}
const sockaddr_in6& as_v6(const Endpoint& endpoint) {
    return reinterpret_cast<const sockaddr_in6&>(endpoint.storage);
}

/// Where the four IPv4 bytes lie inside a v4-mapped IPv6 address.
constexpr size_t kMappedOffset = 12;

std::string address_text(int family, const void* address) {
    char text[INET6_ADDRSTRLEN] = {};
    return inet_ntop(family, address, text, sizeof text) == nullptr ? std::string() : text;
}

}  // namespace

const sockaddr* Endpoint::data() const {
    return reinterpret_cast<const sockaddr*>(&storage);
}

uint16_t Endpoint::port() const {
    return ntohs(family() == AF_INET ? as_v4(*this).sin_port : as_v6(*this).sin6_port);
}

void Endpoint::set_port(uint16_t port) {
    if (family() == AF_INET)
        as_v4(*this).sin_port = htons(port);
    else
        as_v6(*this).sin6_port = htons(port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const std::string_view port_text = text.substr(colon + 1);
    uint16_t port = 0;
    const char* const end = port_text.data() + port_text.size();
    const auto [stop, error] = std::from_chars(port_text.data(), end, port);
    if (error != std::errc() || stop != end) return std::nullopt;

    std::string host(text.substr(0, colon));
    Endpoint endpoint;
    if (host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        endpoint.storage.ss_family = AF_INET6;
        endpoint.size = sizeof(sockaddr_in6);
        if (inet_pton(AF_INET6, host.c_str(), &as_v6(endpoint).sin6_addr) != 1) return std::nullopt;
    } else {
        endpoint.storage.ss_family = AF_INET;
        endpoint.size = sizeof(sockaddr_in);
        if (inet_pton(AF_INET, host.c_str(), &as_v4(endpoint).sin_addr) != 1) return std::nullopt;
    }
    endpoint.set_port(port);
    return endpoint;
}

std::string to_string(const Endpoint& endpoint) {
    const std::string port = std::to_string(endpoint.port());
    if (endpoint.family() == AF_INET) return address_text(AF_INET, &as_v4(endpoint).sin_addr) + ":" + port;
    const in6_addr& address = as_v6(endpoint).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address))
        return address_text(AF_INET, &address.s6_addr[kMappedOffset]) + ":" + port;
    return "[" + address_text(AF_INET6, &address) + "]:" + port;
}

Endpoint mapped(const Endpoint& endpoint) {
    if (endpoint.family() != AF_INET) return endpoint;
    Endpoint result;
    result.storage.ss_family = AF_INET6;
    result.size = sizeof(sockaddr_in6);
    in6_addr& address = as_v6(result).sin6_addr;
    address.s6_addr[10] = 0xff;
    address.s6_addr[11] = 0xff;
    std::memcpy(&address.s6_addr[kMappedOffset], &as_v4(endpoint).sin_addr, sizeof(in_addr));
    result.set_port(endpoint.port());
    return result;
}

Endpoint local_endpoint(int fd) {
    Endpoint endpoint;
    endpoint.size = sizeof endpoint.storage;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&endpoint.storage), &endpoint.size) != 0)
        throw std::system_error(errno, std::generic_category(), "getsockname");
    return endpoint;
}

Endpoint peer_endpoint(int fd) {
    Endpoint endpoint;
    endpoint.size = sizeof endpoint.storage;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&endpoint.storage), &endpoint.size) != 0)
        throw std::system_error(errno, std::generic_category(), "getpeername");
    return endpoint;
}

}  // namespace reticle::truth
