#include "probe/processes/processes.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace reticle::probe {

using report::Key;
using report::Value;

namespace {

constexpr double kOneCore = 100;

Value text(const report::Text& value) {
    return value.empty() ? Value{} : Value::string(value);
}

Value number(std::uint64_t value) {
    return Value::integer(static_cast<std::int64_t>(value));
}

/// Only states that last are worth saying; running and sleeping alternate faster than anyone looks.
Value lasting_state(char state) {
    switch (state) {
        case 'Z':
            return Value::string("zombie");
        case 'T':
            return Value::string("stopped");
        case 't':
            return Value::string("traced");
        default:
            return {};
    }
}

}  // namespace

double cpu_percent(std::uint64_t nanos_before, std::uint64_t nanos_after, MonoTime before, MonoTime after) {
    const auto elapsed = std::chrono::duration<double, std::nano>(after - before).count();
    if (elapsed <= 0 || nanos_after <= nanos_before) return 0;
    return static_cast<double>(nanos_after - nanos_before) / elapsed * 100.0;
}

Processes::Processes(std::shared_ptr<ProcessWatch> watch, std::string_view boot_id,
                     std::chrono::milliseconds interval, std::int64_t (*boot_nanos)())
    : watch_(std::move(watch)),
      boot8_(boot_id.substr(0, 8)),
      interval_(interval),
      boot_nanos_(boot_nanos),
      nanos_per_tick_(1'000'000'000 / ::sysconf(_SC_CLK_TCK)) {}

Result<void> Processes::collect(LocalState& state, Now now) {
    if (auto refreshed = watch_->refresh(now); !refreshed) return refreshed;
    const ProcessTable& table = watch_->table();
    const bool stepped = clock_.update(now.utc, boot_nanos_());
    for (const Process& process : table.rows()) {
        if (process.changed > looked_) {
            state_process(state, process, now);
            continue;
        }
        const auto at = stated_.find(process.pid);
        if (at == stated_.end()) continue;
        if (stepped) state.set(at->second.key, Key::start_time, start_time(process));
        if (at->second.busy) state_idle(state, at->second, process, now);
    }
    if (table.membership_changed() > looked_) end_absent(state);
    looked_ = table.generation();
    collected_ = now.mono;
    return {};
}

void Processes::state_process(LocalState& state, const Process& process, Now now) {
    Stated& stated = stated_[process.pid];
    if (stated.key.none() || stated.start_ticks != process.start_ticks) {
        if (!stated.key.none()) state.ended(stated.key);
        stated = {};
        stated.start_ticks = process.start_ticks;
        stated.key = process_key(boot8_, process.pid, process.start_ticks);
        stated.cpu_nanos = process.cpu_nanos;
        stated.sampled = now.mono;
        state.set(stated.key, Key::pid, Value::integer(process.pid));
    }
    state.set(stated.key, Key::start_time, start_time(process));
    state_facts(state, stated.key, process);
    state_samples(state, stated, process, now);
}

void Processes::state_facts(LocalState& state, const report::NodeKey& key, const Process& process) const {
    state.set(key, Key::ppid, Value::integer(process.ppid));
    state.set(key, Key::name, text(process.name));
    state.set(key, Key::cmdline, text(process.cmdline));
    state.set(key, Key::exe, text(process.exe));
    state.set(key, Key::user, text(process.user));
    state.set(key, Key::uid, number(process.uid));
    state.set(key, Key::threads, number(process.threads));
    state.set(key, Key::cgroup, text(process.cgroup));
    state.set(key, Key::state, lasting_state(process.state));
    if (process.netns != 0) state.set(key, Key::netns, number(process.netns));
    if (process.open_files_limit != 0)
        state.set(key, Key::open_files_limit, number(process.open_files_limit));
    if (process.kernel_thread) state.set(key, Key::kernel_thread, Value::boolean(true));
}

void Processes::state_samples(LocalState& state, Stated& stated, const Process& process, Now now) {
    // Whoever was not stated at the last look did not run before it.
    const MonoTime since = std::max(stated.sampled, collected_);
    const double cpu = cpu_percent(stated.cpu_nanos, process.cpu_nanos, since, now.mono);
    stated.cpu_nanos = process.cpu_nanos;
    stated.sampled = now.mono;
    stated.busy = cpu > 0;
    state.metric(stated.key, Key::process_cpu_usage_percent, cpu, kOneCore, now);
    if (process.kernel_thread) return;
    state.metric(stated.key, Key::process_memory_usage_bytes, static_cast<double>(process.rss_bytes), 0, now);
    if (stated.files_counted != MonoTime{} && now.mono - stated.files_counted < kOpenFilesPace) return;
    stated.files_counted = now.mono;
    if (const auto files = watch_->proc().open_files(process.pid))
        state.metric(stated.key, Key::open_files_count, static_cast<double>(*files),
                     static_cast<double>(process.open_files_limit), now);
}

void Processes::state_idle(LocalState& state, Stated& stated, const Process& process, Now now) {
    stated.cpu_nanos = process.cpu_nanos;
    stated.sampled = now.mono;
    stated.busy = false;
    state.metric(stated.key, Key::process_cpu_usage_percent, 0, kOneCore, now);
}

void Processes::end_absent(LocalState& state) {
    std::erase_if(stated_, [&](const auto& entry) {
        const auto& [pid, stated] = entry;
        const Process* process = watch_->table().find(pid);
        if (process != nullptr && process->start_ticks == stated.start_ticks) return false;
        state.ended(stated.key);
        return true;
    });
}

Value Processes::start_time(const Process& process) const {
    return Value::time(clock_.utc(static_cast<std::int64_t>(process.start_ticks) * nanos_per_tick_));
}

std::string Processes::status() const {
    std::string line =
        std::to_string(watch_->table().rows().size()) + " processes in " + watch_->proc().root();
    if (!watch_->proc().own_pids())
        line += "; its pids are not ours, so every process's stat file is read at each look";
    return line;
}

}  // namespace reticle::probe
