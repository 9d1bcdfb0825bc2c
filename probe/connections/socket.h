#pragma once

#include <cstdint>

#include "report/address.h"
#include "report/flow.h"

namespace reticle::probe {

/// TCP states as the kernel numbers them (include/net/tcp_states.h); UDP sockets are `established` when
/// connected to a peer and `close` when not.
enum class SocketState : std::uint8_t {
    none = 0,
    established = 1,
    syn_sent = 2,
    syn_recv = 3,
    fin_wait1 = 4,
    fin_wait2 = 5,
    time_wait = 6,
    close = 7,
    close_wait = 8,
    last_ack = 9,
    listen = 10,
    closing = 11,
    new_syn_recv = 12,
};

/// What a TCP socket has counted since it was made; 32-bit ones wrap as the kernel's do.
struct SocketReadings {
    std::uint64_t bytes_sent = 0;  ///< payload, without what was sent again
    std::uint64_t bytes_received = 0;
    std::uint32_t packets = 0;  ///< segments both ways
    std::uint32_t retransmits = 0;
    std::uint32_t rtt_us = 0;
    std::uint32_t rtt_min_us = 0;

    /// Equal but for the round trip, which no traffic moves and which alone is no news.
    [[nodiscard]] bool same_counts(const SocketReadings& o) const {
        return bytes_sent == o.bytes_sent && bytes_received == o.bytes_received && packets == o.packets &&
               retransmits == o.retransmits;
    }
    friend bool operator==(const SocketReadings&, const SocketReadings&) = default;
};

/// One socket as a sweep found it.
struct Socket {
    /// Unlike that of any other living socket, and kept for its life: made of the kernel's cookie, or where
    /// there is none of the inode or the addresses.
    std::uint64_t id = 0;
    std::uint64_t netns = 0;
    std::uint64_t inode = 0;  ///< 0 when no file holds it: not yet accepted, or left behind by its process
    report::IpAddress local;
    report::IpAddress peer;
    std::uint16_t local_port = 0;
    std::uint16_t peer_port = 0;
    report::Protocol protocol = report::Protocol::none;
    SocketState state = SocketState::none;
    SocketReadings readings;

    [[nodiscard]] bool same_ends(const Socket& o) const {
        return local_port == o.local_port && peer_port == o.peer_port && local == o.local && peer == o.peer &&
               protocol == o.protocol && netns == o.netns;
    }
    friend bool operator==(const Socket&, const Socket&) = default;
};

/// Waits for conversations: TCP in LISTEN, UDP bound to a port and connected to nobody.
inline bool is_listener(const Socket& socket) {
    if (socket.protocol == report::Protocol::tcp) return socket.state == SocketState::listen;
    return socket.state == SocketState::close && socket.local_port != 0 && socket.peer_port == 0;
}

/// Takes part in a conversation now: established, and held by a process or still to be accepted by one. What
/// is left in a closing state without a file has been closed by its owner; a connect under way is not open
/// yet.
inline bool is_open(const Socket& socket) {
    switch (socket.state) {
        case SocketState::established:
            return socket.peer_port != 0 || socket.protocol == report::Protocol::tcp;
        case SocketState::close_wait:
            return true;
        case SocketState::fin_wait1:
        case SocketState::fin_wait2:
        case SocketState::last_ack:
        case SocketState::closing:
            return socket.inode != 0;
        default:
            return false;
    }
}

}  // namespace reticle::probe
