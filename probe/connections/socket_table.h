#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "probe/connections/owner_index.h"
#include "probe/connections/socket.h"

namespace reticle::probe {

struct FlowEntry;

/// One open conversation: its socket as last seen, and what the FlowTable noted of it.
struct Connection {
    /// How far the FlowTable got with it.
    enum class Phase : std::uint8_t {
        pending,  ///< its owner or its other end is not known yet
        counted,  ///< stands in a flow
        joined,   ///< is the server's end of a conversation whose client's end is counted
    };

    Socket socket;
    std::uint64_t sweep = 0;  ///< the sweep that saw it last
    bool moved = false;       ///< listed in SocketChanges::moved
    bool gone = false;        ///< listed in SocketChanges::closed
    bool at_start = false;    ///< found open by the first sweep: what it did before is not ours to count

    Phase phase = Phase::pending;
    report::Direction direction = report::Direction::unknown;
    std::uint8_t tries = 0;
    bool ownerless = false;         ///< nobody is known to hold it (any more)
    Owner owner;                    ///< pid 0 = none known
    SocketReadings counted;         ///< what of its readings has been added to its flow
    FlowEntry* flow = nullptr;      ///< where it is counted
    std::size_t place = 0;          ///< its index among the flow's open connections
    Connection* partner = nullptr;  ///< the other end, when it is on this host and joined
    std::uint64_t witness = 0;
};

/// What a sweep found different. Pointers live until SocketTable::begin_sweep or apply is called again.
struct SocketChanges {
    std::vector<Connection*> opened;
    std::vector<Connection*> moved;   ///< readings or inode differ
    std::vector<Connection*> closed;  ///< with their last readings

    void clear();
};

/// News of one socket, as it happens.
struct SocketEvent {
    enum class Kind { seen, closed };
    Kind kind = Kind::seen;
    Socket socket;
};

/// The conversations that are open on this host, by socket. Two verbs: apply() is fast and may miss things,
/// reconcile() is slow and true: after reconcile(s) the open sockets are exactly those of s, whatever was
/// applied before. A sweep of 100,000 sockets in which nothing moved allocates nothing.
class SocketTable {
  public:
    void apply(const SocketEvent& event);
    void reconcile(std::span<const Socket> sweep);

    // reconcile() in steps, for sweeps that come socket by socket.
    void begin_sweep();
    void seen(const Socket& socket);
    /// Sockets not seen are closed, but for those of namespaces and protocols that could not be read to the
    /// end.
    void end_sweep(const std::vector<std::pair<std::uint64_t, report::Protocol>>& incomplete);

    [[nodiscard]] const SocketChanges& changes() const { return changes_; }
    [[nodiscard]] std::size_t size() const { return open_.size(); }
    [[nodiscard]] std::unordered_map<std::uint64_t, Connection>& open() { return open_; }

  private:
    using Open = std::unordered_map<std::uint64_t, Connection>;

    void begin_changes();
    Open::iterator close(Open::iterator at);
    void add(const Socket& socket);

    Open open_;
    std::vector<Open::node_type> closed_;  // owners of what changes_.closed points to
    SocketChanges changes_;
    std::uint64_t sweep_ = 0;
};

}  // namespace reticle::probe
