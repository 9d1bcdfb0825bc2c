#pragma once

#include <linux/netlink.h>

#include <functional>
#include <span>
#include <vector>

#include "probe/os/fd.h"
#include "report/base/result.h"

namespace reticle::probe::os {

/// A netlink socket for dumps, bound for life to the network namespace that it was opened in. Not
/// thread-safe.
class NetlinkSocket {
  public:
    /// Called with each message of a dump; it lives during the call only.
    using Visit = std::function<void(const nlmsghdr& message)>;

    /// `protocol` is NETLINK_SOCK_DIAG, NETLINK_ROUTE, ...
    static Result<NetlinkSocket> open(int protocol);

    /// Sends a dump request (a whole message; flags and sequence number are set here) and visits the answers.
    /// True if the dump is complete and consistent; false if the kernel says that it changed meanwhile.
    /// Errc::unsupported if this kernel has no such dump, Errc::denied if it is not for us.
    Result<bool> dump(std::span<char> request, const Visit& visit);

  private:
    explicit NetlinkSocket(Fd fd) : fd_(std::move(fd)), buffer_(kBufferBytes) {}

    // The kernel fills up to 32 KiB at once for readers that bring room for it (af_netlink.c, netlink_dump).
    static constexpr std::size_t kBufferBytes = 65536;

    Fd fd_;
    std::vector<char> buffer_;
    std::uint32_t sequence_ = 0;
};

}  // namespace reticle::probe::os
