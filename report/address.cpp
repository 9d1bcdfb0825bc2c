#include "report/address.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>

namespace reticle::report {
namespace {

constexpr int kMappedBits = 96;  // of a v4-mapped address, before the v4 part

/// How many leading bits of the 16 bytes a prefix as written stands for.
int prefix_bits(const IpAddress& base, std::uint8_t prefix) {
    return base.is_v4() ? kMappedBits + prefix : prefix;
}

std::uint8_t byte_mask(int kept_bits) {
    return static_cast<std::uint8_t>(0xff00 >> kept_bits);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    char buffer[INET6_ADDRSTRLEN + 1];
    if (text.empty() || text.size() >= sizeof(buffer)) return std::nullopt;
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    // An embedded NUL would let inet_pton see a shorter text than the caller.
    if (std::strlen(buffer) != text.size()) return std::nullopt;
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, buffer, four.data()) == 1) return v4(four);
    std::array<std::uint8_t, 16> sixteen{};
    if (inet_pton(AF_INET6, buffer, sixteen.data()) == 1) return v6(sixteen);
    return std::nullopt;
}

bool IpAddress::is_v4() const {
    static constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(bytes_.data(), kMapped.data(), kMapped.size()) == 0;
}

bool IpAddress::is_unspecified() const {
    return *this == IpAddress() || *this == v4({0, 0, 0, 0});
}

bool IpAddress::is_loopback() const {
    if (is_v4()) return bytes_[12] == 127;
    static constexpr IpAddress kLoopback = v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    return *this == kLoopback;
}

bool IpAddress::is_link_local() const {
    if (is_v4()) return bytes_[12] == 169 && bytes_[13] == 254;
    return bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool IpAddress::is_multicast() const {
    if (is_v4()) return (bytes_[12] & 0xf0) == 0xe0 || *this == v4({255, 255, 255, 255});
    return bytes_[0] == 0xff;
}

bool IpAddress::is_private() const {
    if (!is_v4()) return (bytes_[0] & 0xfe) == 0xfc;
    const std::uint8_t a = bytes_[12];
    const std::uint8_t b = bytes_[13];
    return a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168) ||
           (a == 100 && (b & 0xc0) == 64);
}

std::string IpAddress::to_string() const {
    char buffer[INET6_ADDRSTRLEN] = {};
    if (is_v4()) {
        inet_ntop(AF_INET, bytes_.data() + 12, buffer, sizeof(buffer));
    } else {
        inet_ntop(AF_INET6, bytes_.data(), buffer, sizeof(buffer));
    }
    return buffer;
}

std::optional<Subnet> Subnet::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto base = IpAddress::parse(text.substr(0, slash));
    if (!base) return std::nullopt;
    const std::uint8_t longest = base->is_v4() ? 32 : 128;
    if (slash == std::string_view::npos) return Subnet{*base, longest};
    const std::string_view digits = text.substr(slash + 1);
    std::uint8_t prefix = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc() || end != digits.data() + digits.size() || prefix > longest) return std::nullopt;
    return Subnet{*base, prefix};
}

bool Subnet::contains(const IpAddress& address) const {
    const int bits = prefix_bits(base, prefix);
    // A v6 range never holds v4 addresses: ::/0 is every v6 address, not the whole world.
    if (base.is_v4() != address.is_v4()) return false;
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (std::memcmp(base.bytes().data(), address.bytes().data(), whole) != 0) return false;
    if (bits % 8 == 0) return true;
    return ((base.bytes()[whole] ^ address.bytes()[whole]) & byte_mask(bits % 8)) == 0;
}

Subnet Subnet::network() const {
    std::array<std::uint8_t, 16> bytes = base.bytes();
    const int bits = prefix_bits(base, prefix);
    for (int i = 0; i < 16; ++i) {
        const int kept = bits - i * 8;
        auto& byte = bytes[static_cast<std::size_t>(i)];
        if (kept <= 0) byte = 0;
        if (kept > 0 && kept < 8) byte &= byte_mask(kept);
    }
    return {IpAddress::v6(bytes), prefix};
}

std::string Subnet::to_string() const {
    return base.to_string() + "/" + std::to_string(prefix);
}

}  // namespace reticle::report

std::size_t std::hash<reticle::report::IpAddress>::operator()(
    const reticle::report::IpAddress& address) const noexcept {
    // Addresses of one network differ in few low bits: multiply and fold so that buckets do not.
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, address.bytes().data(), 8);
    std::memcpy(&low, address.bytes().data() + 8, 8);
    std::uint64_t mixed = (high ^ 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL + low;
    mixed = (mixed ^ (mixed >> 32)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 29));
}
