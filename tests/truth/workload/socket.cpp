#include "tests/truth/workload/socket.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace reticle::truth {
namespace {

constexpr int kBacklog = 4096;

void check(int result, const std::string& what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

void enable(int fd, int level, int option, int value = 1) {
    check(setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}

void set_non_blocking(int fd) {
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
}

Fd open_socket(int family, int type) {
    Fd fd(socket(family, type | SOCK_CLOEXEC, 0));
    check(fd.get(), "socket");
    return fd;
}

void bind_to(int fd, const Endpoint& at) {
    check(bind(fd, at.data(), at.size), "bind " + to_string(at));
}

/// A bound socket of this type, with everything that must be set before bind.
Fd open_bound(const Endpoint& at, int type, const ListenMode& mode) {
    Fd fd = open_socket(at.family(), type);
    enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    if (mode.reuse_port) enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
    if (at.family() == AF_INET6) enable(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, mode.dual_stack ? 0 : 1);
    bind_to(fd.get(), at);
    return fd;
}

Fd open_client(const Endpoint& peer, const Source& source, int type) {
    Fd fd = open_socket(peer.family(), type);
    if (source.bind) {
        enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
        bind_to(fd.get(), source.v4_mapped ? mapped(*source.bind) : *source.bind);
    }
    return fd;
}

}  // namespace

Fd::~Fd() {
    if (value_ >= 0) close(value_);
}

Fd listen_tcp(const Endpoint& at, const ListenMode& mode) {
    Fd fd = open_bound(at, SOCK_STREAM, mode);
    check(listen(fd.get(), kBacklog), "listen " + to_string(at));
    set_non_blocking(fd.get());
    return fd;
}

Fd connect_tcp(const Endpoint& peer, const Source& source) {
    const Endpoint target = source.v4_mapped ? mapped(peer) : peer;
    Fd fd = open_client(target, source, SOCK_STREAM);
    check(connect(fd.get(), target.data(), target.size), "connect " + to_string(peer));
    set_non_blocking(fd.get());
    return fd;
}

Fd bind_udp(const Endpoint& at, const ListenMode& mode) {
    Fd fd = open_bound(at, SOCK_DGRAM, mode);
    if (at.family() == AF_INET)
        enable(fd.get(), IPPROTO_IP, IP_PKTINFO);
    else
        enable(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO);
    set_non_blocking(fd.get());
    return fd;
}

Fd open_udp(const Endpoint& peer, const Source& source, bool connected) {
    const Endpoint target = source.v4_mapped ? mapped(peer) : peer;
    Fd fd = open_client(target, source, SOCK_DGRAM);
    check(connect(fd.get(), target.data(), target.size), "connect " + to_string(peer));
    if (!connected) {
        // The connected socket only told which source address the route to the peer has: an unconnected
        // socket bound to the wildcard would not know its own half of the 4-tuple.
        Endpoint local = local_endpoint(fd.get());
        local.set_port(source.bind ? source.bind->port() : 0);
        Fd bound = open_socket(target.family(), SOCK_DGRAM);
        fd = Fd();
        bind_to(bound.get(), local);
        fd = std::move(bound);
    }
    set_non_blocking(fd.get());
    return fd;
}

}  // namespace reticle::truth
