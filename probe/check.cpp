#include "probe/check.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <span>

#include "probe/connections/inet_diag.h"
#include "probe/os/clocks.h"
#include "probe/os/fd.h"
#include "probe/os/netlink.h"
#include "probe/os/proc_fs.h"

namespace reticle::probe {

namespace fs = std::filesystem;

namespace {

constexpr const char* kAsRoot =
    "run as root, or with the capabilities of packaging/systemd (docs/operations.md#capabilities)";

Finding proc_readable(const os::ProcFs& proc) {
    std::vector<pid_t> pids;
    const bool listed = proc.pids(pids);
    return {"/proc", listed && !pids.empty(), "processes: names, command lines, CPU, memory",
            "no process is seen", "give the mounted /proc with --proc-root"};
}

Finding foreign_processes(const os::ProcFs& proc) {
    std::string text;
    return {"processes of other users", proc.read("1/stat", text),
            "every process of this pid namespace is seen",
            "only this user's processes are seen: /proc is mounted with hidepid", kAsRoot};
}

Finding cpu_clocks(const os::ProcFs& proc) {
    return {"CPU clocks of processes", proc.own_pids() && os::process_cpu_nanos(1).has_value(),
            "idle processes cost next to nothing: their files are not read",
            "every process's stat file is read at every look",
            "run in the pid namespace of the processes, such as with hostPID"};
}

Finding foreign_descriptors(const os::ProcFs& proc) {
    std::vector<std::uint64_t> inodes;
    return {"descriptors of other users", proc.socket_inodes(1, inodes),
            "every connection is drawn from the process that owns it",
            "connections of other users' processes belong to the host, not to a process", kAsRoot};
}

Finding socket_dumps() {
    auto socket = os::NetlinkSocket::open(NETLINK_SOCK_DIAG);
    bool answered = false;
    if (socket) {
        auto request = diag_request(AF_INET, report::Protocol::tcp);
        answered = socket->dump(std::span<char>(request), [](const nlmsghdr&) {}).has_value();
    }
    return {"socket dumps (sock_diag)", answered,
            "connections are read in bulk, with bytes, round trips and retransmits",
            "connections come from /proc/<pid>/net: slower, and without any counts",
            "load the kernel modules inet_diag, tcp_diag and udp_diag"};
}

Finding tcp_byte_counts() {
    const os::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
    // Larger than any kernel's tcp_info; what is filled in says what this kernel counts.
    std::byte info[512];
    socklen_t length = sizeof info;
    const bool read = socket.valid() && getsockopt(socket.get(), IPPROTO_TCP, TCP_INFO, info, &length) == 0;
    constexpr socklen_t kWithBytesSent = 208;  // through tcpi_bytes_retrans (linux/tcp.h, since 4.19)
    return {"byte counts of TCP (TCP_INFO)", read && length >= kWithBytesSent,
            "bytes sent and received of every TCP connection", "bytes sent are only those acknowledged",
            "use Linux 4.19 or later"};
}

Finding other_namespaces() {
    // Entering the namespace one is in changes nothing, but asks for the same privilege.
    const os::Fd own(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    return {"other network namespaces (setns)", own.valid() && setns(own.get(), CLONE_NEWNET) == 0,
            "connections within containers are read in bulk, too",
            "connections within containers come from /proc/<pid>/net, without any counts", kAsRoot};
}

Finding writable_state(const fs::path& state_dir) {
    std::error_code ignored;
    auto place = state_dir;
    while (!place.empty() && place != place.parent_path() && !fs::exists(place, ignored))
        place = place.parent_path();
    return {"state directory " + state_dir.string(), !place.empty() && access(place.c_str(), W_OK) == 0,
            "a restart is told from a clock that was set back", "the wall clock alone orders restarts",
            "give a writable --state-dir"};
}

}  // namespace

std::vector<Finding> check_machine(const fs::path& proc_root, const fs::path& state_dir) {
    const os::ProcFs proc(proc_root.string());
    return {proc_readable(proc), foreign_processes(proc), cpu_clocks(proc),   foreign_descriptors(proc),
            socket_dumps(),      tcp_byte_counts(),       other_namespaces(), writable_state(state_dir)};
}

std::string findings_text(const std::vector<Finding>& findings) {
    std::string text;
    for (const auto& finding : findings) {
        text += (finding.present ? "yes  " : "NO   ") + finding.feature + ": " +
                (finding.present ? finding.gives : finding.lost) + '\n';
        if (!finding.present && !finding.remedy.empty()) text += "     remedy: " + finding.remedy + '\n';
    }
    text +=
        "--   eBPF: not used by this version; connections shorter than the interval between two looks are "
        "missed\n"
        "--   conntrack: not used by this version; translated addresses (NAT) are shown as they are seen\n"
        "--   containers: not read by this version; their processes are shown as the host's\n";
    return text;
}

std::string sources_text(const Sources& sources, LocalState& state) {
    std::string text;
    const Now now = read_clocks();
    for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
        const auto collected = (*source)->collect(state, now);
        text += std::string((*source)->name()) + ": " +
                (collected ? (*source)->status() : collected.error().message) + '\n';
    }
    return text;
}

}  // namespace reticle::probe
