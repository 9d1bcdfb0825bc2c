#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "report/address.h"
#include "report/flow.h"
#include "report/node.h"
#include "report/version.h"

namespace reticle::report {

/// What makes a listener itself, after its writer. Several owners of one port are several listeners.
struct ListenerKey {
    NodeKey owner;
    std::uint64_t netns = 0;  ///< namespace number; 0 when unknown
    IpAddress address;  ///< unspecified = every address of the namespace (v4 and v6 apart: "0.0.0.0" or "::")
    std::uint16_t port = 0;
    Protocol protocol = Protocol::none;

    friend auto operator<=>(const ListenerKey&, const ListenerKey&) = default;
    friend bool operator==(const ListenerKey&, const ListenerKey&) = default;
};

/// A process that waits for conversations on a port.
struct Listener {
    ListenerKey key;
    Presence presence;

    void join(const Listener& other) { presence.join(other.presence); }
    friend bool operator==(const Listener&, const Listener&) = default;
};

/// Why an address seen stands for another.
enum class AliasKind : std::uint8_t { none = 0, dnat = 1, snat = 2, proxy = 3, service = 4 };
std::string_view alias_kind_name(AliasKind kind);
std::optional<AliasKind> alias_kind_named(std::string_view name);

/// What makes an address translation itself, after its writer.
struct AliasKey {
    std::uint64_t netns = 0;
    IpAddress seen;   ///< what one end dialled or saw
    IpAddress meant;  ///< what it stands for
    std::uint16_t seen_port = 0;
    std::uint16_t meant_port = 0;
    Protocol protocol = Protocol::none;
    AliasKind kind = AliasKind::none;

    friend auto operator<=>(const AliasKey&, const AliasKey&) = default;
    friend bool operator==(const AliasKey&, const AliasKey&) = default;
};

/// An address translation that a host was seen to make.
struct Alias {
    AliasKey key;
    Presence presence;
    std::uint64_t used = 0;  ///< conversations translated; joined by max

    void join(const Alias& other);
    friend bool operator==(const Alias&, const Alias&) = default;
};

}  // namespace reticle::report
