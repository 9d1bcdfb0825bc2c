#include "probe/connections/inet_diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace reticle::probe {

using report::IpAddress;
using report::Protocol;

namespace {

constexpr std::uint32_t bit(SocketState state) {
    return std::uint32_t{1} << static_cast<unsigned>(state);
}

// SYN_SENT is left out as well: a connect under way is not a connection, and an idle sweep need not see it.
constexpr std::uint32_t kTcpStates = bit(SocketState::established) | bit(SocketState::fin_wait1) |
                                     bit(SocketState::fin_wait2) | bit(SocketState::close_wait) |
                                     bit(SocketState::last_ack) | bit(SocketState::closing) |
                                     bit(SocketState::listen);
constexpr std::uint32_t kUdpStates = bit(SocketState::established) | bit(SocketState::close);

constexpr std::uint8_t kTcpInfo = 1u << (INET_DIAG_INFO - 1);

template <class Body>
std::vector<char> message_of(std::uint16_t type, const Body& body) {
    nlmsghdr header{};
    header.nlmsg_len = sizeof header + sizeof body;
    header.nlmsg_type = type;
    std::vector<char> message(header.nlmsg_len);
    std::memcpy(message.data(), &header, sizeof header);
    std::memcpy(message.data() + sizeof header, &body, sizeof body);
    return message;
}

IpAddress address(std::uint8_t family, const std::uint32_t (&words)[4]) {
    if (family == AF_INET) {
        std::array<std::uint8_t, 4> bytes;
        std::memcpy(bytes.data(), words, bytes.size());
        return IpAddress::v4(bytes);
    }
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), words, bytes.size());
    return IpAddress::v6(bytes);
}

SocketReadings readings_of(const char* data, std::size_t size) {
    // Older kernels send a shorter structure: what they do not know stays zero.
    tcp_info info{};
    std::memcpy(&info, data, std::min(size, sizeof info));
    SocketReadings readings;
    // bytes_acked would count SYN and FIN as bytes; payload itself is known since Linux 4.19.
    const bool knows_payload =
        size >= offsetof(tcp_info, tcpi_bytes_retrans) + sizeof info.tcpi_bytes_retrans;
    readings.bytes_sent = knows_payload
                              ? info.tcpi_bytes_sent - std::min(info.tcpi_bytes_retrans, info.tcpi_bytes_sent)
                              : info.tcpi_bytes_acked;
    readings.bytes_received = info.tcpi_bytes_received;
    readings.packets = info.tcpi_segs_in + info.tcpi_segs_out;
    readings.retransmits = info.tcpi_total_retrans;
    readings.rtt_us = info.tcpi_rtt;
    readings.rtt_min_us = info.tcpi_min_rtt == ~std::uint32_t{0} ? 0 : info.tcpi_min_rtt;
    return readings;
}

}  // namespace

std::vector<char> diag_request(std::uint8_t family, Protocol protocol) {
    inet_diag_req_v2 body{};
    body.sdiag_family = family;
    body.sdiag_protocol = static_cast<std::uint8_t>(protocol);
    body.idiag_states = protocol == Protocol::tcp ? kTcpStates : kUdpStates;
    if (protocol == Protocol::tcp) body.idiag_ext = kTcpInfo;
    return message_of(SOCK_DIAG_BY_FAMILY, body);
}

std::vector<char> tcp_diag_request() {
    inet_diag_req body{};  // family AF_UNSPEC
    body.idiag_states = kTcpStates;
    body.idiag_ext = kTcpInfo;
    return message_of(TCPDIAG_GETSOCK, body);
}

std::optional<Socket> parse_diag(const nlmsghdr& message, Protocol protocol, std::uint64_t netns) {
    constexpr std::size_t kBody = NLMSG_ALIGN(sizeof(nlmsghdr));
    constexpr std::size_t kAttributes = kBody + NLMSG_ALIGN(sizeof(inet_diag_msg));
    if (message.nlmsg_type != SOCK_DIAG_BY_FAMILY && message.nlmsg_type != TCPDIAG_GETSOCK)
        return std::nullopt;
    if (message.nlmsg_len < kAttributes) return std::nullopt;
    const char* bytes = reinterpret_cast<const char*>(&message);
    inet_diag_msg found;
    std::memcpy(&found, bytes + kBody, sizeof found);

    Socket socket;
    socket.netns = netns;
    socket.protocol = protocol;
    socket.state = static_cast<SocketState>(found.idiag_state);
    socket.inode = found.idiag_inode;
    socket.local = address(found.idiag_family, found.id.idiag_src);
    socket.peer = address(found.idiag_family, found.id.idiag_dst);
    socket.local_port = ntohs(found.id.idiag_sport);
    socket.peer_port = ntohs(found.id.idiag_dport);
    // Before Linux 4.x cookies were numbered per namespace; the multiplier keeps those apart.
    const std::uint64_t cookie =
        std::uint64_t{found.id.idiag_cookie[1]} << 32 | std::uint64_t{found.id.idiag_cookie[0]};
    socket.id = cookie + netns * 0x9e3779b97f4a7c15u;

    for (std::size_t at = kAttributes; at + sizeof(rtattr) <= message.nlmsg_len;) {
        rtattr attribute;
        std::memcpy(&attribute, bytes + at, sizeof attribute);
        if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > message.nlmsg_len) break;
        if (attribute.rta_type == INET_DIAG_INFO)
            socket.readings =
                readings_of(bytes + at + sizeof attribute, attribute.rta_len - sizeof attribute);
        at += RTA_ALIGN(attribute.rta_len);
    }
    return socket;
}

}  // namespace reticle::probe
