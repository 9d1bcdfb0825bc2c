#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probe/connections/socket.h"
#include "probe/os/netlink.h"
#include "probe/os/proc_fs.h"
#include "probe/processes/net_namespaces.h"
#include "probe/processes/process_table.h"
#include "report/base/result.h"

namespace reticle::probe {

/// Reads the sockets of every network namespace that a process of ours lives in.
///
/// | rung                  | used for                                   | lacks |
/// |-----------------------|--------------------------------------------|-----------------------------------------|
/// | sock_diag             | our own namespace, and others with setns   | | | /proc/<pid>/net/...   | where
/// setns or the dump is refused         | bytes, round trips, retransmits, packets|
class SocketReader {
  public:
    using Visit = std::function<void(const Socket& socket)>;

    /// `proc` outlives the reader. Without `use_diag` only the lower rung is taken.
    explicit SocketReader(const os::ProcFs& proc, bool use_diag = true);

    /// Visits every socket that listens or takes part in a conversation. TCP of a namespace in which no
    /// segment has moved since is passed over, but for every kMaxPassed-th time and if `all`.
    void read(const ProcessTable& processes, bool all, const Visit& visit);

    /// Namespaces and protocols of which the last read() did not see everything: what was known of them
    /// holds.
    [[nodiscard]] const std::vector<std::pair<std::uint64_t, report::Protocol>>& unread() const {
        return unread_;
    }
    /// How often something could not be read to the end since the beginning.
    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    /// The rung in use and, where it is not the first, why and what is missing.
    [[nodiscard]] std::string source() const;

  private:
    static constexpr int kMaxPassed = 10;
    static constexpr std::size_t kMaxTable = std::size_t{256} << 20;

    /// What tells of TCP in a namespace that anything happened at all.
    struct Quiet {
        std::string signs;
        int passed = 0;       // sweeps since it was read
        bool present = true;  // in the sweep under way
    };

    bool pass_over(const NetNamespace& ns, bool all);
    std::string signs_of_tcp(const NetNamespace& ns);
    void read_namespace(const NetNamespace& ns, bool all, const Visit& visit);
    void read_protocol(const NetNamespace& ns, report::Protocol protocol, const Visit& visit);
    Result<os::NetlinkSocket*> diag_socket(const NetNamespace& ns);
    Result<bool> dump(os::NetlinkSocket& diag, const NetNamespace& ns, report::Protocol protocol,
                      const Visit& visit);
    bool read_text(const NetNamespace& ns, report::Protocol protocol, const Visit& visit);

    const os::ProcFs& proc_;
    bool use_diag_;
    std::uint64_t own_ = 0;  // inode of our own network namespace
    std::optional<os::NetlinkSocket> own_diag_;
    std::optional<os::NetlinkSocket> other_diag_;  // of the namespace being read
    std::vector<std::pair<std::uint64_t, report::Protocol>> unread_;
    std::map<std::uint64_t, Quiet> quiet_;  // by namespace
    std::string buffer_;
    std::uint64_t failures_ = 0;
    bool setns_denied_ = false;
    bool no_tcp_diag_for_all_ = false;  // the older form of the request is refused
    bool no_udp_diag_ = false;
};

}  // namespace reticle::probe
