#include "probe/processes/stat_line.h"

#include <array>

#include "probe/os/proc_fs.h"

namespace reticle::probe {

namespace {

constexpr std::uint64_t kKernelThreadFlag = 0x00200000;  // PF_KTHREAD, include/linux/sched.h

// Fields are counted as in proc(5), where the state is the third.
constexpr std::size_t kPpid = 4;
constexpr std::size_t kFlags = 9;
constexpr std::size_t kUserTicks = 14;
constexpr std::size_t kSystemTicks = 15;
constexpr std::size_t kThreads = 20;
constexpr std::size_t kStart = 22;
constexpr std::size_t kRss = 24;
constexpr std::size_t kStackStart = 28;
constexpr std::size_t kFirst = kPpid;
constexpr std::size_t kLast = kStackStart;

/// Reads numbers, of which only fields we do not use may be negative.
bool read_numbers(std::string_view text, std::array<std::uint64_t, kLast + 1>& fields) {
    for (std::size_t field = kFirst; field <= kLast; ++field) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        if (text.starts_with('-')) text.remove_prefix(1);
        const auto number = os::take_number(text);
        if (!number) return false;
        fields[field] = *number;
    }
    return true;
}

}  // namespace

std::optional<StatLine> parse_stat(std::string_view text) {
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    if (close + 3 >= text.size()) return std::nullopt;

    StatLine line;
    line.name = text.substr(open + 1, close - open - 1);
    line.state = text[close + 2];
    std::array<std::uint64_t, kLast + 1> fields{};
    if (!read_numbers(text.substr(close + 3), fields)) return std::nullopt;
    line.ppid = static_cast<pid_t>(fields[kPpid]);
    line.kernel_thread = (fields[kFlags] & kKernelThreadFlag) != 0;
    line.cpu_ticks = fields[kUserTicks] + fields[kSystemTicks];
    line.threads = static_cast<std::uint32_t>(fields[kThreads]);
    line.start_ticks = fields[kStart];
    line.rss_pages = fields[kRss];
    line.stack_start = fields[kStackStart];
    return line;
}

}  // namespace reticle::probe
