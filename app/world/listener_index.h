#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/ids.h"
#include "report/listener.h"

namespace reticle::app {

/// Who waits on which port of which host. Bindings are tried as the kernel does:
///
/// | dialled | 1st | 2nd | 3rd |
/// |---|---|---|---|
/// | IPv4 | that address | 0.0.0.0 | :: (dual stack) |
/// | IPv6 | that address | :: | |
///
/// Listeners in their afterglow count only where no living one accepts.
class ListenerIndex {
  public:
    /// States a listener of a host, or whether it still lives.
    void put(HostIndex host, const report::ListenerKey& key, bool alive);
    void erase(HostIndex host, const report::ListenerKey& key);

    /// The owners that would accept at an address, sorted and without duplicates. An empty or 0 `netns` means
    /// any namespace.
    [[nodiscard]] std::vector<report::NodeKey> owners(HostIndex host, std::optional<std::uint64_t> netns,
                                                      report::Protocol protocol,
                                                      const report::IpAddress& address,
                                                      std::uint16_t port) const;
    /// Whether this owner waits at that address and port.
    [[nodiscard]] bool listens(const report::NodeKey& owner, const Place& place, report::Protocol protocol,
                               const report::IpAddress& address, std::uint16_t port) const;
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct Entry {
        std::uint64_t netns;
        report::IpAddress address;
        report::NodeKey owner;
        bool alive;
        [[nodiscard]] bool is(const report::ListenerKey& key) const {
            return netns == key.netns && address == key.address && owner == key.owner;
        }
        /// 0 = most specific binding that accepts; -1 = does not accept.
        [[nodiscard]] int rank(std::uint64_t at_netns, const report::IpAddress& at) const;
    };
    static std::uint64_t slot(HostIndex host, report::Protocol protocol, std::uint16_t port) {
        return std::uint64_t{host} << 32 | std::uint64_t{port} << 8 | static_cast<std::uint8_t>(protocol);
    }
    boost::unordered_flat_map<std::uint64_t, std::vector<Entry>> ports_;
};

}  // namespace reticle::app
