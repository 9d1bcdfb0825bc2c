#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reticle::probe {

/// CPU time of the whole machine since boot, in ticks.
struct MachineTime {
    std::uint64_t total = 0;
    std::uint64_t idle = 0;  ///< idle and waiting for input or output
    std::uint32_t cpus = 0;
};

/// Reads /proc/stat (proc(5)): the machine's line, and how many processors have one.
std::optional<MachineTime> parse_machine_time(std::string_view text);
/// How busy all processors were between two readings, 0..100.
double cpu_usage_percent(const MachineTime& before, const MachineTime& after);

/// Memory in bytes.
struct MachineMemory {
    std::uint64_t total = 0;
    std::uint64_t available = 0;  ///< what could be had without swapping
};

/// Reads /proc/meminfo.
std::optional<MachineMemory> parse_memory(std::string_view text);

/// Reads the three averages of /proc/loadavg.
std::optional<std::array<double, 3>> parse_load(std::string_view text);

/// The pretty name of an os-release file (os-release(5)): "Debian GNU/Linux 12 (bookworm)"; empty if it has
/// none.
std::string parse_os_name(std::string_view text);

}  // namespace reticle::probe
