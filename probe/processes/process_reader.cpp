#include "probe/processes/process_reader.h"

#include <unistd.h>

#include <utility>

#include "probe/os/text.h"

namespace reticle::probe {

namespace {

constexpr std::size_t kMaxCommandLine = 4096;
constexpr std::uint64_t kNanosPerSecond = 1'000'000'000;

std::vector<std::string> split_arguments(std::string_view text) {
    while (text.ends_with('\0')) text.remove_suffix(1);
    std::vector<std::string> argv;
    while (!text.empty()) {
        const auto end = std::min(text.find('\0'), text.size());
        argv.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return argv;
}

bool names_controller(std::string_view controllers, std::string_view wanted) {
    while (!controllers.empty()) {
        const auto end = std::min(controllers.find(','), controllers.size());
        if (controllers.substr(0, end) == wanted) return true;
        controllers.remove_prefix(std::min(end + 1, controllers.size()));
    }
    return false;
}

/// The soft limit of the "Max open files" line of /proc/<pid>/limits; 0 if unlimited or not there.
std::uint64_t open_files_limit(std::string_view limits) {
    constexpr std::string_view kLine = "Max open files";
    const auto at = limits.find(kLine);
    if (at == std::string_view::npos) return 0;
    limits.remove_prefix(at + kLine.size());
    return os::take_number(limits).value_or(0);
}

}  // namespace

std::string_view cgroup_of(std::string_view text) {
    std::string_view unified;
    std::string_view legacy;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto first = line.find(':');
        const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos) continue;
        const std::string_view controllers = line.substr(first + 1, second - first - 1);
        const std::string_view path = line.substr(second + 1);
        if (line.starts_with("0::")) unified = path;
        if (names_controller(controllers, "pids") ||
            (legacy.empty() && names_controller(controllers, "memory")))
            legacy = path;
    }
    // On hybrid systems the unified hierarchy is there but holds nobody.
    return unified.empty() || (unified == "/" && !legacy.empty()) ? legacy : unified;
}

ProcessReader::ProcessReader(const os::ProcFs& proc, Users& users, Redact redact)
    : proc_(proc),
      users_(users),
      redact_(std::move(redact)),
      page_bytes_(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))),
      nanos_per_tick_(kNanosPerSecond / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK))) {}

std::optional<StatLine> ProcessReader::stat(pid_t pid) {
    if (!proc_.read(os::ProcPath(pid, "stat").c_str(), buffer_)) return std::nullopt;
    return parse_stat(buffer_);
}

void ProcessReader::take_stat(Process& process, const StatLine& line) const {
    process.start_ticks = line.start_ticks;
    process.stack_start = line.stack_start;
    process.kernel_thread = line.kernel_thread;
    process.ppid = line.ppid;
    process.threads = line.threads;
    process.state = line.state;
    process.cpu_nanos = line.cpu_ticks * nanos_per_tick_;
    process.rss_bytes = line.rss_pages * page_bytes_;
}

std::optional<Process> ProcessReader::read(pid_t pid) {
    const auto line = stat(pid);
    if (!line) return std::nullopt;
    Process process;
    process.pid = pid;
    take_stat(process, *line);
    const std::string name = os::valid_utf8(line->name);
    process.name = process.kernel_thread ? "[" + name + "]" : name;
    read_slow_facts(process);
    if (process.kernel_thread) return process;
    if (proc_.read(os::ProcPath(pid, "limits").c_str(), buffer_))
        process.open_files_limit = open_files_limit(buffer_);
    return process;
}

std::optional<Process> ProcessReader::read_again(const Process& known) {
    const auto line = stat(known.pid);
    if (!line) return std::nullopt;
    Process process = known;
    take_stat(process, *line);
    const bool same_name = known.kernel_thread || known.name.view() == os::valid_utf8(line->name);
    if (line->start_ticks != known.start_ticks || line->stack_start != known.stack_start || !same_name)
        return read(known.pid);
    return process;
}

void ProcessReader::read_slow_facts(Process& process) {
    const pid_t pid = process.pid;
    if (proc_.read(os::ProcPath(pid, "status").c_str(), buffer_)) {
        std::string_view uids = os::field_of(buffer_, "Uid");
        os::take_number(uids);  // the real one; what a process may do is said by the effective one
        process.uid = static_cast<std::uint32_t>(os::take_number(uids).value_or(0));
        process.user = users_.name_of(process.uid);
    }
    process.cgroup = read_cgroup(pid);
    if (process.kernel_thread) return;
    process.cmdline = read_cmdline(pid);
    process.exe = os::valid_utf8(proc_.link(os::ProcPath(pid, "exe").c_str()).value_or(""));
    process.netns = proc_.namespace_inode(os::ProcPath(pid, "ns/net").c_str());
}

report::Text ProcessReader::read_cmdline(pid_t pid) {
    if (!proc_.read(os::ProcPath(pid, "cmdline").c_str(), buffer_, 4 * kMaxCommandLine)) return {};
    std::string line = redact_(split_arguments(buffer_));
    if (line.size() > kMaxCommandLine) line.resize(kMaxCommandLine);
    return os::valid_utf8(line);
}

report::Text ProcessReader::read_cgroup(pid_t pid) {
    if (!proc_.read(os::ProcPath(pid, "cgroup").c_str(), buffer_)) return {};
    return os::valid_utf8(cgroup_of(buffer_));
}

}  // namespace reticle::probe
