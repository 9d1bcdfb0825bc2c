#include "probe/publish/backoff.h"

#include <algorithm>

namespace reticle::probe {

std::chrono::milliseconds Backoff::next() {
    const auto half = step_ / 2;
    const auto jitter =
        static_cast<std::chrono::milliseconds::rep>(random_() * static_cast<double>(half.count()));
    step_ = std::min(step_ * 2, kLongest);
    return half + std::chrono::milliseconds(jitter);
}

}  // namespace reticle::probe
