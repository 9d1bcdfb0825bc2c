// Deciding which conversations a half takes part in.
#include <algorithm>
#include <optional>
#include <utility>

#include "app/world/conversations.h"

namespace reticle::app {

using report::Direction;
using report::Flow;
using report::FlowKey;
using report::Witness;

std::vector<ConversationId> Conversations::settle() {
    // Deciding one half may mark others. It ends: roles follow from listeners alone, matches from roles and
    // witnesses, the rest from both; a half is marked again only when one of these turned.
    while (!marked_.empty()) {
        const HalfId id = marked_.back();
        marked_.pop_back();
        if (halves_[id].writer == kNoIndex) continue;  // left meanwhile
        halves_[id].waiting = false;
        decide(id);
    }
    return std::exchange(touched_, {});
}

void Conversations::decide(HalfId id) {
    if (const Role role = role_of(id); role != halves_[id].role) set_role(id, role);
    if (halves_[id].local) {
        std::vector<Wanted> wanted;
        wanted.emplace_back();
        relink(id, std::move(wanted));
    } else if (halves_[id].role == Role::client) {
        decide_client(id);
    } else {
        decide_server(id);
    }
}

void Conversations::decide_client(HalfId id) {
    std::vector<Wanted> wanted;
    const std::vector<HalfId> servers = partners(id);
    set_matched(id, !servers.empty());
    for (const HalfId server : servers) wanted.push_back({server, nullptr, false});
    if (servers.empty()) {
        const Flow& facts = flow(id);
        End far = resolver_.server_of(place(id), facts);
        const bool listener = far.kind == EndKind::node || far.kind == EndKind::listener_group;
        const bool unsure = facts.key.direction == Direction::unknown && !listener;
        const HalfId server = far.kind == EndKind::node ? server_half_of(id, far) : kNoIndex;
        if (server != kNoIndex) {
            wanted.push_back({server, nullptr, false});
        } else {
            wanted.push_back({kNoIndex, std::make_unique<End>(std::move(far)), unsure});
        }
    }
    relink(id, std::move(wanted));
}

void Conversations::decide_server(HalfId id) {
    const Flow& facts = flow(id);
    const std::vector<HalfId> clients = partners(id);
    set_matched(id, !clients.empty());
    mark_if_unlinked(id, clients);
    const Located client = directory_.addresses.locate(facts.key.peer, place(id));
    const HostIndex host = client.kind == Located::Kind::host ? client.host : kNoIndex;
    if (host != halves_[id].client_host) {
        mark_route(id);
        routes_.place(halves_, id, facts.key, host);
        mark_route(id);
    }
    std::vector<Wanted> wanted;
    if (!halves_[id].matched && !covered(id)) {
        wanted.push_back({kNoIndex, std::make_unique<End>(resolver_.client_of(place(id), facts)), false});
    }
    relink(id, std::move(wanted));
}

/// Links are the clients' to make and to break: those whose link to a server's half is missing or has lost
/// its reason are to decide again.
void Conversations::mark_if_unlinked(HalfId server, const std::vector<HalfId>& clients) {
    std::vector<HalfId> linked;
    for (const LinkId link : links_of(server)) {
        if (links_[link].client != kNoIndex) linked.push_back(links_[link].client);
    }
    for (const HalfId client : clients) {
        if (std::ranges::find(linked, client) == linked.end()) mark(client);
    }
    for (const HalfId client : linked) {
        // Those without a match of their own hang here by the route, whose turns set_matched tells.
        const bool by_witness = halves_[client].matched;
        if (by_witness && std::ranges::find(clients, client) == clients.end()) mark(client);
    }
}

/// What the writer saw, and where it saw no beginning: who listens is the server.
Role Conversations::role_of(HalfId id) const {
    const FlowKey& key = flow(id).key;
    if (key.direction != Direction::unknown) {
        return key.direction == Direction::inbound ? Role::server : Role::client;
    }
    const bool listens =
        directory_.listeners.listens(key.owner, place(id), key.protocol, key.local, key.service_port);
    return listens ? Role::server : Role::client;
}

void Conversations::set_role(HalfId id, Role role) {
    unlink_all(id);
    Half& half = halves_[id];
    if (half.local) {
        half.role = role;
        return;
    }
    const FlowKey& key = flow(id).key;
    mark_route(id);
    routes_.place(halves_, id, key, kNoIndex);
    half.role = role;
    half.matched = false;
    if (role == Role::client) routes_.place(halves_, id, key, half.host);
    mark_route(id);
    mark_witnesses(id);
}

void Conversations::set_matched(HalfId id, bool matched) {
    if (halves_[id].matched == matched) return;
    halves_[id].matched = matched;
    mark_route(id);
}

/// The halves of the other end that share a connection with this one.
std::vector<HalfId> Conversations::partners(HalfId id) const {
    std::vector<HalfId> found;
    const Role role = halves_[id].role;
    for (const Witness& witness : flow(id).witnesses) {
        witnesses_.visit(witness_key(id, witness.hash), [&](HalfId other) {
            if (other == id || halves_[other].role == role) return;
            if (std::ranges::find(found, other) != found.end()) return;
            if (role == Role::client ? compatible(id, other) : compatible(other, id)) found.push_back(other);
        });
    }
    return found;
}

/// Whether a shared witness can be one connection: a witness is a hash of addresses, and in two private
/// networks the same addresses are different machines.
bool Conversations::compatible(HalfId client, HalfId server) const {
    const FlowKey& called = flow(client).key;
    const FlowKey& calling = flow(server).key;
    if (called.protocol != calling.protocol || !namespaces_agree(client, server)) return false;
    const HostIndex client_host = halves_[client].host;
    const HostIndex server_host = halves_[server].host;
    if (client_host == server_host) return true;

    const AddressIndex& addresses = directory_.addresses;
    if (addresses.is_private_of(client_host, called.peer)) return false;
    if (addresses.is_private_of(server_host, calling.peer)) return false;
    // Where nothing was translated, each must be at the address that the other sees, as far as that is known.
    const auto elsewhere = [&](HalfId looking, const report::IpAddress& address, HostIndex host) {
        const Located located = addresses.locate(address, place(looking));
        return located.kind == Located::Kind::host && located.host != host;
    };
    if (called.peer == calling.local && elsewhere(client, called.peer, server_host)) return false;
    return called.local != calling.peer || !elsewhere(server, calling.peer, client_host);
}

/// Loopback and link-local addresses join halves of one namespace only.
bool Conversations::namespaces_agree(HalfId a, HalfId b) const {
    const FlowKey& one = flow(a).key;
    const FlowKey& other = flow(b).key;
    const bool inside = is_namespace_local(one.local) || is_namespace_local(one.peer) ||
                        is_namespace_local(other.local) || is_namespace_local(other.peer);
    return !inside || place(a) == place(b);
}

/// The server's half of the same route and owner that nothing better claims.
HalfId Conversations::server_half_of(HalfId client, const End& server) const {
    const FlowKey& key = flow(client).key;
    const auto preferred = [&](HalfId a, HalfId b) {
        const FlowKey& one = flow(a).key;
        const FlowKey& other = flow(b).key;
        const bool exact = one.peer == key.local;
        if (exact != (other.peer == key.local)) return exact;
        return one < other;
    };
    HalfId best = kNoIndex;
    routes_.visit(halves_, client, key, [&](HalfId other) {
        if (halves_[other].role != Role::server || halves_[other].matched) return;
        if (owner(other) != server.node || !namespaces_agree(client, other)) return;
        if (best == kNoIndex || preferred(other, best)) best = other;
    });
    return best;
}

/// Whether a client's half tells of the same route.
bool Conversations::covered(HalfId server) const {
    bool found = false;
    routes_.visit(halves_, server, flow(server).key, [&](HalfId other) {
        found = found || (halves_[other].role == Role::client && namespaces_agree(server, other));
    });
    return found;
}

NodeRef Conversations::owner(HalfId id) const {
    return {writers_[halves_[id].writer].info.id, flow(id).key.owner};
}

}  // namespace reticle::app
