#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/ids.h"
#include "report/listener.h"

namespace reticle::app {

/// Which address and port stands for which other one on a host, and the way back. Source translations are
/// not among them: they change who calls, not who is called.
class AliasIndex {
  public:
    struct Meant {
        report::IpAddress address;
        std::uint16_t port = 0;
        friend auto operator<=>(const Meant&, const Meant&) = default;
    };
    struct Seen {
        HostIndex host = kNoIndex;
        report::Protocol protocol = report::Protocol::none;
        report::IpAddress address;
        std::uint16_t port = 0;
        friend bool operator==(const Seen&, const Seen&) = default;
    };
    /// One way back: what is seen where, for which port of the meant address.
    struct Back {
        Seen seen;
        std::uint16_t meant_port = 0;
        friend bool operator==(const Back&, const Back&) = default;
    };

    /// Whether an alias of that kind leads to a listener.
    static bool matters(report::AliasKind kind) {
        return kind == report::AliasKind::dnat || kind == report::AliasKind::proxy ||
               kind == report::AliasKind::service;
    }
    void add(HostIndex host, const report::AliasKey& key);
    void erase(HostIndex host, const report::AliasKey& key);

    /// What is meant by an address and port seen on a host; sorted, repeated as often as it is stated.
    [[nodiscard]] std::span<const Meant> meant(const Seen& seen) const;
    /// What stands for an address.
    [[nodiscard]] std::span<const Back> standing_for(const report::IpAddress& address) const;
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct SeenHash {
        std::size_t operator()(const Seen& seen) const;
    };
    /// With multiplicity: several namespaces and kinds may say the same.
    boost::unordered_flat_map<Seen, std::vector<Meant>, SeenHash> forward_;
    boost::unordered_flat_map<report::IpAddress, std::vector<Back>, std::hash<report::IpAddress>> back_;
};

}  // namespace reticle::app
