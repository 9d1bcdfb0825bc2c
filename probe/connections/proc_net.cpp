#include "probe/connections/proc_net.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>

#include "probe/local_state_hash.h"

namespace reticle::probe {

using report::IpAddress;
using report::Protocol;

namespace {

constexpr std::size_t kV4Digits = 8;
constexpr std::size_t kV6Digits = 32;
constexpr std::size_t kWordDigits = 8;

template <class Number>
bool read_hex(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

std::string_view next_word(std::string_view& line) {
    const auto begin = std::min(line.find_first_not_of(' '), line.size());
    const auto end = std::min(line.find(' ', begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
}

/// Addresses are printed as 32-bit words of host byte order, so their bytes in memory are the address.
bool read_end(std::string_view text, IpAddress& address, std::uint16_t& port) {
    const auto colon = text.find(':');
    if (colon != kV4Digits && colon != kV6Digits) return false;
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t word = 0; word * kWordDigits < colon; ++word) {
        std::uint32_t value = 0;
        if (!read_hex(text.substr(word * kWordDigits, kWordDigits), value)) return false;
        std::memcpy(bytes.data() + word * sizeof value, &value, sizeof value);
    }
    address =
        colon == kV4Digits ? IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}) : IpAddress::v6(bytes);
    return read_hex(text.substr(colon + 1), port);
}

std::uint64_t id_of(const Socket& socket) {
    if (socket.inode != 0) return socket.inode;
    std::size_t seed = socket.netns;
    mix_hash(seed, std::hash<IpAddress>{}(socket.local));
    mix_hash(seed, std::hash<IpAddress>{}(socket.peer));
    mix_hash(seed, static_cast<std::size_t>(socket.local_port) << 32 |
                       static_cast<std::size_t>(socket.peer_port) << 8 |
                       static_cast<std::size_t>(socket.protocol));
    return seed | std::uint64_t{1} << 63;  // inodes are smaller
}

}  // namespace

std::optional<Socket> parse_proc_net_line(std::string_view line, Protocol protocol, std::uint64_t netns) {
    Socket socket;
    socket.protocol = protocol;
    socket.netns = netns;
    if (!next_word(line).ends_with(':')) return std::nullopt;
    if (!read_end(next_word(line), socket.local, socket.local_port)) return std::nullopt;
    if (!read_end(next_word(line), socket.peer, socket.peer_port)) return std::nullopt;
    std::uint8_t state = 0;
    if (!read_hex(next_word(line), state)) return std::nullopt;
    socket.state = static_cast<SocketState>(state);
    // Between state and inode: queues, timer, retransmits, uid, timeout.
    for (int skipped = 0; skipped < 5; ++skipped) next_word(line);
    const std::string_view inode = next_word(line);
    const auto [end, error] = std::from_chars(inode.data(), inode.data() + inode.size(), socket.inode);
    if (error != std::errc{} || end != inode.data() + inode.size()) return std::nullopt;
    socket.id = id_of(socket);
    return socket;
}

std::size_t each_proc_net_socket(std::string_view table, Protocol protocol, std::uint64_t netns,
                                 const std::function<void(const Socket&)>& visit) {
    std::size_t senseless = 0;
    bool heading = true;
    while (!table.empty()) {
        const auto end = std::min(table.find('\n'), table.size());
        const auto socket = parse_proc_net_line(table.substr(0, end), protocol, netns);
        table.remove_prefix(std::min(end + 1, table.size()));
        if (socket) {
            visit(*socket);
        } else if (!heading) {
            ++senseless;
        }
        heading = false;
    }
    return senseless;
}

}  // namespace reticle::probe
