#include "probe/connections/flow_table.h"

#include <algorithm>
#include <utility>

namespace reticle::probe {

using report::Direction;
using report::FlowKey;
using report::Protocol;

namespace {

constexpr std::uint8_t kV4Collapse = 24;
constexpr std::uint8_t kV6Collapse = 64;

Direction opposite(Direction direction) {
    switch (direction) {
        case Direction::inbound:
            return Direction::outbound;
        case Direction::outbound:
            return Direction::inbound;
        case Direction::unknown:
            break;
    }
    return Direction::unknown;
}

/// What flows of one owner and port have in common.
FlowKey without_ends(FlowKey key) {
    key.peer_owner = {};
    key.local = {};
    key.peer = {};
    return key;
}

}  // namespace

FlowTable::FlowTable(report::NodeKey host, std::string boot8, std::size_t max_peers)
    : host_(std::move(host)), boot8_(std::move(boot8)), max_peers_(max_peers) {}

void FlowTable::sweep(SocketTable& sockets, const ListenerTable& listeners, OwnerIndex& owners, bool first,
                      Now now) {
    const SocketChanges& changes = sockets.changes();
    for (Connection* connection : changes.opened) open(*connection, first);
    for (Connection* connection : changes.moved) moved(*connection);
    rehome_lost(sockets, owners);
    std::erase_if(pending_, [&](Connection* connection) {
        if (settle(*connection, listeners, owners)) return true;
        ++connection->tries;
        return false;
    });
    for (Connection* connection : changes.closed) closed(*connection, now);
    forget_empty(now.mono);
}

void FlowTable::open(Connection& connection, bool first) {
    connection.at_start = first;
    if (first) connection.counted = connection.socket.readings;
    ends_.add(connection);
    pending_.push_back(&connection);
}

void FlowTable::moved(Connection& connection) {
    if (connection.phase != Connection::Phase::counted) return;
    add_readings(*connection.flow, connection);
    touch(*connection.flow);
}

void FlowTable::closed(Connection& connection, Now now) {
    if (connection.phase == Connection::Phase::counted) {
        FlowEntry& entry = *connection.flow;
        uncount(connection);
        remember_closed(entry, connection, now.utc);
        if (entry.open.empty()) entry.emptied = now.mono;
    }
    set_ownerless(connection, false);
    if (connection.partner != nullptr) connection.partner->partner = nullptr;
    connection.partner = nullptr;
    ends_.remove(connection);
}

// --- whose it is ---

/// Finds connections whose owner let go of them while they stayed open (it ended, or closed its copy after
/// fork), and those whose owner was not to be found before.
void FlowTable::rehome_lost(SocketTable& sockets, OwnerIndex& owners) {
    const auto lost = owners.take_lost();
    const bool look_for_owners = ownerless_ > 0 && owners.generation() != owners_seen_;
    owners_seen_ = owners.generation();
    if (lost.empty() && !look_for_owners) return;
    std::vector<Connection*> found;
    for (auto& [id, connection] : sockets.open()) {
        if (connection.phase == Connection::Phase::pending) continue;
        const std::uint64_t inode = connection.socket.inode;
        if (!connection.ownerless && std::binary_search(lost.begin(), lost.end(), inode) &&
            !owners.holds(connection.owner, inode))
            set_ownerless(connection, true);
        // Until someone else is found to hold it, it stays with whoever had it: most likely it is closing.
        if (connection.ownerless && owners.owner(inode)) found.push_back(&connection);
    }
    for (Connection* connection : found) rehome(*connection);
}

void FlowTable::set_ownerless(Connection& connection, bool ownerless) {
    if (connection.ownerless == ownerless) return;
    connection.ownerless = ownerless;
    ownerless ? ++ownerless_ : --ownerless_;
}

void FlowTable::rehome(Connection& connection) {
    for (Connection* end : {connection.partner, &connection}) {
        if (end == nullptr || end->phase == Connection::Phase::pending) continue;
        if (end->phase == Connection::Phase::counted) uncount(*end);
        set_ownerless(*end, false);
        end->phase = Connection::Phase::pending;
        end->partner = nullptr;
        end->tries = 0;
        // What it did so far stands in the flow it leaves.
        end->at_start = false;
        end->counted = end->socket.readings;
        if (end == &connection) end->owner = {};
        pending_.push_back(end);
    }
}

bool FlowTable::settle(Connection& connection, const ListenerTable& listeners, const OwnerIndex& owners) {
    using Phase = Connection::Phase;
    if (connection.phase != Phase::pending) return true;
    const auto ready = [&owners](Connection& end) {
        if (end.owner.pid == 0) end.owner = owners.owner(end.socket.inode).value_or(Owner{});
        return end.owner.pid != 0 || end.tries >= kPatience || end.gone;
    };
    Connection* other = ends_.other_end(connection);
    if (!ready(connection)) return false;
    const bool may_pair = other != nullptr && other->phase == Phase::pending;
    const bool pair = may_pair && ready(*other);
    if (!connection.gone) {
        if (may_pair && !pair) return false;
        if (other == nullptr && may_have_other_end(connection)) return false;
    }
    if (connection.direction == Direction::unknown)
        connection.direction = direction_of(connection, other, listeners);
    if (!pair || other == &connection) {
        count_alone(connection);
        return true;
    }
    other->direction = opposite(connection.direction);
    const bool client = connection.direction == Direction::unknown
                            ? named_first(connection.socket)
                            : connection.direction == Direction::outbound;
    count_pair(client ? connection : *other, client ? *other : connection);
    return true;
}

/// Both ends of a conversation on this host are in one sweep, unless it was made while we were looking.
bool FlowTable::may_have_other_end(const Connection& connection) const {
    return connection.tries == 0 && connection.socket.protocol == Protocol::tcp &&
           ends_.peer_is_local(connection);
}

Direction FlowTable::direction_of(const Connection& connection, const Connection* other,
                                  const ListenerTable& listeners) const {
    const Socket& socket = connection.socket;
    if (other == &connection) return Direction::outbound;
    const bool here = listeners.covers(socket);
    bool there = other != nullptr && listeners.covers(other->socket);
    if (socket.peer.is_loopback()) there = there || listeners.covers_peer(socket);
    if (here != there) return here ? Direction::inbound : Direction::outbound;
    if (here) return Direction::unknown;
    if (socket.protocol == Protocol::tcp) return other == nullptr ? Direction::outbound : Direction::unknown;
    const bool local = ephemeral_.contains(socket.local_port);
    if (local == ephemeral_.contains(socket.peer_port)) return Direction::unknown;
    return local ? Direction::outbound : Direction::inbound;
}

// --- counting ---

void FlowTable::count_alone(Connection& connection) {
    FlowKey key = key_of(connection);
    if (ends_.other_end(connection) == &connection) key.peer_owner = key.owner;
    count(connection, std::move(key));
}

void FlowTable::count_pair(Connection& client, Connection& server) {
    FlowKey key = key_of(client);
    if (server.owner.pid != 0) key.peer_owner = node_of(server.owner);
    server.phase = Connection::Phase::joined;
    server.partner = &client;
    client.partner = &server;
    count(client, std::move(key));
}

void FlowTable::count(Connection& connection, FlowKey key) {
    FlowEntry& entry = entry_at(std::move(key));
    if (entry.collapsed) ++collapsed_;
    set_ownerless(connection, connection.owner.pid == 0);
    connection.phase = Connection::Phase::counted;
    connection.flow = &entry;
    connection.place = entry.open.size();
    connection.witness = witness_of(connection);
    entry.open.push_back(&connection);
    entry.reshaped = true;
    if (connection.at_start) {
        ++entry.update.added.active_at_start;
    } else {
        ++entry.update.added.opened;
    }
    add_readings(entry, connection);
    touch(entry);
}

void FlowTable::uncount(Connection& connection) {
    FlowEntry& entry = *connection.flow;
    add_readings(entry, connection);
    ++entry.update.added.closed;
    entry.reshaped = true;
    entry.open.back()->place = connection.place;
    entry.open[connection.place] = entry.open.back();
    entry.open.pop_back();
    connection.flow = nullptr;
    touch(entry);
}

void FlowTable::touch(FlowEntry& entry) {
    if (entry.touched) return;
    entry.touched = true;
    touched_.push_back(&entry);
}

FlowKey FlowTable::key_of(const Connection& connection) const {
    const Socket& socket = connection.socket;
    FlowKey key;
    key.owner = node_of(connection.owner);
    key.netns = socket.netns;
    key.local = socket.local;
    key.peer = socket.peer;
    key.service_port = service_port(connection);
    key.protocol = socket.protocol;
    key.direction = connection.direction;
    return key;
}

report::NodeKey FlowTable::node_of(const Owner& owner) const {
    return owner.pid == 0 ? host_ : process_key(boot8_, owner.pid, owner.start_ticks);
}

std::uint16_t FlowTable::service_port(const Connection& connection) const {
    const Socket& socket = connection.socket;
    if (connection.direction == Direction::outbound) return socket.peer_port;
    if (connection.direction == Direction::inbound) return socket.local_port;
    // For showing only: nobody concludes anything from it.
    const bool local_ephemeral = ephemeral_.contains(socket.local_port);
    if (local_ephemeral != ephemeral_.contains(socket.peer_port))
        return local_ephemeral ? socket.peer_port : socket.local_port;
    return std::min(socket.local_port, socket.peer_port);
}

FlowEntry& FlowTable::entry_at(FlowKey key) {
    if (const auto at = flows_.find(key); at != flows_.end()) return at->second;
    const report::IpAddress peer = key.peer;
    bool limited = false;
    if (key.peer_owner.none()) {
        key = collapse(std::move(key), limited);
        if (const auto at = flows_.find(key); at != flows_.end()) return at->second;
    }
    FlowEntry& entry = flows_[key];
    entry.collapsed = key.peer != peer;
    entry.limited = limited;
    entry.key = std::move(key);
    return entry;
}

/// Gives a new flow its peer: its own, or beyond the limit its network's, or when even the networks are too
/// many the whole address family's, so that nobody outside decides how much memory we take. `limited` says
/// whether it takes one of the owner's places.
FlowKey FlowTable::collapse(FlowKey key, bool& limited) {
    std::size_t& count = peers_[without_ends(key)];
    limited = true;
    if (count < max_peers_) {
        ++count;
        return key;
    }
    const std::uint8_t prefix = key.peer.is_v4() ? kV4Collapse : kV6Collapse;
    FlowKey collapsed = key;
    collapsed.peer = report::Subnet{key.peer, prefix}.network().base;
    if (flows_.contains(collapsed)) return collapsed;
    if (count < 2 * max_peers_) {
        ++count;
        return collapsed;
    }
    limited = false;
    collapsed.peer = report::Subnet{key.peer, 0}.network().base;
    return collapsed;
}

// --- stating ---

void FlowTable::state(LocalState& state, Now now) {
    for (FlowEntry* entry : touched_) {
        FlowUpdate& update = entry->update;
        if (entry->rtt_count != 0)
            update.rtt_us = static_cast<std::uint32_t>(entry->rtt_sum_us / entry->rtt_count);
        update.first_seen = now.utc;
        update.last_seen = now.utc;
        update.evidence = static_cast<std::uint8_t>(report::Evidence::sweep);
        if (entry->reshaped) update.witnesses = witnesses_of(*entry, now.utc);
        state.flow(entry->key, update);
        if (entry->open.empty()) state.flow_ended(entry->key);
        entry->update = {};
        entry->rtt_sum_us = 0;
        entry->rtt_count = 0;
        entry->touched = false;
        entry->reshaped = false;
    }
    touched_.clear();
}

/// Closed connections are witnesses for a while, in case the flow comes back; then an empty flow is
/// forgotten.
void FlowTable::forget_empty(MonoTime now) {
    if (now - forgot_ < kWitnessAge / 4) return;
    forgot_ = now;
    for (auto at = flows_.begin(); at != flows_.end();) {
        FlowEntry& entry = at->second;
        if (!entry.open.empty() || entry.touched || now - entry.emptied < kWitnessAge) {
            ++at;
            continue;
        }
        if (entry.limited) {
            const auto group = peers_.find(without_ends(entry.key));
            if (--group->second == 0) peers_.erase(group);
        }
        at = flows_.erase(at);
    }
}

}  // namespace reticle::probe
