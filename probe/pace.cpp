#include "probe/pace.h"

#include <fmt/format.h>

namespace reticle::probe {

Pace::Pace(std::vector<Member> members, double budget_percent)
    : members_(std::move(members)), factors_(members_.size(), 1), budget_percent_(budget_percent) {}

std::chrono::milliseconds Pace::interval(std::size_t member) const {
    return members_[member].interval * factors_[member];
}

std::string Pace::judge(MonoTime now, std::chrono::nanoseconds cpu_used) {
    if (windows_ >= 0 && now - window_begin_ < kWindow) return {};
    const std::chrono::duration<double> wall = now - window_begin_;
    const std::chrono::duration<double> cpu = cpu_used - window_cpu_;
    window_begin_ = now;
    window_cpu_ = cpu_used;
    if (++windows_ == 0) return {};
    used_percent_ = 100 * cpu.count() / wall.count();
    if (windows_ == 1) return {};  // it holds the expensive first look
    if (used_percent_ > budget_percent_) return slow_down();
    // A step back at most doubles the use: it is taken only when that would still fit.
    if (used_percent_ < budget_percent_ / 2) return speed_up();
    return {};
}

std::string Pace::slow_down() {
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (factors_[i] >= kSlowest) continue;
        factors_[i] *= 2;
        return sentence(i);
    }
    return {};
}

std::string Pace::speed_up() {
    for (std::size_t i = members_.size(); i-- > 0;) {
        if (factors_[i] == 1) continue;
        factors_[i] /= 2;
        return sentence(i);
    }
    return {};
}

std::string Pace::sentence(std::size_t member) const {
    const double seconds = std::chrono::duration<double>(interval(member)).count();
    return fmt::format(
        "{} are looked at every {:g} s now: the probe used {:.2f} % of a core, its budget is {:g} % "
        "(--cpu-budget)",
        members_[member].name, seconds, used_percent_, budget_percent_);
}

}  // namespace reticle::probe
