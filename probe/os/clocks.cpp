#include "probe/os/clocks.h"

#include <ctime>

namespace reticle::probe::os {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

std::int64_t nanos(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * kNanosPerSecond + time.tv_nsec;
}

}  // namespace

std::optional<std::uint64_t> process_cpu_nanos(pid_t pid) {
    // What clock_getcpuclockid() computes, without its second system call that only checks the pid:
    // CPUCLOCK_SCHED (2) of a whole process.
    const auto clock = static_cast<clockid_t>((~static_cast<std::uint32_t>(pid)) << 3 | 2u);
    timespec used{};
    if (::clock_gettime(clock, &used) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(nanos(used));
}

std::int64_t boot_nanos() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return nanos(now);
}

bool BootClock::update(UtcNanos utc, std::int64_t nanos_since_boot) {
    const UtcNanos offset = utc - nanos_since_boot;
    const UtcNanos moved = offset > offset_ ? offset - offset_ : offset_ - offset;
    if (known_ && moved < kStepNanos) return false;
    known_ = true;
    offset_ = offset;
    return true;
}

}  // namespace reticle::probe::os
