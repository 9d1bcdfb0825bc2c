#include "probe/host/host.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "probe/os/net_namespace.h"
#include "probe/os/text.h"
#include "probe/processes/processes.h"

namespace reticle::probe {

using report::Key;
using report::Value;

namespace {

std::string first_line(std::string_view text) {
    return os::valid_utf8(text.substr(0, text.find('\n')));
}

report::NodeKey namespace_key(std::uint64_t inode) {
    return {report::Topology::network_namespace, std::to_string(inode)};
}

}  // namespace

std::string read_boot_id(const os::ProcFs& proc) {
    std::string text;
    return proc.read("sys/kernel/random/boot_id", text) ? first_line(text) : std::string();
}

Host::Host(std::shared_ptr<ProcessWatch> watch, Options options)
    : watch_(std::move(watch)), options_(std::move(options)), own_namespace_(own_net_namespace()) {}

bool Host::read(const char* path) {
    return watch_->proc().read(path, buffer_);
}

Result<void> Host::collect(LocalState& state, Now now) {
    state_identity(state);
    state_clock(state, now);
    state_load(state, now);
    state_probe(state, now);
    if (auto refreshed = watch_->refresh(now); !refreshed) return refreshed;
    state_namespaces(state, now);
    return {};
}

void Host::state_identity(LocalState& state) {
    const auto set = [&state](Key key, std::string text) {
        if (!text.empty()) state.set(state.host(), key, Value::string(text));
    };
    // A host may be renamed while we watch; the rest costs nothing to say again.
    set(Key::host_name, !options_.host_name.empty()   ? options_.host_name
                        : read("sys/kernel/hostname") ? first_line(buffer_)
                                                      : std::string());
    set(Key::kernel_version, read("sys/kernel/osrelease") ? first_line(buffer_) : std::string());
    set(Key::boot_id, read_boot_id(watch_->proc()));
    set(Key::probe_version, options_.version);
    set(Key::cluster, options_.cluster);
    std::ifstream release(options_.os_release);
    set(Key::os, os::valid_utf8(parse_os_name(std::string(std::istreambuf_iterator<char>(release), {}))));
    utsname machine{};
    if (::uname(&machine) == 0) set(Key::machine_arch, machine.machine);
}

void Host::state_clock(LocalState& state, Now now) {
    if (clock_.update(now.utc, options_.boot_nanos()))
        state.set(state.host(), Key::boot_time, Value::time(clock_.boot_time()));
}

void Host::state_load(LocalState& state, Now now) {
    const report::NodeKey& host = state.host();
    if (read("loadavg")) {
        if (const auto load = parse_load(buffer_)) {
            state.metric(host, Key::load1, (*load)[0], 0, now);
            state.metric(host, Key::load5, (*load)[1], 0, now);
            state.metric(host, Key::load15, (*load)[2], 0, now);
        }
    }
    if (read("stat")) {
        const auto time = parse_machine_time(buffer_);
        if (time) state.set(host, Key::host_cpu_count, Value::integer(time->cpus));
        if (time && machine_time_)
            state.metric(host, Key::host_cpu_usage_percent, cpu_usage_percent(*machine_time_, *time), 100,
                         now);
        machine_time_ = time;
    }
    if (read("meminfo")) {
        if (const auto memory = parse_memory(buffer_)) {
            const auto total = static_cast<double>(memory->total);
            state.set(host, Key::host_memory_total_bytes,
                      Value::integer(static_cast<std::int64_t>(memory->total)));
            state.metric(host, Key::host_mem_usage_bytes, total - static_cast<double>(memory->available),
                         total, now);
        }
    }
}

void Host::state_probe(LocalState& state, Now now) {
    const auto used = os::process_cpu_nanos(::getpid());
    if (used && probe_nanos_)
        state.metric(state.host(), Key::probe_cpu_percent,
                     cpu_percent(*probe_nanos_, *used, probe_sampled_, now.mono), 0, now);
    probe_nanos_ = used;
    probe_sampled_ = now.mono;
    // Our own memory is found in our own /proc, wherever the one we watch is.
    if (!os::ProcFs().read("self/statm", buffer_)) return;
    std::string_view rest = buffer_;
    os::take_number(rest);  // the whole address space
    if (const auto pages = os::take_number(rest))
        state.metric(state.host(), Key::probe_memory_bytes,
                     static_cast<double>(*pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)), 0, now);
}

void Host::state_namespaces(LocalState& state, Now now) {
    for (auto& [inode, known] : namespaces_) known.present = false;
    for (const NetNamespace& ns : net_namespaces(watch_->table(), watch_->proc(), own_namespace_)) {
        Known& known = namespaces_[ns.inode];
        known.present = true;
        if (known.read != MonoTime{} && now.mono - known.read < kAddressPace) continue;
        known.read = now.mono;
        state.alive(namespace_key(ns.inode));
        if (const auto stated = state_addresses(state, ns); !stated)
            addresses_missing_ = stated.error().message;
    }
    std::erase_if(namespaces_, [&state](const auto& entry) {
        if (entry.second.present) return false;
        state.ended(namespace_key(entry.first));
        return true;
    });
}

Result<void> Host::state_addresses(LocalState& state, const NetNamespace& ns) {
    const bool own = ns.inode == own_namespace_;
    auto route = own ? os::NetlinkSocket::open(NETLINK_ROUTE)
                     : os::netlink_in_namespace_of(watch_->proc(), ns.pid, NETLINK_ROUTE);
    if (!route) return route.error();
    const auto interfaces = read_interfaces(*route);
    if (!interfaces) return interfaces.error();
    const report::NodeKey key = namespace_key(ns.inode);
    state.set(key, Key::addresses, Value::list(interfaces->address_list()));
    const auto local = interfaces->private_networks();
    state.set(key, Key::private_networks, local.empty() ? Value{} : Value::list(local));
    if (!own) return {};
    state.set(state.host(), Key::local_networks, Value::list(interfaces->address_list()));
    state.set(state.host(), Key::interfaces, Value::list(interfaces->named_address_list()));
    return {};
}

std::string Host::status() const {
    std::string line = std::to_string(namespaces_.size()) + " network namespaces";
    if (!addresses_missing_.empty()) line += "; the addresses of some are unknown: " + addresses_missing_;
    return line;
}

}  // namespace reticle::probe
