#include "probe/connections/inet_diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <cstring>

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

/// An answer of the kernel as bytes, with `info` bytes of TCP_INFO.
std::vector<char> answer(std::uint8_t family, std::size_t info_bytes) {
    inet_diag_msg body{};
    body.idiag_family = family;
    body.idiag_state = 1;
    body.id.idiag_sport = htons(80);
    body.id.idiag_dport = htons(40000);
    body.id.idiag_src[0] = htonl(0x0A000001);
    body.id.idiag_dst[0] = htonl(0x0A000002);
    if (family == AF_INET6) {
        body.id.idiag_src[0] = 0;
        body.id.idiag_src[2] = htonl(0x0000FFFF);
        body.id.idiag_src[3] = htonl(0x0A000001);
    }
    body.id.idiag_cookie[0] = 77;
    body.idiag_inode = 1234;
    tcp_info info{};
    info.tcpi_bytes_sent = 1100;
    info.tcpi_bytes_retrans = 100;
    info.tcpi_bytes_acked = 1001;
    info.tcpi_bytes_received = 500;
    info.tcpi_segs_in = 3;
    info.tcpi_segs_out = 4;
    info.tcpi_total_retrans = 2;
    info.tcpi_rtt = 250;
    info.tcpi_min_rtt = ~0u;
    rtattr attribute{};
    attribute.rta_type = INET_DIAG_INFO;
    attribute.rta_len = static_cast<unsigned short>(sizeof attribute + info_bytes);
    nlmsghdr header{};
    header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof body + attribute.rta_len);
    std::vector<char> bytes(header.nlmsg_len);
    char* at = bytes.data();
    std::memcpy(at, &header, sizeof header);
    std::memcpy(at += sizeof header, &body, sizeof body);
    std::memcpy(at += sizeof body, &attribute, sizeof attribute);
    std::memcpy(at + sizeof attribute, &info, info_bytes);
    return bytes;
}

std::optional<Socket> parse(const std::vector<char>& bytes) {
    return parse_diag(*reinterpret_cast<const nlmsghdr*>(bytes.data()), report::Protocol::tcp, 5);
}

TEST(InetDiag, ReadsSocketAndInfo) {
    const auto socket = parse(answer(AF_INET, sizeof(tcp_info)));
    ASSERT_TRUE(socket);
    EXPECT_EQ(socket->local.to_string(), "10.0.0.1");
    EXPECT_EQ(socket->local_port, 80);
    EXPECT_EQ(socket->peer.to_string(), "10.0.0.2");
    EXPECT_EQ(socket->peer_port, 40000);
    EXPECT_EQ(socket->inode, 1234u);
    EXPECT_EQ(socket->readings.bytes_sent, 1000u) << "without what was sent again";
    EXPECT_EQ(socket->readings.bytes_received, 500u);
    EXPECT_EQ(socket->readings.packets, 7u);
    EXPECT_EQ(socket->readings.retransmits, 2u);
    EXPECT_EQ(socket->readings.rtt_us, 250u);
    EXPECT_EQ(socket->readings.rtt_min_us, 0u) << "the kernel's word for unknown";
}

TEST(InetDiag, OlderKernelsKnowLess) {
    const auto socket = parse(answer(AF_INET, offsetof(tcp_info, tcpi_segs_out)));
    ASSERT_TRUE(socket);
    EXPECT_EQ(socket->readings.bytes_sent, 1001u) << "acknowledged bytes are the best there is";
    EXPECT_EQ(socket->readings.packets, 0u);
}

TEST(InetDiag, FoldsMappedIpv4) {
    EXPECT_EQ(parse(answer(AF_INET6, 0))->local, *report::IpAddress::parse("10.0.0.1"));
}

TEST(InetDiag, CookiesOfTwoNamespacesAreApart) {
    const auto bytes = answer(AF_INET, 0);
    const auto* message = reinterpret_cast<const nlmsghdr*>(bytes.data());
    EXPECT_NE(parse_diag(*message, report::Protocol::tcp, 5)->id,
              parse_diag(*message, report::Protocol::tcp, 6)->id);
}

TEST(InetDiag, ShortAnswersAreNone) {
    std::vector<char> bytes = answer(AF_INET, sizeof(tcp_info));
    auto* header = reinterpret_cast<nlmsghdr*>(bytes.data());
    const std::uint32_t whole = header->nlmsg_len;
    for (std::uint32_t size = 0; size < whole; ++size) {
        header->nlmsg_len = size;
        const std::vector<char> cut(bytes.begin(),
                                    bytes.begin() + std::max<std::uint32_t>(size, sizeof(nlmsghdr)));
        const auto socket = parse(cut);
        EXPECT_EQ(socket.has_value(), size >= sizeof(nlmsghdr) + sizeof(inet_diag_msg));
    }
}

}  // namespace
}  // namespace reticle::probe
