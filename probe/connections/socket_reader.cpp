#include "probe/connections/socket_reader.h"

#include <sys/socket.h>

#include "probe/connections/inet_diag.h"
#include "probe/connections/proc_net.h"
#include "probe/os/net_namespace.h"

namespace reticle::probe {

using report::Protocol;

SocketReader::SocketReader(const os::ProcFs& proc, bool use_diag)
    : proc_(proc), use_diag_(use_diag), own_(own_net_namespace()) {}

void SocketReader::read(const ProcessTable& processes, const Visit& visit) {
    incomplete_.clear();
    for (const NetNamespace& ns : net_namespaces(processes, proc_, own_)) read_namespace(ns, visit);
}

void SocketReader::read_namespace(const NetNamespace& ns, const Visit& visit) {
    auto diag = diag_socket(ns);
    if (!diag && diag.error().code == Errc::denied) setns_denied_ = true;
    for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
        const bool skip_diag = protocol == Protocol::udp && no_udp_diag_;
        if (diag && !skip_diag) {
            const auto dumped = dump(**diag, ns, protocol, visit);
            if (dumped && *dumped) continue;
            const bool never =
                !dumped && (dumped.error().code == Errc::unsupported || dumped.error().code == Errc::denied);
            if (!never) {
                incomplete_.emplace_back(ns.inode, protocol);
                ++failures_;
                continue;
            }
            if (protocol == Protocol::udp) no_udp_diag_ = true;
        }
        if (read_text(ns, protocol, visit)) continue;
        incomplete_.emplace_back(ns.inode, protocol);
        ++failures_;
    }
    other_diag_.reset();  // an open socket would keep the namespace alive
}

Result<os::NetlinkSocket*> SocketReader::diag_socket(const NetNamespace& ns) {
    if (!use_diag_) return fail(Errc::unsupported, "sock_diag is switched off");
    const bool own = ns.inode == own_;
    if (own && own_diag_) return &*own_diag_;
    auto opened = own ? os::NetlinkSocket::open(NETLINK_SOCK_DIAG)
                      : os::netlink_in_namespace_of(proc_, ns.pid, NETLINK_SOCK_DIAG);
    if (!opened) return opened.error();
    auto& kept = own ? own_diag_ : other_diag_;
    kept.emplace(std::move(*opened));
    return &*kept;
}

Result<bool> SocketReader::dump(os::NetlinkSocket& diag, const NetNamespace& ns, Protocol protocol,
                                const Visit& visit) {
    bool consistent = true;
    for (const int family : {AF_INET, AF_INET6}) {
        DiagRequest request = diag_request(static_cast<std::uint8_t>(family), protocol);
        const auto dumped = diag.dump(request, [&](const nlmsghdr& message) {
            if (const auto socket = parse_diag(message, protocol, ns.inode)) visit(*socket);
        });
        if (!dumped) return dumped.error();
        consistent = consistent && *dumped;
    }
    return consistent;
}

bool SocketReader::read_text(const NetNamespace& ns, Protocol protocol, const Visit& visit) {
    const bool tcp = protocol == Protocol::tcp;
    const std::string base = ns.pid == 0 ? "self" : std::to_string(ns.pid);
    if (!proc_.read((base + (tcp ? "/net/tcp" : "/net/udp")).c_str(), buffer_, kMaxTable)) return false;
    each_proc_net_socket(buffer_, protocol, ns.inode, visit);
    // A kernel without IPv6 has no such table.
    if (proc_.read((base + (tcp ? "/net/tcp6" : "/net/udp6")).c_str(), buffer_, kMaxTable))
        each_proc_net_socket(buffer_, protocol, ns.inode, visit);
    return true;
}

std::string SocketReader::source() const {
    if (!use_diag_) return "/proc/<pid>/net: no bytes, round trips or retransmits";
    std::string text = "sock_diag in every network namespace";
    if (setns_denied_)
        text =
            "sock_diag in our own network namespace; the others through /proc/<pid>/net, without bytes, "
            "round "
            "trips and retransmits: CAP_SYS_ADMIN missing";
    if (no_udp_diag_) text += "; UDP through /proc/<pid>/net: this kernel has no udp_diag";
    return text;
}

}  // namespace reticle::probe
