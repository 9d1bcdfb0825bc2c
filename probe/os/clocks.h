#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "report/base/time.h"

namespace reticle::probe::os {

/// CPU time in nanoseconds that a process (all its threads, living and dead) has used: one system call of
/// about 0.4 us, a tenth of reading its stat file, allowed for every process of our pid namespace. Nothing if
/// there is no such process. (clock_getcpuclockid(3); kernel/time/posix-cpu-timers.c)
std::optional<std::uint64_t> process_cpu_nanos(pid_t pid);

/// Nanoseconds since boot, with time asleep (CLOCK_BOOTTIME): what start times of processes are counted on.
std::int64_t boot_nanos();

/// Turns times since boot into UTC. The offset is measured again at each update(), but moves only when the
/// wall clock was stepped: else every start time would jitter with the clock's discipline.
class BootClock {
  public:
    static constexpr std::int64_t kStepNanos = 2'000'000'000;

    /// Returns whether the offset moved (also the first time).
    bool update(UtcNanos utc, std::int64_t nanos_since_boot);
    /// When the machine booted.
    [[nodiscard]] UtcNanos boot_time() const { return offset_; }
    [[nodiscard]] UtcNanos utc(std::int64_t nanos_since_boot) const { return offset_ + nanos_since_boot; }

  private:
    bool known_ = false;
    UtcNanos offset_ = 0;
};

}  // namespace reticle::probe::os
