#pragma once

#include <chrono>
#include <functional>

namespace reticle::probe {

/// How long to wait before the next attempt: doubling, with jitter, so that a fleet whose app restarts does
/// not come back in one beat.
class Backoff {
  public:
    static constexpr std::chrono::milliseconds kFirst{500};
    static constexpr std::chrono::milliseconds kLongest{15'000};

    /// `random` gives numbers in [0, 1).
    explicit Backoff(std::function<double()> random) : random_(std::move(random)) {}

    /// The next wait: between one half and the whole of the present step.
    std::chrono::milliseconds next();
    /// Begins anew, after a connection that was healthy.
    void reset() { step_ = kFirst; }
    /// Goes to the longest step: the other end said that coming back soon is no use.
    void discourage() { step_ = kLongest; }

  private:
    std::function<double()> random_;
    std::chrono::milliseconds step_ = kFirst;
};

}  // namespace reticle::probe
