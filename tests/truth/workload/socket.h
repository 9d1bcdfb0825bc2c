#pragma once

#include <optional>
#include <utility>

#include "tests/truth/workload/endpoint.h"

namespace reticle::truth {

/// Owns one file descriptor and closes it.
class Fd {
  public:
    explicit Fd(int value = -1) : value_(value) {}
    ~Fd();
    Fd(Fd&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;

    int get() const { return value_; }

  private:
    int value_;
};

/// How a listening socket is set up.
struct ListenMode {
    bool reuse_port = false;
    bool dual_stack = false;  ///< an IPv6 wildcard that also takes IPv4
};

/// Where a client's socket starts from.
struct Source {
    std::optional<Endpoint> bind;
    bool v4_mapped = false;  ///< reach IPv4 peers through an IPv6 socket
};

/// A non-blocking listening TCP socket; throws std::system_error.
Fd listen_tcp(const Endpoint& at, const ListenMode& mode);

/// Connects (blocking), then makes the socket non-blocking; throws std::system_error.
Fd connect_tcp(const Endpoint& peer, const Source& source);

/// A bound, non-blocking UDP socket that reports the address each datagram was sent to.
Fd bind_udp(const Endpoint& at, const ListenMode& mode);

/// A UDP socket with a concrete local address, connected to `peer` or, if not, bound only.
Fd open_udp(const Endpoint& peer, const Source& source, bool connected);

}  // namespace reticle::truth
