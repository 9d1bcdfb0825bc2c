#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "report/base/time.h"

namespace reticle::probe {

/// Keeps the sources within a budget of CPU: while the probe uses more, it slows one source after another in
/// the order given, each by doubling its interval up to kSlowest times; when there is room again it takes
/// that back in the opposite order. Pure: time and use are parameters.
class Pace {
  public:
    static constexpr int kSlowest = 8;
    /// Use is judged over this long, so that one expensive look decides nothing.
    static constexpr std::chrono::seconds kWindow{20};

    struct Member {
        std::string name;
        std::chrono::milliseconds interval;
    };

    /// `members` in the order in which they are slowed; `budget_percent` of one core.
    Pace(std::vector<Member> members, double budget_percent);

    /// Tells the CPU time that the program has used so far. Answers a sentence when the pace changed, else an
    /// empty string. The first window only sets the mark: it holds the expensive first look.
    std::string judge(MonoTime now, std::chrono::nanoseconds cpu_used);

    /// The present interval of a member.
    [[nodiscard]] std::chrono::milliseconds interval(std::size_t member) const;

  private:
    std::string slow_down();
    std::string speed_up();
    [[nodiscard]] std::string sentence(std::size_t member) const;

    std::vector<Member> members_;
    std::vector<int> factors_;
    double budget_percent_;
    double used_percent_ = 0;
    int windows_ = -1;  // whole ones; -1 before the first mark
    MonoTime window_begin_{};
    std::chrono::nanoseconds window_cpu_{};
};

}  // namespace reticle::probe
