#pragma once

#include <chrono>
#include <cstdint>

namespace reticle {

/// A moment as a value: nanoseconds since 1970 UTC. Never used to order facts (see Version).
using UtcNanos = std::int64_t;

/// A moment on this machine's monotonic clock; ages, deadlines and staleness are measured on it.
using MonoTime = std::chrono::steady_clock::time_point;

/// Both clocks read at once; passed as a parameter so that tests own time.
struct Now {
    MonoTime mono;
    UtcNanos utc = 0;
};

/// Reads both clocks of this machine.
inline Now read_clocks() {
    using std::chrono::duration_cast;
    using std::chrono::nanoseconds;
    return {std::chrono::steady_clock::now(),
            duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace reticle
