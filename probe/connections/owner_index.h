#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "probe/processes/process_table.h"
#include "report/base/time.h"

namespace reticle::probe {

/// One incarnation of a process as the owner of sockets. Ordered by age: the older one first.
struct Owner {
    std::uint64_t start_ticks = 0;
    pid_t pid = 0;
    auto operator<=>(const Owner&) const = default;
};

/// Who holds which socket: the inodes found in /proc/<pid>/fd. A walk of one process costs microseconds per
/// descriptor, so only those are walked that ran since their last walk: who slept made and closed nothing.
class OwnerIndex {
  public:
    /// Lists the inodes of sockets that a process holds, sorted; false if they may not be seen.
    using ListSockets = std::function<bool(pid_t pid, std::vector<std::uint64_t>& inodes)>;

    /// At most so many processes are walked at once; the rest in the next round.
    static constexpr std::size_t kMaxWalks = 2'000;

    explicit OwnerIndex(ListSockets list) : list_(std::move(list)) {}

    /// Forgets the sockets of processes that are gone, and walks newborn children of processes that hold
    /// sockets (a child inherits its parent's). Call it in every sweep.
    void follow(const ProcessTable& table);
    /// Walks every process that ran since its last walk. Call it when there are sockets with an unknown
    /// owner, and now and then.
    void walk(const ProcessTable& table);

    /// The owner of a connection. Where several hold one socket, because it was inherited by fork, the oldest
    /// of them: the server rather than a helper it started. (One that hands its connections to children
    /// closes its own copy, and then only the child holds it.)
    [[nodiscard]] std::optional<Owner> owner(std::uint64_t inode) const;
    /// Everyone who holds a socket, oldest first: several owners of one listening socket are several
    /// listeners.
    [[nodiscard]] std::vector<Owner> owners(std::uint64_t inode) const;
    [[nodiscard]] bool holds(const Owner& owner, std::uint64_t inode) const;
    /// The inodes that someone ceased to hold since this was last asked, sorted.
    std::vector<std::uint64_t> take_lost();

    /// Rises whenever who holds what has changed.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }
    /// Processes whose descriptors we may not see.
    [[nodiscard]] std::size_t denied() const { return denied_; }

  private:
    struct Held {
        Owner owner;
        std::uint64_t walked = 0;  // generation of the process table
        bool denied = false;
        std::vector<std::uint64_t> inodes;
    };

    void forget_ended(const ProcessTable& table);
    void walk_process(const Process& process, std::uint64_t generation);
    void replace(Held& held, std::vector<std::uint64_t> inodes);

    ListSockets list_;
    std::unordered_map<pid_t, Held> held_;
    std::unordered_multimap<std::uint64_t, Owner> owners_;
    std::uint64_t generation_ = 0;
    std::uint64_t followed_ = 0;  // generation of the process table at the last follow()
    std::size_t denied_ = 0;
    std::vector<std::uint64_t> lost_;
    std::vector<std::uint64_t> scratch_;
};

}  // namespace reticle::probe
