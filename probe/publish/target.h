#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "report/base/result.h"

namespace reticle::probe {

inline constexpr std::uint16_t kDefaultAppPort = 4040;

/// Where an app listens.
struct Target {
    std::string host;  ///< a name, or an address without brackets
    std::uint16_t port = kDefaultAppPort;

    /// "host", "host:port", "[v6]:port", or either behind "ws://" (or "http://", as the app prints it). An
    /// Error says how to write it, or that it asks for what this build cannot do.
    static Result<Target> parse(std::string_view text);
    /// "host:port", with brackets around an IPv6 address.
    [[nodiscard]] std::string to_string() const;
    friend bool operator==(const Target&, const Target&) = default;
};

}  // namespace reticle::probe
