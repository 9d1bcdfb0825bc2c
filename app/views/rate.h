#pragma once

#include <cstdint>

#include "report/base/time.h"

namespace reticle::app {

/// What moved between two samples of a rising counter; 0 when it fell, which is a restart and not traffic.
constexpr std::uint64_t increase(std::uint64_t before, std::uint64_t after) {
    return after > before ? after - before : 0;
}

/// The rates of an edge, from what its counters gained between ticks. Probes sample sockets every few
/// seconds, so a rate is held until the next sample is overdue, and a gain after a long silence is taken to
/// be of the last sampling period, not of an instant.
class EdgeRate {
  public:
    /// Notes what one conversation gained since it was last looked at.
    void gain(std::uint64_t sent, std::uint64_t received, std::uint64_t opened) {
        sent_ += sent;
        received_ += received;
        opened_ += opened;
    }
    [[nodiscard]] bool gained() const { return (sent_ | received_ | opened_) != 0; }

    /// What an edge shows, per second.
    struct Shown {
        double sent = 0, received = 0, opened = 0;
        friend bool operator==(const Shown&, const Shown&) = default;
    };
    /// The rates at `now`; starts the next period when something was gained.
    Shown tick(MonoTime now);
    /// Whether ticks may still change what is shown.
    [[nodiscard]] bool active() const { return gained() || shown_ != Shown{}; }

  private:
    std::uint64_t sent_ = 0, received_ = 0, opened_ = 0;
    Shown shown_;
    MonoTime sampled_;   ///< the tick that last saw a gain
    double period_ = 0;  ///< seconds that the shown rates stand for
    bool sampled_before_ = false;
};

}  // namespace reticle::app
