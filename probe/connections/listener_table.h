#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "probe/connections/owner_index.h"
#include "probe/connections/socket.h"
#include "probe/local_state.h"
#include "report/base/time.h"

namespace reticle::probe {

/// The sockets that wait, of all network namespaces: what is stated as listeners, and what tells the
/// direction of a connection: one whose local end is a listener's is inbound.
class ListenerTable {
  public:
    /// How long a listener that went still tells directions: a server may accept and then stop listening
    /// before a sweep sees the connection.
    static constexpr std::chrono::seconds kRemembered{30};

    void begin_sweep() { found_.clear(); }
    void seen(const Socket& socket);
    /// Ends the sweep; listeners of namespaces and protocols that were not read completely are kept.
    void end_sweep(const std::vector<std::pair<std::uint64_t, report::Protocol>>& incomplete, MonoTime now);

    /// Whether a local end belongs to a listener of its namespace, present or just gone.
    [[nodiscard]] bool covers(const Socket& socket) const;
    /// Whether the other end of a socket would, were it in the same namespace.
    [[nodiscard]] bool covers_peer(const Socket& socket) const;

    /// Inodes of listening sockets that nobody is known to hold.
    [[nodiscard]] bool any_unowned(const OwnerIndex& owners) const;
    /// States what changed. A listener that no visible process holds belongs to the host.
    void state(LocalState& state, const OwnerIndex& owners, std::string_view boot8);

    [[nodiscard]] std::size_t size() const { return present_.size(); }

  private:
    struct Entry {
        std::uint64_t netns = 0;
        report::IpAddress address;
        std::uint16_t port = 0;
        report::Protocol protocol = report::Protocol::none;
        std::uint64_t inode = 0;
        auto operator<=>(const Entry&) const = default;
    };
    struct Place {
        report::IpAddress address;
        bool present = true;
        MonoTime gone{};
    };

    static std::uint64_t port_key(std::uint64_t netns, report::Protocol protocol, std::uint16_t port);
    [[nodiscard]] bool covers(std::uint64_t netns, report::Protocol protocol,
                              const report::IpAddress& address, std::uint16_t port) const;
    void index(MonoTime now);

    std::vector<Entry> found_;
    std::vector<Entry> present_;
    bool changed_ = false;
    std::uint64_t stated_generation_ = 0;
    std::vector<report::ListenerKey> stated_;
    std::unordered_map<std::uint64_t, std::vector<Place>> places_;
    MonoTime forgot_{};
};

}  // namespace reticle::probe
