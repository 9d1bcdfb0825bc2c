#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "report/base/result.h"

namespace reticle::probe {

/// The endpoints of a host name or address. The system's resolver may hang for many seconds, and Asio's own
/// waits for it when the io_context ends; this one asks in a thread that nobody waits for, so that the probe
/// can always stop within a second.
boost::asio::awaitable<Result<std::vector<boost::asio::ip::tcp::endpoint>>> look_up(std::string host,
                                                                                    std::uint16_t port);

}  // namespace reticle::probe
