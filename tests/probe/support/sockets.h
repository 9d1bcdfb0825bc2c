#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "probe/connections/socket.h"

namespace reticle::test {

/// An end of a conversation in text: "10.0.0.1:80", "[::1]:80".
struct End {
    report::IpAddress address;
    std::uint16_t port = 0;
};

inline End end(std::string_view text) {
    const auto colon = text.rfind(':');
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
    const auto parsed = report::IpAddress::parse(address);
    if (!parsed) throw std::invalid_argument("not an end: " + std::string(text));
    return {*parsed, static_cast<std::uint16_t>(std::stoi(std::string(text.substr(colon + 1))))};
}

/// What a test says of a socket beyond its ends.
struct With {
    std::uint64_t inode = 0;
    std::uint64_t netns = 1;
    probe::SocketState state = probe::SocketState::established;
    report::Protocol protocol = report::Protocol::tcp;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t id = 0;  ///< 0 = made of the inode
};

/// A connected socket.
inline probe::Socket conversation(std::string_view local, std::string_view peer, const With& with) {
    probe::Socket socket;
    const End here = end(local);
    const End there = end(peer);
    socket.id = with.id != 0 ? with.id : with.inode;
    socket.inode = with.inode;
    socket.netns = with.netns;
    socket.state = with.state;
    socket.protocol = with.protocol;
    socket.local = here.address;
    socket.local_port = here.port;
    socket.peer = there.address;
    socket.peer_port = there.port;
    socket.readings.bytes_sent = with.sent;
    socket.readings.bytes_received = with.received;
    return socket;
}

/// A socket that waits: TCP in LISTEN, UDP connected to nobody.
inline probe::Socket listening(std::string_view local, With with) {
    const bool tcp = with.protocol == report::Protocol::tcp;
    with.state = tcp ? probe::SocketState::listen : probe::SocketState::close;
    return conversation(local, local.starts_with('[') ? "[::]:0" : "0.0.0.0:0", with);
}

}  // namespace reticle::test
