#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace reticle::app {

/// A sum of samples that gives the same value in whatever order they were added and taken away again: whole
/// part and millionths are summed apart, as integers. Samples beyond 2^53 are cut to it, NaN counts as 0.
class ExactSum {
  public:
    void add(double sample) {
        const Parts parts = split(sample);
        whole_ += parts.whole;
        millionths_ += parts.millionths;
        ++count_;
    }
    /// Precondition: the same sample was added before.
    void remove(double sample) {
        const Parts parts = split(sample);
        whole_ -= parts.whole;
        millionths_ -= parts.millionths;
        --count_;
    }
    /// How many samples are in the sum; without any there is no value to show.
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double value() const {
        return static_cast<double>(static_cast<std::int64_t>(whole_)) +
               static_cast<double>(static_cast<std::int64_t>(millionths_)) / kMillion;
    }

  private:
    static constexpr double kMillion = 1e6;
    static constexpr double kLargest = 9007199254740992.0;
    struct Parts {
        std::uint64_t whole, millionths;
    };
    static Parts split(double sample) {
        if (std::isnan(sample)) return {0, 0};
        const double cut = std::clamp(sample, -kLargest, kLargest);
        const double whole = std::floor(cut);
        return {static_cast<std::uint64_t>(static_cast<std::int64_t>(whole)),
                static_cast<std::uint64_t>(std::llround((cut - whole) * kMillion))};
    }

    // Unsigned, so that a sum no machine could mean wraps and comes back instead of being undefined.
    std::uint64_t whole_ = 0;
    std::uint64_t millionths_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace reticle::app
