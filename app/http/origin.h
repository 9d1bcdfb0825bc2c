#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/http/message.h"
#include "report/base/result.h"

namespace reticle::app {

/// Which names a browser may know this server by. Guards against DNS rebinding (a foreign page whose name
/// was pointed at us) and against foreign pages that post or open sockets here.
class OriginPolicy {
  public:
    /// `names`: beside loopback names and the address a connection arrived on; without port.
    explicit OriginPolicy(std::vector<std::string> names);

    /// Whether the Host header names this server; `local_address` is where the connection arrived.
    [[nodiscard]] Result<void> check_host(const Request& request, std::string_view local_address) const;
    /// Whether a page that sends an Origin was served by this server. No Origin: not a page, allowed.
    [[nodiscard]] Result<void> check_origin(const Request& request) const;

  private:
    std::vector<std::string> names_;
};

/// The host of "host:port", "[v6]:port" or "host", in lower case, without brackets and trailing dot; empty
/// when it is none of these.
std::string host_of(std::string_view authority);

}  // namespace reticle::app
