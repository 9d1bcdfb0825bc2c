#pragma once

#include <linux/netlink.h>

#include <array>
#include <cstdint>
#include <optional>

#include "probe/connections/socket.h"

namespace reticle::probe {

/// The bytes of a sock_diag dump request (linux/inet_diag.h): nlmsghdr and inet_diag_req_v2.
using DiagRequest = std::array<char, 72>;

/// Asks for the sockets of a family (AF_INET, AF_INET6) and protocol that can matter to us: no TIME_WAIT, no
/// embryonic connections; with TCP_INFO for TCP.
DiagRequest diag_request(std::uint8_t family, report::Protocol protocol);

/// Reads one answer of a dump; nothing if it is none, or too short to be one. Does not allocate.
std::optional<Socket> parse_diag(const nlmsghdr& message, report::Protocol protocol, std::uint64_t netns);

}  // namespace reticle::probe
