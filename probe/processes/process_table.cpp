#include "probe/processes/process_table.h"

#include <algorithm>
#include <utility>

namespace reticle::probe {

namespace {

template <class Rows>
auto place_of(Rows& rows, pid_t pid) {
    return std::lower_bound(rows.begin(), rows.end(), pid,
                            [](const Process& row, pid_t wanted) { return row.pid < wanted; });
}

}  // namespace

bool Process::same_facts(const Process& o) const {
    return pid == o.pid && start_ticks == o.start_ticks && name == o.name && cmdline == o.cmdline &&
           exe == o.exe && user == o.user && cgroup == o.cgroup && netns == o.netns &&
           open_files_limit == o.open_files_limit && stack_start == o.stack_start && uid == o.uid &&
           kernel_thread == o.kernel_thread && ppid == o.ppid && threads == o.threads && state == o.state &&
           cpu_nanos == o.cpu_nanos && rss_bytes == o.rss_bytes;
}

void ProcessTable::stamp(Process& process, const Process* before) {
    const bool same_incarnation = before != nullptr && before->start_ticks == process.start_ticks;
    if (!same_incarnation) membership_changed_ = generation_;
    process.changed = same_incarnation && process.same_facts(*before) ? before->changed : generation_;
}

void ProcessTable::apply(const ProcessEvent& event) {
    const auto at = place_of(rows_, event.process.pid);
    const bool known = at != rows_.end() && at->pid == event.process.pid;
    if (event.kind == ProcessEvent::Kind::exited) {
        if (!known || at->start_ticks != event.process.start_ticks) return;
        rows_.erase(at);
        membership_changed_ = generation_;
        return;
    }
    // A late word of the pid's former owner must not push out the present one.
    if (known && event.process.start_ticks < at->start_ticks) return;
    Process row = event.process;
    stamp(row, known ? &*at : nullptr);
    if (known) {
        *at = std::move(row);
    } else {
        rows_.insert(at, std::move(row));
    }
}

void ProcessTable::reconcile(std::vector<Process> sweep) {
    std::sort(sweep.begin(), sweep.end(), [](const Process& a, const Process& b) { return a.pid < b.pid; });
    for (Process& row : sweep) stamp(row, find(row.pid));
    if (sweep.size() != rows_.size()) membership_changed_ = generation_;
    rows_ = std::move(sweep);
}

const Process* ProcessTable::find(pid_t pid) const {
    const auto at = place_of(rows_, pid);
    return at != rows_.end() && at->pid == pid ? &*at : nullptr;
}

report::NodeKey process_key(std::string_view boot8, pid_t pid, std::uint64_t start_ticks) {
    std::string id(boot8);
    id.append(";").append(std::to_string(pid)).append(";").append(std::to_string(start_ticks));
    return {report::Topology::process, id};
}

}  // namespace reticle::probe
