#include "probe/connections/socket_table.h"

#include <algorithm>

namespace reticle::probe {

void SocketChanges::clear() {
    opened.clear();
    moved.clear();
    closed.clear();
}

void SocketTable::begin_changes() {
    for (Connection* connection : changes_.moved) connection->moved = false;
    changes_.clear();
    closed_.clear();
}

void SocketTable::apply(const SocketEvent& event) {
    begin_changes();
    if (event.kind == SocketEvent::Kind::seen) {
        seen(event.socket);
        return;
    }
    const auto at = open_.find(event.socket.id);
    if (at == open_.end() || !at->second.socket.same_ends(event.socket)) return;
    at->second.socket.readings = event.socket.readings;
    close(at);
}

void SocketTable::reconcile(std::span<const Socket> sweep) {
    begin_sweep();
    for (const Socket& socket : sweep) seen(socket);
    end_sweep({});
}

void SocketTable::begin_sweep() {
    begin_changes();
    ++sweep_;
}

void SocketTable::seen(const Socket& socket) {
    const auto at = open_.find(socket.id);
    if (at == open_.end()) {
        if (is_open(socket)) add(socket);
        return;
    }
    Connection& connection = at->second;
    if (!connection.socket.same_ends(socket)) {
        // Disconnected and connected again, or the id of a dead one.
        close(at);
        if (is_open(socket)) add(socket);
        return;
    }
    connection.sweep = sweep_;
    const bool news =
        !connection.socket.readings.same_counts(socket.readings) || connection.socket.inode != socket.inode;
    const std::uint64_t inode = socket.inode != 0 ? socket.inode : connection.socket.inode;
    connection.socket = socket;
    if (!is_open(socket)) {
        connection.socket.inode = inode;  // still tells whose it was
        close(at);
        return;
    }
    if (news && !connection.moved) {
        connection.moved = true;
        changes_.moved.push_back(&connection);
    }
}

void SocketTable::end_sweep(const std::vector<std::pair<std::uint64_t, report::Protocol>>& incomplete) {
    for (auto at = open_.begin(); at != open_.end();) {
        const Connection& connection = at->second;
        const bool unread =
            std::find(incomplete.begin(), incomplete.end(),
                      std::pair(connection.socket.netns, connection.socket.protocol)) != incomplete.end();
        at = connection.sweep == sweep_ || unread ? std::next(at) : close(at);
    }
}

void SocketTable::add(const Socket& socket) {
    Connection& connection = open_[socket.id];
    connection.socket = socket;
    connection.sweep = sweep_;
    changes_.opened.push_back(&connection);
}

SocketTable::Open::iterator SocketTable::close(Open::iterator at) {
    const auto next = std::next(at);
    at->second.gone = true;
    changes_.closed.push_back(&at->second);
    closed_.push_back(open_.extract(at));
    return next;
}

}  // namespace reticle::probe
