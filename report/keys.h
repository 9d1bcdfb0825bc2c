#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reticle::report {

/// The known attribute and metric keys. Numbers are wire format: never reuse or renumber, only append.
/// Names follow Weave Scope's where it has one; new ones carry the unit. Free-form keys are Labels.
enum class Key : std::uint16_t {
    none = 0,
    // hosts
    host_name = 1,
    os = 2,
    kernel_version = 3,
    boot_time = 4,       ///< time; uptime is derived from it
    local_networks = 5,  ///< list of "address/prefix" of every interface of the host's own namespace
    host_cpu_count = 6,
    host_memory_total_bytes = 7,  ///< capacity of host_mem_usage_bytes
    host_cpu_usage_percent = 8,   ///< metric, 0..100 of the whole machine
    host_mem_usage_bytes = 9,     ///< metric
    load1 = 10,                   ///< metric
    load5 = 11,                   ///< metric
    load15 = 12,                  ///< metric
    probe_version = 13,
    machine_arch = 14,
    cluster = 15,
    connections_source = 16,  ///< which rung of the fallback ladder reads connections, in one sentence
    probe_lost_events = 17,   ///< integer: everything the probe knows it missed, summed
    probe_cpu_percent = 18,   ///< metric: the probe's own, percent of one core
    probe_memory_bytes = 19,  ///< metric: the probe's own resident set
    boot_id = 20,
    interfaces = 21,  ///< list of "name address/prefix"
    // network namespaces (topology network_namespace)
    addresses = 30,         ///< list of "address/prefix" owned by interfaces in the namespace
    private_networks = 31,  ///< list of "network/prefix" that exist only on this host (container bridges)
    // processes
    pid = 40,
    ppid = 41,
    name = 42,
    cmdline = 43,
    exe = 44,
    user = 45,
    uid = 46,
    threads = 47,
    start_time = 48,  ///< time
    cgroup = 49,
    netns = 50,                       ///< integer: the namespace number that flows carry
    process_cpu_usage_percent = 51,   ///< metric: percent of one core
    process_memory_usage_bytes = 52,  ///< metric: resident set
    open_files_count = 53,            ///< metric
    open_files_limit = 54,            ///< capacity of open_files_count
    kernel_thread = 55,               ///< bool
    state = 56,
    // shared vocabulary of later topologies and of imported reports
    docker_container_id = 70,
    host_node_id = 71,
};

/// How a value is shown and whether it is a metric, an attribute, or the capacity of a metric.
enum class KeyRole : std::uint8_t { attribute, metric };

/// What a program needs to know to store and to show a key.
struct KeyInfo {
    Key key;
    std::string_view name;    ///< as in JSON
    std::string_view label;   ///< for people: "Open files"
    std::string_view format;  ///< "", "number", "integer", "percent", "bytes", "time", "list"
    KeyRole role;
    Key capacity;  ///< for metrics: the attribute that holds the capacity, or none
};

/// The entry of a known key; `Key::none` and numbers this build does not know give nullptr.
const KeyInfo* key_info(Key key);

/// The key of that JSON name, if it is a known one.
std::optional<Key> key_named(std::string_view name);

/// The JSON name of a key; empty for unknown numbers.
std::string_view key_name(Key key);

}  // namespace reticle::report
