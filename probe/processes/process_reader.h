#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "probe/os/proc_fs.h"
#include "probe/processes/process_table.h"
#include "probe/processes/stat_line.h"
#include "probe/processes/users.h"

namespace reticle::probe {

/// Turns a command line into what may leave this host.
using Redact = std::function<std::string(std::vector<std::string> argv)>;

/// Reads processes from /proc. Everything may vanish between two reads; then there simply is no process.
class ProcessReader {
  public:
    /// `proc` and `users` outlive the reader.
    ProcessReader(const os::ProcFs& proc, Users& users, Redact redact);

    /// Everything about a process. Nothing if it is gone.
    std::optional<Process> read(pid_t pid);
    /// What moves while a process runs: reads its stat file only and keeps the rest of `known`, unless the
    /// pid has a new owner or the process called exec: then everything is read. Nothing if it is gone.
    std::optional<Process> read_again(const Process& known);
    /// Reads anew what a process can change without exec: command line, user, cgroup, network namespace.
    void read_slow_facts(Process& process);

  private:
    std::optional<StatLine> stat(pid_t pid);
    void take_stat(Process& process, const StatLine& line) const;
    report::Text read_cmdline(pid_t pid);
    report::Text read_cgroup(pid_t pid);

    const os::ProcFs& proc_;
    Users& users_;
    Redact redact_;
    std::uint64_t page_bytes_;
    std::uint64_t nanos_per_tick_;
    std::string buffer_;
};

/// The control group of a /proc/<pid>/cgroup text: the unified hierarchy's, or on older systems that of the
/// pids or memory controller. Empty for none.
std::string_view cgroup_of(std::string_view text);

}  // namespace reticle::probe
