#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/node.h"
#include "report/value.h"

namespace reticle::probe {

/// One incarnation of a process as last seen.
struct Process {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;  ///< since boot; with the pid, the incarnation

    // What is read at birth and after an exec.
    report::Text name;  ///< "[name]" for kernel threads
    report::Text cmdline;
    report::Text exe;
    report::Text user;
    report::Text cgroup;
    std::uint64_t netns = 0;             ///< inode of the network namespace; 0 = unknown
    std::uint64_t open_files_limit = 0;  ///< 0 = unknown or unlimited
    std::uint64_t stack_start = 0;
    std::uint32_t uid = 0;
    bool kernel_thread = false;

    // What moves while it runs.
    pid_t ppid = 0;
    std::uint32_t threads = 0;
    char state = '?';
    std::uint64_t cpu_nanos = 0;  ///< used since birth
    std::uint64_t rss_bytes = 0;

    /// The value of ProcessTable::generation() when anything of it last changed; that it ran is a change.
    std::uint64_t changed = 0;

    /// Equal facts, whenever they were seen.
    [[nodiscard]] bool same_facts(const Process& other) const;
};

/// News of one process, as it happens.
struct ProcessEvent {
    enum class Kind { seen, exited };
    Kind kind = Kind::seen;
    Process process;  ///< of `exited` only pid and start_ticks count
};

/// The processes of this host by pid. Two verbs: apply() is fast and may miss things, reconcile() is slow and
/// true. After reconcile(s) the table holds exactly s, whatever was applied before.
class ProcessTable {
  public:
    void apply(const ProcessEvent& event);
    void reconcile(std::vector<Process> sweep);

    /// Sorted by pid.
    [[nodiscard]] const std::vector<Process>& rows() const { return rows_; }
    [[nodiscard]] const Process* find(pid_t pid) const;
    /// Rises by begin_refresh(); a row changed at or after it carries it.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }
    /// The generation in which a process was last born or ended.
    [[nodiscard]] std::uint64_t membership_changed() const { return membership_changed_; }
    void begin_refresh() { ++generation_; }

  private:
    void stamp(Process& process, const Process* before);

    std::vector<Process> rows_;
    std::uint64_t generation_ = 1;
    std::uint64_t membership_changed_ = 0;
};

/// The key of an incarnation's node; `boot8` is the first eight digits of the boot id.
report::NodeKey process_key(std::string_view boot8, pid_t pid, std::uint64_t start_ticks);

}  // namespace reticle::probe
