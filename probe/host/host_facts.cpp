#include "probe/host/host_facts.h"

#include <algorithm>
#include <charconv>

#include "probe/os/proc_fs.h"

namespace reticle::probe {

namespace {

constexpr std::uint64_t kKibi = 1024;

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::optional<std::uint64_t> kibibytes(std::string_view text, std::string_view key) {
    std::string_view field = os::field_of(text, key);
    const auto number = os::take_number(field);
    return number ? std::optional(*number * kKibi) : std::nullopt;
}

/// What is between quotes, with the escapes of a shell taken out.
std::string unquoted(std::string_view value) {
    if (value.size() < 2 || (value.front() != '"' && value.front() != '\'') || value.back() != value.front())
        return std::string(value);
    value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == '\\' && at + 1 < value.size()) ++at;
        out.push_back(value[at]);
    }
    return out;
}

}  // namespace

std::optional<MachineTime> parse_machine_time(std::string_view text) {
    std::string_view line = take_line(text);
    if (!line.starts_with("cpu ")) return std::nullopt;
    line.remove_prefix(4);
    // user nice system idle iowait irq softirq steal; guest time after them is part of user's.
    constexpr std::size_t kFields = 8;
    std::array<std::uint64_t, kFields> ticks{};
    for (std::size_t field = 0; field < kFields; ++field) {
        const auto number = os::take_number(line);
        if (!number && field < 4) return std::nullopt;
        ticks[field] = number.value_or(0);
    }
    MachineTime time;
    for (const std::uint64_t part : ticks) time.total += part;
    time.idle = ticks[3] + ticks[4];
    while (text.starts_with("cpu")) {
        take_line(text);
        ++time.cpus;
    }
    return time;
}

double cpu_usage_percent(const MachineTime& before, const MachineTime& after) {
    // Idle time may fall a little (proc(5)), and all of it when processors are taken away.
    if (after.total <= before.total) return 0;
    const double total = static_cast<double>(after.total - before.total);
    const double idle = after.idle > before.idle ? static_cast<double>(after.idle - before.idle) : 0;
    return std::clamp((total - idle) / total * 100, 0.0, 100.0);
}

std::optional<MachineMemory> parse_memory(std::string_view text) {
    const auto total = kibibytes(text, "MemTotal");
    const auto available = kibibytes(text, "MemAvailable");
    if (!total || !available) return std::nullopt;
    return MachineMemory{*total, std::min(*available, *total)};
}

std::optional<std::array<double, 3>> parse_load(std::string_view text) {
    std::array<double, 3> load{};
    for (double& average : load) {
        while (text.starts_with(' ')) text.remove_prefix(1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), average);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return load;
}

std::string parse_os_name(std::string_view text) {
    std::string name;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = line.substr(0, equals);
        if (key == "PRETTY_NAME") return unquoted(line.substr(equals + 1));
        if (key == "NAME") name = unquoted(line.substr(equals + 1));
    }
    return name;
}

}  // namespace reticle::probe
