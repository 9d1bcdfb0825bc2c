// The source `connections` on the kernel that runs this test: sockets of this very process, and of a child in
// a network namespace of its own.
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/connections/connections.h"

namespace reticle::probe {
namespace {

using os::Fd;
using report::Direction;
using report::Flow;
using report::Protocol;

/// A socket of either protocol bound to a free port of IPv4 loopback.
Fd bound(int type, std::uint16_t& port) {
    Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
    return fd;
}

Fd connected(int type, std::uint16_t port) {
    Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
}

struct ConnectionsKernelTest : testing::TestWithParam<bool> {
    std::shared_ptr<ProcessWatch> watch = std::make_shared<ProcessWatch>(
        "/proc", "/etc/passwd", [](std::vector<std::string>) { return std::string(); });
    LocalState state{"h1", 1};
    std::unique_ptr<Connections> source;

    void SetUp() override {
        const bool use_diag = GetParam();
        source =
            std::make_unique<Connections>(watch, state.host(), "b00tb00t", std::chrono::seconds(2), use_diag);
    }
    void collect() {
        const Now now = read_clocks();
        ASSERT_TRUE(source->collect(state, now));
        state.flush(now);
    }
    const Flow* flow(std::uint16_t port, Protocol protocol = Protocol::tcp) const {
        for (const Flow& flow : state.state().flows)
            if (flow.key.service_port == port && flow.key.protocol == protocol) return &flow;
        return nullptr;
    }
    bool listens(std::uint16_t port, Protocol protocol) const {
        for (const auto& listener : state.state().listeners)
            if (listener.key.port == port && listener.key.protocol == protocol && listener.presence.alive())
                return true;
        return false;
    }
    static std::string pid_part(pid_t pid) { return ";" + std::to_string(pid) + ";"; }
};

TEST_P(ConnectionsKernelTest, ConversationWithOneself) {
    std::uint16_t port = 0;
    const Fd server = bound(SOCK_STREAM, port);
    ASSERT_EQ(::listen(server.get(), 8), 0);
    collect();
    EXPECT_TRUE(listens(port, Protocol::tcp));
    EXPECT_EQ(flow(port), nullptr);
    {
        const Fd client = connected(SOCK_STREAM, port);
        const Fd accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
        const std::string text(1000, 'x');
        ASSERT_EQ(::send(client.get(), text.data(), text.size(), 0), 1000);
        char buffer[2000];
        ASSERT_EQ(::recv(accepted.get(), buffer, sizeof buffer, 0), 1000);
        ASSERT_EQ(::send(accepted.get(), buffer, 10, 0), 10);
        ASSERT_EQ(::recv(client.get(), buffer, sizeof buffer, 0), 10);
        collect();
        const Flow* found = flow(port);
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->key.direction, Direction::outbound);
        EXPECT_THAT(found->key.owner.id.str(), testing::HasSubstr(pid_part(::getpid())));
        EXPECT_THAT(found->key.peer_owner.id.str(), testing::HasSubstr(pid_part(::getpid())));
        EXPECT_EQ(found->total().opened, 1u);
        EXPECT_EQ(found->active(), 1u);
        if (GetParam()) {
            EXPECT_EQ(found->total().bytes_sent, 1000u);
            EXPECT_EQ(found->total().bytes_received, 10u);
            EXPECT_GT(found->rtt_us, 0u);
            EXPECT_GT(found->total().packets, 0u);
        }
    }
    collect();
    EXPECT_EQ(flow(port)->active(), 0u);
    EXPECT_EQ(flow(port)->total().closed, 1u);
    EXPECT_TRUE(flow(port)->presence.ended());
}

TEST_P(ConnectionsKernelTest, Ipv6AndQuietSweeps) {
    const Fd server(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Fd client(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    socklen_t size = sizeof address;
    if (::bind(server.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
        GTEST_SKIP() << "this machine has no IPv6 loopback";
    ASSERT_EQ(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    ASSERT_EQ(::listen(server.get(), 8), 0);
    const std::uint16_t port = ntohs(address.sin6_port);
    collect();
    EXPECT_TRUE(listens(port, Protocol::tcp));
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    Fd accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    for (int sweep = 0; sweep < 12; ++sweep) {
        collect();
        ASSERT_NE(flow(port), nullptr);
        EXPECT_EQ(flow(port)->active(), 1u);
        EXPECT_EQ(flow(port)->key.peer.to_string(), "::1");
        EXPECT_TRUE(listens(port, Protocol::tcp));
    }
    accepted = Fd();
    collect();
    EXPECT_EQ(source->losses(), 0u);
}

TEST_P(ConnectionsKernelTest, UdpConversationAndListener) {
    std::uint16_t port = 0;
    const Fd server = bound(SOCK_DGRAM, port);
    const Fd client = connected(SOCK_DGRAM, port);
    collect();
    EXPECT_TRUE(listens(port, Protocol::udp));
    const Flow* found = flow(port, Protocol::udp);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->key.direction, Direction::outbound);
    EXPECT_EQ(found->total().active_at_start, 1u);
}

TEST_P(ConnectionsKernelTest, ChildThatKeepsTheConnectionOwnsIt) {
    std::uint16_t port = 0;
    const Fd server = bound(SOCK_STREAM, port);
    ASSERT_EQ(::listen(server.get(), 8), 0);
    collect();
    const Fd client = connected(SOCK_STREAM, port);
    Fd accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(client.get());
        for (;;) ::pause();
    }
    accepted = Fd();
    const Flow* found = nullptr;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
        collect();
        found = flow(port);
        if (found != nullptr && found->key.peer_owner.id.str().find(pid_part(child)) != std::string::npos &&
            found->key.owner.id.str().find(pid_part(::getpid())) != std::string::npos)
            break;
        ::usleep(50'000);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_NE(found, nullptr);
    EXPECT_THAT(found->key.peer_owner.id.str(), testing::HasSubstr(pid_part(child)));
    EXPECT_THAT(found->key.owner.id.str(), testing::HasSubstr(pid_part(::getpid())));
}

/// In the child: a network namespace of its own, with loopback up and a listener; its port goes through
/// `out`.
[[noreturn]] void live_elsewhere(int out) {
    std::uint16_t port = 0;
    Fd server;
    if (::unshare(CLONE_NEWNET) == 0) {
        const Fd control(::socket(AF_INET, SOCK_DGRAM, 0));
        ifreq loopback{};
        std::strcpy(loopback.ifr_name, "lo");
        loopback.ifr_flags = IFF_UP;
        ::ioctl(control.get(), SIOCSIFFLAGS, &loopback);
        server = bound(SOCK_STREAM, port);
        ::listen(server.get(), 8);
    }
    [[maybe_unused]] const ssize_t written = ::write(out, &port, sizeof port);
    for (;;) ::pause();
}

TEST_P(ConnectionsKernelTest, FindsSocketsInOtherNamespaces) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const Fd in(ends[0]);
    const Fd out(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) live_elsewhere(out.get());
    std::uint16_t port = 0;
    ASSERT_EQ(::read(in.get(), &port, sizeof port), static_cast<ssize_t>(sizeof port));
    if (port != 0) {
        collect();
        EXPECT_TRUE(listens(port, Protocol::tcp)) << source->status();
        const std::uint64_t here = own_net_namespace();
        for (const auto& listener : state.state().listeners) {
            if (listener.key.owner.id.str().find(pid_part(child)) == std::string::npos) continue;
            EXPECT_NE(listener.key.netns, here);
        }
        EXPECT_EQ(own_net_namespace(), here) << "this thread came back";
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    if (port == 0) GTEST_SKIP() << "unshare(CLONE_NEWNET) is not permitted here: CAP_SYS_ADMIN missing";
}

INSTANTIATE_TEST_SUITE_P(Rungs, ConnectionsKernelTest, testing::Bool(),
                         [](const auto& use_diag) { return use_diag.param ? "SockDiag" : "ProcNet"; });

}  // namespace
}  // namespace reticle::probe
