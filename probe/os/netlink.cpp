#include "probe/os/netlink.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace reticle::probe::os {

namespace {

Error failed(const char* what, int error) {
    Errc code = Errc::unavailable;
    if (error == EPERM || error == EACCES) code = Errc::denied;
    if (error == ENOENT || error == EPROTONOSUPPORT || error == EOPNOTSUPP) code = Errc::unsupported;
    return fail(code, std::string("netlink: ") + what + ": " + std::strerror(error));
}

}  // namespace

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
    Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (!fd.valid()) return failed("cannot open a socket", errno);
    // Dumps answer at once; a kernel that does not must not hold the loop.
    const timeval patience{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return NetlinkSocket(std::move(fd));
}

Result<bool> NetlinkSocket::dump(std::span<char> request, const Visit& visit) {
    auto* header = reinterpret_cast<nlmsghdr*>(request.data());
    header->nlmsg_len = static_cast<std::uint32_t>(request.size());
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = ++sequence_;
    if (::send(fd_.get(), request.data(), request.size(), 0) < 0) return failed("cannot send", errno);

    bool consistent = true;
    for (;;) {
        const ssize_t got = ::recv(fd_.get(), buffer_.data(), buffer_.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return failed("no answer", got == 0 ? EPIPE : errno);
        auto left = static_cast<std::uint32_t>(got);
        for (auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.data()); NLMSG_OK(message, left);
             message = NLMSG_NEXT(message, left)) {
            if (message->nlmsg_seq != sequence_) continue;  // what was left of a dump given up
            if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0) consistent = false;
            if (message->nlmsg_type == NLMSG_DONE) return consistent;
            if (message->nlmsg_type == NLMSG_ERROR) {
                const auto* answer =
                    reinterpret_cast<const nlmsgerr*>(reinterpret_cast<const char*>(message) + NLMSG_HDRLEN);
                return failed("refused", -answer->error);
            }
            visit(*message);
        }
    }
}

}  // namespace reticle::probe::os
