#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "probe/connections/socket.h"

namespace reticle::probe {

/// The bytes of a sock_diag dump request (linux/inet_diag.h) for the sockets of a family (AF_INET, AF_INET6)
/// and protocol that can matter to us: no TIME_WAIT, no embryonic connections; with TCP_INFO for TCP.
std::vector<char> diag_request(std::uint8_t family, report::Protocol protocol);

/// The same for TCP of both families at once, in the older form of the request, which alone can say so: the
/// kernel then walks its hash table of connections once and not twice, half a millisecond on a large machine.
std::vector<char> tcp_diag_request();

/// Reads one answer of a dump; nothing if it is none, or too short to be one. Does not allocate.
std::optional<Socket> parse_diag(const nlmsghdr& message, report::Protocol protocol, std::uint64_t netns);

}  // namespace reticle::probe
