#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace reticle::truth {

/// An IPv4 or IPv6 address with a port, in the kernel's own form.
struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size = 0;

    /// AF_INET or AF_INET6.
    int family() const { return storage.ss_family; }
    /// For system calls that read an address.
    const sockaddr* data() const;
    /// The port in host order.
    uint16_t port() const;
    void set_port(uint16_t port);
};

/// Reads `10.0.0.1:80` or `[fd00::1]:80`; nothing for any other text (names are not looked up).
std::optional<Endpoint> parse_endpoint(std::string_view text);

/// The text form; a v4-mapped IPv6 address is written as the IPv4 address it stands for.
std::string to_string(const Endpoint& endpoint);

/// The same IPv4 endpoint as a v4-mapped IPv6 one; IPv6 endpoints are returned as they are.
Endpoint mapped(const Endpoint& endpoint);

/// This socket's own address; throws std::system_error.
Endpoint local_endpoint(int fd);
/// The address this socket is connected to; throws std::system_error.
Endpoint peer_endpoint(int fd);

}  // namespace reticle::truth
