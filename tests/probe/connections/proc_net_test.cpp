#include "probe/connections/proc_net.h"

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

using report::Protocol;

constexpr std::string_view kHeading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

TEST(ProcNet, ReadsIpv4) {
    const auto socket = parse_proc_net_line(
        "   3: 0100007F:1F90 0200000A:A2C5 01 00000000:00000000 00:00000000 00000000  1000        0 7788 1 "
        "0000",
        Protocol::tcp, 9);
    ASSERT_TRUE(socket);
    EXPECT_EQ(socket->local.to_string(), "127.0.0.1");
    EXPECT_EQ(socket->local_port, 8080);
    EXPECT_EQ(socket->peer.to_string(), "10.0.0.2");
    EXPECT_EQ(socket->peer_port, 41669);
    EXPECT_EQ(socket->state, SocketState::established);
    EXPECT_EQ(socket->inode, 7788u);
    EXPECT_EQ(socket->netns, 9u);
}

TEST(ProcNet, ReadsIpv6AndFoldsMappedIpv4) {
    const auto v6 = parse_proc_net_line(
        "0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000 0 0 5 1",
        Protocol::tcp, 1);
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->local.to_string(), "::1");
    EXPECT_TRUE(is_listener(*v6));
    const auto mapped = parse_proc_net_line(
        "0: 0000000000000000FFFF00000100007F:0016 0000000000000000FFFF00000100007F:9999 01 "
        "00000000:00000000 00:00000000 00000000 0 0 5 1",
        Protocol::tcp, 1);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->local, *report::IpAddress::parse("127.0.0.1"));
}

TEST(ProcNet, SocketsWithoutInodeAreToldApartByTheirEnds) {
    const auto line = [](const char* port) {
        return std::string("0: 0100007F:") + port +
               " 0200000A:A2C5 01 00000000:00000000 00:00000000 00000000 0 0 0 1";
    };
    const auto one = parse_proc_net_line(line("1F90"), Protocol::tcp, 1);
    const auto other = parse_proc_net_line(line("1F91"), Protocol::tcp, 1);
    ASSERT_TRUE(one && other);
    EXPECT_NE(one->id, other->id);
    EXPECT_EQ(one->id, parse_proc_net_line(line("1F90"), Protocol::tcp, 1)->id);
}

TEST(ProcNet, PassesOverWhatMakesNoSense) {
    const std::string table = std::string(kHeading) +
                              "0: 0100007F:1F90 0200000A:A2C5 01 0:0 0:0 0 0 0 1 1\n"
                              "nonsense\n"
                              "1: 0100007F:1F90 0200000A 01 0:0 0:0 0 0 0 1 1\n"
                              "2: 0100007F:1F90 0200000A:A2C5 01 0:0 0:0 0 0 0 x 1\n"
                              "3: 0100007F:1F90 0200000A:A2C5 01 0:0 0:0 0 0 0";
    int sockets = 0;
    EXPECT_EQ(each_proc_net_socket(table, Protocol::tcp, 1, [&sockets](const Socket&) { ++sockets; }), 4u);
    EXPECT_EQ(sockets, 1);
}

TEST(ProcNet, CutTablesAreReadToTheCut) {
    const std::string table =
        std::string(kHeading) + "0: 0100007F:1F90 0200000A:A2C5 01 0:0 0:0 0 0 0 12345 1\n";
    for (std::size_t size = 0; size <= table.size(); ++size)
        each_proc_net_socket(std::string_view(table).substr(0, size), Protocol::udp, 1, [](const Socket&) {});
}

TEST(ProcNet, ReadsAHundredThousandLines) {
    std::string table(kHeading);
    for (int line = 0; line < 100'000; ++line) {
        char text[160];
        std::snprintf(text, sizeof text,
                      "%6d: 0100007F:1F90 %08X:C350 01 00000000:00000000 00:00000000 00000000 0 0 %d 1\n",
                      line, 0x0A000000 + line, line + 1);
        table += text;
    }
    std::size_t sockets = 0;
    std::uint64_t last = 0;
    EXPECT_EQ(each_proc_net_socket(table, Protocol::tcp, 1,
                                   [&](const Socket& socket) {
                                       ++sockets;
                                       last = socket.inode;
                                   }),
              0u);
    EXPECT_EQ(sockets, 100'000u);
    EXPECT_EQ(last, 100'000u);
}

}  // namespace
}  // namespace reticle::probe
