#pragma once

#include <chrono>

#include "report/base/time.h"

namespace reticle::test {

/// A moment of a test's own time, so many seconds after its beginning.
inline Now at_second(double seconds) {
    constexpr UtcNanos kSomeDay = 1'795'311'324'000'000'000;
    const auto offset =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
    return {MonoTime{} + std::chrono::hours(1) + offset, kSomeDay + offset.count()};
}

}  // namespace reticle::test
