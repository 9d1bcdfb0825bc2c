#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "probe/os/proc_fs.h"
#include "probe/processes/process_reader.h"
#include "probe/processes/process_table.h"
#include "probe/processes/users.h"
#include "report/base/result.h"
#include "report/base/time.h"

namespace reticle::probe {

/// Keeps the table of processes true by looking at /proc, reading only what moved: a process whose CPU clock
/// stands still did nothing since the last look, and no pid is new if the kernel gave none out. Shared by the
/// sources that need to know which processes there are; each refresh() within kFresh of the last is free.
class ProcessWatch {
  public:
    static constexpr std::chrono::milliseconds kFresh{250};
    /// The whole of /proc is listed this often, whatever the quick signs say.
    static constexpr std::chrono::seconds kFullScan{10};
    /// How often facts that change without exec are read again, of processes that run.
    static constexpr std::chrono::seconds kSlowFacts{5};

    ProcessWatch(std::string proc_root, std::string passwd_path, Redact redact);

    /// Brings the table up to date. Fails only if /proc cannot be listed at all.
    Result<void> refresh(Now now);
    /// The same, however fresh the table is: for who must know what ran until now.
    Result<void> refresh_again(Now now);

    [[nodiscard]] const ProcessTable& table() const { return table_; }
    [[nodiscard]] const os::ProcFs& proc() const { return proc_; }

  private:
    void look_at_known();
    void look_at(const Process& known);
    [[nodiscard]] Process with_clock(Process process) const;
    [[nodiscard]] bool kernel_gave_no_pids();
    Result<void> scan();
    void read_slow_facts(Now now);

    os::ProcFs proc_;
    Users users_;
    ProcessReader reader_;
    ProcessTable table_;
    bool ever_ = false;
    MonoTime refreshed_{};
    MonoTime scanned_{};
    std::uint64_t slow_generation_ = 0;
    MonoTime slow_read_{};
    std::string last_pid_;  // as /proc/loadavg said
    std::string buffer_;
    std::vector<pid_t> pids_;
    std::vector<ProcessEvent> news_;  // of the refresh under way
};

}  // namespace reticle::probe
