#include "tests/truth/workload/udp.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace reticle::truth {
namespace {

constexpr char kMessage[64] = {};

/// One received datagram: who sent it and to which of our addresses.
struct Datagram {
    Endpoint peer;
    Endpoint local;
    std::array<char, 2048> bytes;
    size_t size = 0;
};

/// The destination address in the control data, at the port the socket is bound to.
Endpoint destination(msghdr& message, int socket) {
    Endpoint local = local_endpoint(socket);
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            reinterpret_cast<sockaddr_in&>(local.storage).sin_addr = info.ipi_addr;
        } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            reinterpret_cast<sockaddr_in6&>(local.storage).sin6_addr = info.ipi6_addr;
        }
    }
    return local;
}

std::optional<Datagram> receive_one(int socket) {
    Datagram datagram;
    iovec part{datagram.bytes.data(), datagram.bytes.size()};
    alignas(cmsghdr) std::array<char, 256> control{};
    msghdr message{};
    message.msg_name = &datagram.peer.storage;
    message.msg_namelen = sizeof datagram.peer.storage;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = recvmsg(socket, &message, MSG_DONTWAIT);
    if (size < 0) return std::nullopt;
    datagram.size = static_cast<size_t>(size);
    datagram.peer.size = message.msg_namelen;
    datagram.local = destination(message, socket);
    return datagram;
}

void discard_all(int socket) {
    std::array<char, 2048> buffer;
    while (recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT) >= 0) {
    }
}

}  // namespace

UdpProcess::UdpProcess(const Options& options, TruthLog& log, Control& control)
    : options_(options), log_(log), control_(control), next_send_(Clock::now()) {}

void UdpProcess::serve(int socket) {
    sockets_.push_back(socket);
}

void UdpProcess::connect_peers() {
    Source source = options_.source;
    for (const Endpoint& peer : options_.peers) {
        for (unsigned index = 0; index < options_.connections; ++index) {
            Fd fd = open_udp(peer, source, !options_.unconnected);
            const Endpoint local = local_endpoint(fd.get());
            log_.opened("udp", Side::client, local, peer);
            conversations_.push_back({std::move(fd), local, peer, source.v4_mapped ? mapped(peer) : peer});
            if (source.bind && source.bind->port() != 0)
                source.bind->set_port(static_cast<uint16_t>(source.bind->port() + 1));
        }
    }
}

void UdpProcess::run() {
    while (!quitting_) {
        std::vector<pollfd> polled;
        control_.watch(polled);
        for (const int socket : sockets_) polled.push_back({socket, POLLIN, 0});
        for (const Conversation& each : conversations_) polled.push_back({each.fd.get(), POLLIN, 0});
        poll(polled.data(), polled.size(), milliseconds_until(next_send_));
        for (const int socket : sockets_) receive(socket);
        for (const Conversation& each : conversations_) discard_all(each.fd.get());
        obey(control_.next());
        send_due();
    }
}

void UdpProcess::receive(int socket) {
    while (const auto datagram = receive_one(socket)) {
        if (known_.insert(to_string(datagram->local) + " " + to_string(datagram->peer)).second)
            log_.opened("udp", Side::server, datagram->local, datagram->peer);
        sendto(socket, datagram->bytes.data(), datagram->size, MSG_DONTWAIT, datagram->peer.data(),
               datagram->peer.size);
    }
}

void UdpProcess::obey(Command command) {
    if (command == Command::none) return;
    quitting_ = command == Command::quit;
    for (const Conversation& each : conversations_) log_.closed("udp", Side::client, each.local, each.peer);
    conversations_.clear();
}

void UdpProcess::send_due() {
    const auto now = Clock::now();
    if (now < next_send_) return;
    next_send_ = now + options_.interval;
    for (const Conversation& each : conversations_) {
        const bool named = options_.unconnected;
        sendto(each.fd.get(), kMessage, sizeof kMessage, MSG_DONTWAIT | MSG_NOSIGNAL,
               named ? each.target.data() : nullptr, named ? each.target.size : 0);
    }
}

}  // namespace reticle::truth
