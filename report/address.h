#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reticle::report {

/// An IP address. IPv4 is held as v4-mapped IPv6 (RFC 4291 2.5.5.2), so that a v4 conversation on a
/// dual-stack socket and one on a v4 socket are the same address.
class IpAddress {
  public:
    constexpr IpAddress() = default;  ///< "::", the unspecified address
    static constexpr IpAddress v6(const std::array<std::uint8_t, 16>& bytes) {
        IpAddress address;
        address.bytes_ = bytes;
        return address;
    }
    /// Network byte order.
    static constexpr IpAddress v4(const std::array<std::uint8_t, 4>& b) {
        IpAddress address;
        address.bytes_ = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, b[0], b[1], b[2], b[3]};
        return address;
    }
    /// Dotted or colon form, without port, zone or brackets.
    static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    [[nodiscard]] bool is_v4() const;
    /// 0.0.0.0 or ::.
    [[nodiscard]] bool is_unspecified() const;
    [[nodiscard]] bool is_loopback() const;    ///< 127/8, ::1
    [[nodiscard]] bool is_link_local() const;  ///< 169.254/16, fe80::/10
    [[nodiscard]] bool is_multicast() const;   ///< 224/4, ff00::/8, and 255.255.255.255
    /// Addresses of local use: RFC 1918, RFC 6598 (100.64/10), RFC 4193 (fc00::/7).
    [[nodiscard]] bool is_private() const;
    [[nodiscard]] std::string to_string() const;

    constexpr auto operator<=>(const IpAddress&) const = default;

  private:
    std::array<std::uint8_t, 16> bytes_{};
};

/// A range of addresses: base and prefix length as written in CIDR (0..32 for v4, 0..128 for v6).
struct Subnet {
    IpAddress base;
    std::uint8_t prefix = 0;

    /// "10.0.0.1/8" (host bits are kept in base), or a bare address as a /32 or /128.
    static std::optional<Subnet> parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress& address) const;
    /// The subnet with the host bits cleared.
    [[nodiscard]] Subnet network() const;
    [[nodiscard]] std::string to_string() const;
    auto operator<=>(const Subnet&) const = default;
};

}  // namespace reticle::report

template <>
struct std::hash<reticle::report::IpAddress> {
    std::size_t operator()(const reticle::report::IpAddress& address) const noexcept;
};
