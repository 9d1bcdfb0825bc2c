#include "probe/connections/socket_reader.h"

#include <sys/socket.h>

#include "probe/connections/inet_diag.h"
#include "probe/connections/proc_net.h"
#include "probe/os/net_namespace.h"

namespace reticle::probe {

using report::Protocol;

namespace {

/// Where /proc shows the network of a namespace.
std::string directory_of(const NetNamespace& ns) {
    return (ns.pid == 0 ? "self" : std::to_string(ns.pid)) + "/net/";
}

}  // namespace

SocketReader::SocketReader(const os::ProcFs& proc, bool use_diag)
    : proc_(proc), use_diag_(use_diag), own_(own_net_namespace()) {}

void SocketReader::read(const ProcessTable& processes, bool all, const Visit& visit) {
    unread_.clear();
    for (auto& [inode, quiet] : quiet_) quiet.present = false;
    for (const NetNamespace& ns : net_namespaces(processes, proc_, own_)) read_namespace(ns, all, visit);
    std::erase_if(quiet_, [](const auto& entry) { return !entry.second.present; });
}

void SocketReader::read_namespace(const NetNamespace& ns, bool all, const Visit& visit) {
    if (pass_over(ns, all)) {
        unread_.emplace_back(ns.inode, Protocol::tcp);
    } else {
        read_protocol(ns, Protocol::tcp, visit);
    }
    read_protocol(ns, Protocol::udp, visit);
    other_diag_.reset();  // an open socket would keep the namespace alive
}

/// The signs are read before the sockets: what moves meanwhile is a new sign at the next look.
bool SocketReader::pass_over(const NetNamespace& ns, bool all) {
    std::string signs = signs_of_tcp(ns);
    Quiet& quiet = quiet_[ns.inode];
    quiet.present = true;
    const bool same = !signs.empty() && signs == quiet.signs;
    quiet.signs = std::move(signs);
    if (all || !same || ++quiet.passed >= kMaxPassed) {
        quiet.passed = 0;
        return false;
    }
    return true;
}

/// The counters of segments and of sockets in use (Documentation/networking/snmp_counter.rst): no connection
/// of the namespace opens, closes or carries a byte without moving one of them. Empty if they cannot be read.
std::string SocketReader::signs_of_tcp(const NetNamespace& ns) {
    const auto read = [&](const char* table) {
        return proc_.read((directory_of(ns) + table).c_str(), buffer_);
    };
    std::string signs;
    if (!read("snmp")) return signs;
    const auto counters = buffer_.rfind("\nTcp:");
    if (counters == std::string::npos) return signs;
    signs = buffer_.substr(counters, buffer_.find('\n', counters + 1) - counters);
    if (!read("sockstat")) return {};
    // Beyond that stand what is allocated and the pages in use, which move by themselves.
    const std::string_view in_use = os::field_of(buffer_, "TCP");
    signs.append(in_use.substr(0, in_use.find(" tw ")));
    if (read("sockstat6")) signs.append(os::field_of(buffer_, "TCP6"));
    return signs;
}

void SocketReader::read_protocol(const NetNamespace& ns, Protocol protocol, const Visit& visit) {
    const bool skip_diag = protocol == Protocol::udp && no_udp_diag_;
    if (auto diag = diag_socket(ns); diag && !skip_diag) {
        const auto dumped = dump(**diag, ns, protocol, visit);
        if (dumped && *dumped) return;
        const bool never =
            !dumped && (dumped.error().code == Errc::unsupported || dumped.error().code == Errc::denied);
        if (!never) {
            unread_.emplace_back(ns.inode, protocol);
            ++failures_;
            return;
        }
        if (protocol == Protocol::udp) no_udp_diag_ = true;
    } else if (!diag && diag.error().code == Errc::denied) {
        setns_denied_ = true;
    }
    if (read_text(ns, protocol, visit)) return;
    unread_.emplace_back(ns.inode, protocol);
    ++failures_;
}

Result<os::NetlinkSocket*> SocketReader::diag_socket(const NetNamespace& ns) {
    if (!use_diag_) return fail(Errc::unsupported, "sock_diag is switched off");
    const bool own = ns.inode == own_;
    if (own && own_diag_) return &*own_diag_;
    if (!own && other_diag_) return &*other_diag_;
    auto opened = own ? os::NetlinkSocket::open(NETLINK_SOCK_DIAG)
                      : os::netlink_in_namespace_of(proc_, ns.pid, NETLINK_SOCK_DIAG);
    if (!opened) return opened.error();
    auto& kept = own ? own_diag_ : other_diag_;
    kept.emplace(std::move(*opened));
    return &*kept;
}

Result<bool> SocketReader::dump(os::NetlinkSocket& diag, const NetNamespace& ns, Protocol protocol,
                                const Visit& visit) {
    const auto note = [&](const nlmsghdr& message) {
        if (const auto socket = parse_diag(message, protocol, ns.inode)) visit(*socket);
    };
    if (protocol == Protocol::tcp && !no_tcp_diag_for_all_) {
        auto request = tcp_diag_request();
        auto dumped = diag.dump(request, note);
        if (dumped || dumped.error().code != Errc::unsupported) return dumped;
        no_tcp_diag_for_all_ = true;
    }
    bool consistent = true;
    for (const int family : {AF_INET, AF_INET6}) {
        auto request = diag_request(static_cast<std::uint8_t>(family), protocol);
        const auto dumped = diag.dump(request, note);
        if (!dumped) return dumped.error();
        consistent = consistent && *dumped;
    }
    return consistent;
}

bool SocketReader::read_text(const NetNamespace& ns, Protocol protocol, const Visit& visit) {
    const bool tcp = protocol == Protocol::tcp;
    const std::string base = directory_of(ns);
    if (!proc_.read((base + (tcp ? "tcp" : "udp")).c_str(), buffer_, kMaxTable)) return false;
    each_proc_net_socket(buffer_, protocol, ns.inode, visit);
    // A kernel without IPv6 has no such table.
    if (proc_.read((base + (tcp ? "tcp6" : "udp6")).c_str(), buffer_, kMaxTable))
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
