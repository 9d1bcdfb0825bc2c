#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace reticle::probe {

/// What we use of /proc/<pid>/stat (proc(5)). Views live as long as the text parsed.
struct StatLine {
    std::string_view name;  ///< may hold spaces, brackets and newlines
    char state = '?';
    pid_t ppid = 0;
    bool kernel_thread = false;
    std::uint64_t cpu_ticks = 0;  ///< user and system
    std::uint32_t threads = 0;
    std::uint64_t start_ticks = 0;  ///< since boot
    std::uint64_t rss_pages = 0;
    /// Where the stack begins: drawn anew with each exec, so a change tells of one. 0 or 1 where we may not
    /// know.
    std::uint64_t stack_start = 0;
};

/// Parses one stat file: the name ends at the *last* closing bracket. Nothing if the text is not one.
std::optional<StatLine> parse_stat(std::string_view text);

}  // namespace reticle::probe
