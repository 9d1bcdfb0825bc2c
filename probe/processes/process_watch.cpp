#include "probe/processes/process_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "probe/os/clocks.h"

namespace reticle::probe {

ProcessWatch::ProcessWatch(std::string proc_root, std::string passwd_path, Redact redact)
    : proc_(std::move(proc_root)),
      users_(std::move(passwd_path)),
      reader_(proc_, users_, std::move(redact)) {}

Result<void> ProcessWatch::refresh(Now now) {
    if (ever_ && now.mono - refreshed_ < kFresh) return {};
    return refresh_again(now);
}

Result<void> ProcessWatch::refresh_again(Now now) {
    table_.begin_refresh();
    const bool full = !ever_ || now.mono - scanned_ >= kFullScan;
    const bool births = !kernel_gave_no_pids();
    if (full || births) {
        // Listing /proc tells of deaths too.
        if (auto scanned = scan(); !scanned) return scanned;
        scanned_ = now.mono;
    } else {
        look_at_known();
    }
    if (!ever_) slow_read_ = now.mono;
    ever_ = true;
    refreshed_ = now.mono;
    read_slow_facts(now);
    return {};
}

/// The last word of /proc/loadavg is the pid given out last in our pid namespace (fs/proc/loadavg.c).
bool ProcessWatch::kernel_gave_no_pids() {
    if (!proc_.own_pids() || !proc_.read("loadavg", buffer_)) return false;
    const auto space = buffer_.rfind(' ');
    if (space == std::string::npos) return false;
    const std::string_view last = std::string_view(buffer_).substr(space);
    if (last == last_pid_) return true;
    last_pid_ = last;
    return false;
}

void ProcessWatch::look_at_known() {
    news_.clear();
    for (const Process& known : table_.rows()) look_at(known);
    for (const ProcessEvent& event : news_) table_.apply(event);
}

/// Notes what is new of a process: nothing, if its CPU clock stands still.
void ProcessWatch::look_at(const Process& known) {
    if (proc_.own_pids()) {
        const auto used = os::process_cpu_nanos(known.pid);
        if (used && *used == known.cpu_nanos) return;
        if (!used) {
            news_.push_back({ProcessEvent::Kind::exited, known});
            return;
        }
    }
    auto process = reader_.read_again(known);
    if (!process) {
        news_.push_back({ProcessEvent::Kind::exited, known});
        return;
    }
    news_.push_back({ProcessEvent::Kind::seen, with_clock(std::move(*process))});
}

/// The CPU clock counts nanoseconds where the stat file counts hundredths of a second.
Process ProcessWatch::with_clock(Process process) const {
    if (!proc_.own_pids()) return process;
    if (const auto used = os::process_cpu_nanos(process.pid)) process.cpu_nanos = *used;
    return process;
}

Result<void> ProcessWatch::scan() {
    if (!proc_.pids(pids_)) return fail(Errc::unavailable, "cannot list the processes in " + proc_.root());
    std::sort(pids_.begin(), pids_.end());
    news_.clear();
    std::vector<Process> sweep;
    sweep.reserve(pids_.size());
    for (const pid_t pid : pids_) {
        const Process* known = table_.find(pid);
        if (known == nullptr) {
            if (auto process = reader_.read(pid)) sweep.push_back(with_clock(std::move(*process)));
            continue;
        }
        const std::size_t before = news_.size();
        look_at(*known);
        if (news_.size() == before) {
            sweep.push_back(*known);
        } else if (news_.back().kind == ProcessEvent::Kind::seen) {
            sweep.push_back(std::move(news_.back().process));
        }
    }
    table_.reconcile(std::move(sweep));
    return {};
}

void ProcessWatch::read_slow_facts(Now now) {
    if (now.mono - slow_read_ < kSlowFacts) return;
    users_.refresh();
    news_.clear();
    for (const Process& row : table_.rows()) {
        if (row.changed < slow_generation_ || row.kernel_thread) continue;
        Process process = row;
        reader_.read_slow_facts(process);
        news_.push_back({ProcessEvent::Kind::seen, std::move(process)});
    }
    for (const ProcessEvent& event : news_) table_.apply(event);
    slow_read_ = now.mono;
    slow_generation_ = table_.generation() + 1;
}

}  // namespace reticle::probe
