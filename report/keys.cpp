#include "report/keys.h"

#include <algorithm>
#include <array>

namespace reticle::report {
namespace {

constexpr KeyInfo attribute(Key key, std::string_view name, std::string_view label, std::string_view format) {
    return {key, name, label, format, KeyRole::attribute, Key::none};
}

constexpr KeyInfo metric(Key key, std::string_view name, std::string_view label, std::string_view format,
                         Key capacity = Key::none) {
    return {key, name, label, format, KeyRole::metric, capacity};
}

/// Sorted by number.
constexpr std::array kKeys = {
    attribute(Key::host_name, "host_name", "Host name", ""),
    attribute(Key::os, "os", "OS", ""),
    attribute(Key::kernel_version, "kernel_version", "Kernel version", ""),
    attribute(Key::boot_time, "boot_time", "Booted", "time"),
    attribute(Key::local_networks, "local_networks", "Local networks", "list"),
    attribute(Key::host_cpu_count, "host_cpu_count", "CPUs", "integer"),
    attribute(Key::host_memory_total_bytes, "host_memory_total_bytes", "Total memory", "bytes"),
    metric(Key::host_cpu_usage_percent, "host_cpu_usage_percent", "CPU", "percent"),
    metric(Key::host_mem_usage_bytes, "host_mem_usage_bytes", "Memory", "bytes",
           Key::host_memory_total_bytes),
    metric(Key::load1, "load1", "Load (1m)", "number"),
    metric(Key::load5, "load5", "Load (5m)", "number"),
    metric(Key::load15, "load15", "Load (15m)", "number"),
    attribute(Key::probe_version, "probe_version", "Probe version", ""),
    attribute(Key::machine_arch, "machine_arch", "Architecture", ""),
    attribute(Key::cluster, "cluster", "Cluster", ""),
    attribute(Key::connections_source, "connections_source", "Connections read from", ""),
    attribute(Key::probe_lost_events, "probe_lost_events", "Events the probe lost", "integer"),
    metric(Key::probe_cpu_percent, "probe_cpu_percent", "Probe CPU", "percent"),
    metric(Key::probe_memory_bytes, "probe_memory_bytes", "Probe memory", "bytes"),
    attribute(Key::boot_id, "boot_id", "Boot ID", ""),
    attribute(Key::interfaces, "interfaces", "Interfaces", "list"),
    attribute(Key::addresses, "addresses", "Addresses", "list"),
    attribute(Key::private_networks, "private_networks", "Private networks", "list"),
    attribute(Key::pid, "pid", "PID", "number"),
    attribute(Key::ppid, "ppid", "Parent PID", "number"),
    attribute(Key::name, "name", "Name", ""),
    attribute(Key::cmdline, "cmdline", "Command", ""),
    attribute(Key::exe, "exe", "Executable", ""),
    attribute(Key::user, "user", "User", ""),
    attribute(Key::uid, "uid", "User ID", "number"),
    attribute(Key::threads, "threads", "# Threads", "number"),
    attribute(Key::start_time, "start_time", "Started", "time"),
    attribute(Key::cgroup, "cgroup", "Control group", ""),
    attribute(Key::netns, "netns", "Network namespace", "number"),
    metric(Key::process_cpu_usage_percent, "process_cpu_usage_percent", "CPU", "percent"),
    metric(Key::process_memory_usage_bytes, "process_memory_usage_bytes", "Memory", "bytes"),
    metric(Key::open_files_count, "open_files_count", "Open files", "integer", Key::open_files_limit),
    attribute(Key::open_files_limit, "open_files_limit", "Open files limit", "integer"),
    attribute(Key::kernel_thread, "kernel_thread", "Kernel thread", ""),
    attribute(Key::state, "state", "State", ""),
    attribute(Key::docker_container_id, "docker_container_id", "Container ID", ""),
    attribute(Key::host_node_id, "host_node_id", "Host ID", ""),
};
static_assert(std::ranges::is_sorted(kKeys, {}, &KeyInfo::key));

}  // namespace

const KeyInfo* key_info(Key key) {
    const auto found = std::ranges::lower_bound(kKeys, key, {}, &KeyInfo::key);
    return found != kKeys.end() && found->key == key ? &*found : nullptr;
}

std::optional<Key> key_named(std::string_view name) {
    const auto found = std::ranges::find(kKeys, name, &KeyInfo::name);
    if (found == kKeys.end()) return std::nullopt;
    return found->key;
}

std::string_view key_name(Key key) {
    const KeyInfo* info = key_info(key);
    return info == nullptr ? std::string_view() : info->name;
}

}  // namespace reticle::report
