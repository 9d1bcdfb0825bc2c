#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "probe/connections/socket.h"

namespace reticle::probe {

/// Reads one line of /proc/net/{tcp,tcp6,udp,udp6} (Documentation/networking/proc_net_tcp.rst); nothing for
/// the heading and for what is not such a line. There are no readings here, and no cookie: a socket's id is
/// its inode, or a hash of its ends when it has none.
std::optional<Socket> parse_proc_net_line(std::string_view line, report::Protocol protocol,
                                          std::uint64_t netns);

/// Visits every socket of a whole table; lines that make no sense are passed over. Returns how many were.
std::size_t each_proc_net_socket(std::string_view table, report::Protocol protocol, std::uint64_t netns,
                                 const std::function<void(const Socket&)>& visit);

}  // namespace reticle::probe
