#include "app/views/rate.h"

#include <algorithm>

namespace reticle::app {
namespace {

/// The longest time between two samples of a busy socket (design.md section 4, sampling).
constexpr double kLongestPeriod = 5.0;
/// Ticks come about once a second; nothing shorter is a period.
constexpr double kShortestPeriod = 1.0;

}  // namespace

EdgeRate::Shown EdgeRate::tick(MonoTime now) {
    const double silent = std::chrono::duration<double>(now - sampled_).count();
    if (gained()) {
        period_ = sampled_before_ ? std::clamp(silent, kShortestPeriod, kLongestPeriod) : kLongestPeriod;
        shown_ = {static_cast<double>(sent_) / period_, static_cast<double>(received_) / period_,
                  static_cast<double>(opened_) / period_};
        sent_ = received_ = opened_ = 0;
        sampled_ = now;
        sampled_before_ = true;
    } else if (silent > 2 * period_ + kShortestPeriod) {
        shown_ = {};
    }
    return shown_;
}

}  // namespace reticle::app
