#include "probe/os/net_namespace.h"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "report/base/log.h"

namespace reticle::probe::os {

namespace {

/// This thread's stay in another network namespace.
class Stay {
  public:
    static Result<void> enter(const Fd& there) {
        if (::setns(there.get(), CLONE_NEWNET) == 0) return {};
        const Errc code = errno == EPERM ? Errc::denied : Errc::unavailable;
        return fail(code, std::string("entering a network namespace: ") + std::strerror(errno));
    }
    explicit Stay(const Fd& home) : home_(home) {}
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() {
        if (::setns(home_.get(), CLONE_NEWNET) == 0) return;
        log_error("cannot return to our own network namespace; stopping rather than talk from a foreign one");
        std::abort();
    }

  private:
    const Fd& home_;
};

}  // namespace

Result<NetlinkSocket> netlink_in_namespace_of(const ProcFs& proc, pid_t pid, int protocol) {
    const Fd there = proc.open(ProcPath(pid, "ns/net").c_str());
    if (!there.valid()) {
        const Errc code = errno == EACCES || errno == EPERM ? Errc::denied : Errc::unavailable;
        return fail(code, std::string("opening a network namespace: ") + std::strerror(errno));
    }
    const Fd home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!home.valid())
        return fail(Errc::unavailable, "opening our own network namespace: /proc is not mounted");
    if (auto entered = Stay::enter(there); !entered) return entered.error();
    const Stay stay(home);
    return NetlinkSocket::open(protocol);
}

}  // namespace reticle::probe::os
