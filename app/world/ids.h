#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/container_hash/hash.hpp>

#include "report/address.h"

namespace reticle::app {

/// Small numbers that stand for things inside one World; never shown, never stored. A number may be given
/// again after what it stood for is gone.
using WriterIndex = std::uint32_t;
using HostIndex = std::uint32_t;
using HalfId = std::uint32_t;
using LinkId = std::uint32_t;

/// No such thing.
inline constexpr std::uint32_t kNoIndex = 0xffffffff;

/// Where an address is looked at from: a network namespace of a host.
struct Place {
    HostIndex host = kNoIndex;
    std::uint64_t netns = 0;  ///< 0 when unknown
    friend bool operator==(const Place&, const Place&) = default;
};

/// Whether an address means something only inside one network namespace.
inline bool is_namespace_local(const report::IpAddress& address) {
    return address.is_loopback() || address.is_link_local() || address.is_unspecified();
}

/// One address for all that lead back into the namespace (127/8, ::1, unspecified), others unchanged: what
/// listens on a wildcard is reached through any of them.
inline report::IpAddress folded_loopback(const report::IpAddress& address) {
    if (!address.is_loopback() && !address.is_unspecified()) return address;
    return report::IpAddress::v4({127, 0, 0, 1});
}

/// Mixes one more part into a hash.
inline void mix(std::size_t& seed, std::uint64_t part) {
    boost::hash_combine(seed, part);
}
inline void mix(std::size_t& seed, const report::IpAddress& address) {
    mix(seed, std::hash<report::IpAddress>{}(address));
}

}  // namespace reticle::app
