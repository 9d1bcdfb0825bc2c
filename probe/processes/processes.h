#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "probe/os/clocks.h"
#include "probe/processes/process_watch.h"
#include "probe/source.h"

namespace reticle::probe {

/// The source `processes`: every process that /proc shows us (our pid namespace), one node an incarnation.
class Processes final : public Source {
  public:
    /// `boot_id` is the kernel's; `watch` may be shared with other sources; `boot_nanos` is a parameter for
    /// tests.
    Processes(std::shared_ptr<ProcessWatch> watch, std::string_view boot_id,
              std::chrono::milliseconds interval, std::int64_t (*boot_nanos)() = os::boot_nanos);

    [[nodiscard]] std::string_view name() const override { return "processes"; }
    [[nodiscard]] std::chrono::milliseconds interval() const override { return interval_; }
    Result<void> collect(LocalState& state, Now now) override;
    [[nodiscard]] std::uint64_t losses() const override { return 0; }
    [[nodiscard]] std::string status() const override;

    /// Open files are counted at most this often for one process.
    static constexpr std::chrono::seconds kOpenFilesPace{5};

  private:
    /// What was stated of a process last.
    struct Stated {
        std::uint64_t start_ticks = 0;
        report::NodeKey key;
        std::uint64_t cpu_nanos = 0;
        MonoTime sampled{};
        MonoTime files_counted{};
        bool busy = false;  // its CPU metric is above zero
    };

    void state_process(LocalState& state, const Process& process, Now now);
    void state_facts(LocalState& state, const report::NodeKey& key, const Process& process) const;
    void state_samples(LocalState& state, Stated& stated, const Process& process, Now now);
    void state_idle(LocalState& state, Stated& stated, const Process& process, Now now);
    void end_absent(LocalState& state);
    [[nodiscard]] report::Value start_time(const Process& process) const;

    std::shared_ptr<ProcessWatch> watch_;
    std::string boot8_;
    std::chrono::milliseconds interval_;
    std::int64_t (*boot_nanos_)();
    os::BootClock clock_;
    std::int64_t nanos_per_tick_;
    std::uint64_t looked_ = 0;  // generation of the table at the last collect()
    MonoTime collected_{};      // when that was
    std::unordered_map<pid_t, Stated> stated_;
};

/// CPU use between two readings of a process's CPU clock, in percent of one core; 0 if no time went by.
double cpu_percent(std::uint64_t nanos_before, std::uint64_t nanos_after, MonoTime before, MonoTime after);

}  // namespace reticle::probe
