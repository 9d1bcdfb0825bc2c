#include "tests/truth/workload/tcp.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace reticle::truth {
namespace {

constexpr char kMessage[64] = {};
constexpr std::chrono::milliseconds kAcceptPause{2};

void send_message(int fd) {
    // A full buffer only means that the other end does not read; the conversation goes on.
    send(fd, kMessage, sizeof kMessage, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// Reads what there is, sends it back if asked to; false at the end of the connection.
bool read_all(int fd, bool echo) {
    std::array<char, 16384> buffer;
    for (;;) {
        const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
        if (size == 0) return false;
        if (size < 0) return errno == EAGAIN || errno == EINTR;
        if (echo) send(fd, buffer.data(), static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

}  // namespace

TcpProcess::TcpProcess(const Options& options, TruthLog& log, Control& control)
    : options_(options), log_(log), control_(control), next_send_(Clock::now()) {}

void TcpProcess::serve(int listener) {
    listeners_.push_back(listener);
}

void TcpProcess::connect_peers() {
    Source source = options_.source;
    for (const Endpoint& peer : options_.peers) {
        for (unsigned index = 0; index < options_.connections; ++index) {
            add(connect_tcp(peer, source), Side::client);
            if (source.bind && source.bind->port() != 0)
                source.bind->set_port(static_cast<uint16_t>(source.bind->port() + 1));
        }
    }
}

void TcpProcess::run() {
    while (!quitting_) {
        std::vector<pollfd> polled;
        control_.watch(polled);
        const size_t first_listener = polled.size();
        const bool accepts = next_accept_ <= Clock::now();
        if (accepts)
            for (const int listener : listeners_) polled.push_back({listener, POLLIN, 0});
        const size_t first_connection = polled.size();
        const bool reads = options_.talk == Talk::echo;
        for (const Connection& connection : connections_) {
            const bool wanted = reads || connection.side == Side::client;
            const int events = wanted ? POLLIN | POLLRDHUP : POLLRDHUP;
            polled.push_back({connection.fd.get(), static_cast<short>(events), 0});
        }
        const auto wake = accepts ? next_send_ : std::min(next_send_, next_accept_);
        poll(polled.data(), polled.size(), milliseconds_until(wake));

        drop_closed(polled, first_connection);
        for (size_t index = first_listener; index < first_connection; ++index)
            if (polled[index].revents != 0) accept_from(listeners_[index - first_listener]);
        obey(control_.next());
        send_due();
    }
}

void TcpProcess::accept_from(int listener) {
    const bool shared = options_.workers > 0 && options_.sharing == Sharing::prefork;
    if (!shared) {
        while (accept_one(listener)) {
        }
        return;
    }
    // All workers wake for one connection. The one that got it stands back for a moment, so that a
    // burst of connections spreads over the workers and the truth has something to tell apart.
    if (accept_one(listener)) next_accept_ = Clock::now() + kAcceptPause;
}

bool TcpProcess::accept_one(int listener) {
    Fd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.get() < 0) return false;
    try {
        add(std::move(fd), Side::server);
    } catch (const std::system_error&) {
        // The peer reset the connection before its address could be read: it is nobody's conversation.
    }
    return true;
}

void TcpProcess::add(Fd fd, Side side) {
    const Endpoint local = local_endpoint(fd.get());
    const Endpoint peer = peer_endpoint(fd.get());
    log_.opened("tcp", side, local, peer);
    connections_.push_back({std::move(fd), side, local, peer});
}

void TcpProcess::obey(Command command) {
    if (command == Command::none) return;
    quitting_ = command == Command::quit;
    std::erase_if(connections_, [&](const Connection& connection) {
        if (!quitting_ && connection.side != Side::client) return false;
        log_.closed("tcp", connection.side, connection.local, connection.peer);
        return true;
    });
}

void TcpProcess::send_due() {
    const auto now = Clock::now();
    if (now < next_send_) return;
    next_send_ = now + options_.interval;
    for (const Connection& connection : connections_) {
        const bool ours = connection.side == Side::client;
        if (ours ? !options_.quiet : options_.talk == Talk::write) send_message(connection.fd.get());
    }
}

bool TcpProcess::still_open(const Connection& connection, short events) const {
    if ((events & POLLIN) != 0) {
        const bool echo = connection.side == Side::server && options_.talk == Talk::echo;
        if (!read_all(connection.fd.get(), echo)) return false;
    }
    return (events & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

void TcpProcess::drop_closed(const std::vector<pollfd>& polled, size_t first) {
    // `polled` was made from `connections_` in this order, and nothing was added since.
    size_t index = first;
    std::erase_if(connections_, [&](const Connection& connection) {
        if (still_open(connection, polled[index++].revents)) return false;
        log_.closed("tcp", connection.side, connection.local, connection.peer);
        return true;
    });
}

}  // namespace reticle::truth
