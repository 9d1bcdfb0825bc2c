// Entering and leaving the indexes, and marking what news may concern.
#include "app/world/conversations.h"

#include <algorithm>
#include <utility>

namespace reticle::app {

using report::Flow;
using report::FlowKey;
using report::IpAddress;
using report::Protocol;
using report::Witness;

namespace {

/// Aliases of aliases that news is followed through; as deep as the resolver looks.
constexpr int kMaxDepth = 4;

}  // namespace

HalfId Conversations::add(WriterIndex writer, std::uint32_t position) {
    const HalfId id = halves_.add();
    Half& half = halves_[id];
    half = Half();
    half.writer = writer;
    half.position = position;
    const FlowKey& key = flow(id).key;
    half.local = !key.peer_owner.none();
    half.host = writers_.host_of(writer, key.owner);
    enter(id);
    mark(id);
    return id;
}

void Conversations::remove(HalfId id) {
    leave(id);
    halves_[id] = Half();
    halves_.release(id);
}

/// Enters the indexes. A half whose ends are both known needs none.
void Conversations::enter(HalfId id) {
    Half& half = halves_[id];
    half.role = role_of(id);
    if (half.local) return;
    const Flow& facts = flow(id);
    half.peer_realm = peer_realm(id);
    peers_.add(halves_, id, facts.key);
    index_witnesses(id, facts.witnesses, true);
    mark_witnesses(id);
    if (half.role == Role::client) {
        routes_.place(halves_, id, facts.key, half.host);
        mark_route(id);
    }
}

/// Leaves the indexes and all conversations; marks those that relied on it.
void Conversations::leave(HalfId id) {
    unlink_all(id);
    if (halves_[id].local) return;
    const Flow& facts = flow(id);
    mark_route(id);
    routes_.place(halves_, id, facts.key, kNoIndex);
    mark_witnesses(id);
    index_witnesses(id, facts.witnesses, false);
    peers_.remove(halves_, id, facts.key);
}

void Conversations::changed(HalfId id, bool names) {
    touch(id);
    if (names) mark(id);
}

void Conversations::touch(HalfId id) {
    for (LinkId link = halves_[id].first_link; link != kNoIndex; link = next(link, id)) {
        touched_.push_back(id_of(link));
    }
}

void Conversations::witnesses_changed(HalfId id, std::span<const Witness> before) {
    if (halves_[id].local) return;
    const std::vector<Witness>& now = flow(id).witnesses;
    // Both lists are sorted: only what came or went is indexed and marks others.
    const auto missing_in = [](std::span<const Witness> these, std::span<const Witness> others) {
        std::vector<Witness> missing;
        std::ranges::set_difference(these, others, std::back_inserter(missing), {}, &Witness::hash,
                                    &Witness::hash);
        return missing;
    };
    const auto gone = missing_in(before, now);
    const auto come = missing_in(now, before);
    index_witnesses(id, come, true);
    for (const auto* list : {&gone, &come}) {
        for (const Witness& witness : *list) {
            witnesses_.visit(witness_key(id, witness.hash), [this](HalfId other) { mark(other); });
        }
    }
    index_witnesses(id, gone, false);
}

void Conversations::rehost(HalfId id, HostIndex host) {
    if (halves_[id].host == host) return;
    leave(id);
    halves_[id].host = host;
    halves_[id].matched = false;
    enter(id);
    mark(id);
}

void Conversations::index_witnesses(HalfId id, std::span<const Witness> witnesses, bool enter) {
    for (const Witness& witness : witnesses) {
        const std::uint64_t key = witness_key(id, witness.hash);
        if (enter) {
            witnesses_.add(key, id);
        } else {
            witnesses_.remove(key, id);
        }
    }
}

/// Loopback connections of different hosts look alike (127.0.0.1:40000 to 127.0.0.1:80 is on every host):
/// where either address means something in its namespace only, the namespace is part of the hash.
std::uint64_t Conversations::witness_key(HalfId id, std::uint64_t hash) const {
    const FlowKey& key = flow(id).key;
    if (!is_namespace_local(key.local) && !is_namespace_local(key.peer)) return hash;
    std::size_t seed = hash;
    mix(seed, halves_[id].host);
    mix(seed, key.netns);
    return seed;
}

HostIndex Conversations::peer_realm(HalfId id) const {
    const IpAddress& peer = flow(id).key.peer;
    const HostIndex host = halves_[id].host;
    const bool own = is_namespace_local(peer) || directory_.addresses.is_private_of(host, peer);
    return own ? host : kNoIndex;
}

void Conversations::mark(HalfId id) {
    if (halves_[id].waiting) return;
    halves_[id].waiting = true;
    marked_.push_back(id);
}

/// Marks the halves that saw a connection which this one saw.
void Conversations::mark_witnesses(HalfId id) {
    for (const Witness& witness : flow(id).witnesses) {
        witnesses_.visit(witness_key(id, witness.hash), [&](HalfId other) {
            if (other != id) mark(other);
        });
    }
}

/// Marks the halves of the other end on the same route that have no better match than the route.
void Conversations::mark_route(HalfId id) {
    routes_.visit(halves_, id, flow(id).key, [&](HalfId other) {
        if (halves_[other].role != halves_[id].role && !halves_[other].matched) mark(other);
    });
}

void Conversations::addresses_changed(HostIndex host, const AddressIndex::Changed& changed) {
    const auto mark_one = [this](HalfId id) { mark(id); };
    for (const IpAddress& address : changed.addresses) {
        peers_.visit_all(halves_, address, host, mark_one);
        peers_.visit_all(halves_, address, kNoIndex, mark_one);
        for (const AliasIndex::Back& back : directory_.aliases.standing_for(address)) {
            mark_target(back.seen.host, back.seen.address, back.seen.protocol, back.seen.port, 1);
        }
    }
    if (!changed.private_networks || host == kNoIndex) return;
    for (const HalfId id : writers_[writers_.host(host).writer].halves) {
        if (id == kNoIndex || halves_[id].host != host || halves_[id].local) continue;
        peers_.remove(halves_, id, flow(id).key);
        halves_[id].peer_realm = peer_realm(id);
        peers_.add(halves_, id, flow(id).key);
        mark(id);
    }
}

/// Marks the clients that dial an address and port, under whatever name it has on `host`, and that only the
/// address leads to their server.
void Conversations::mark_target(HostIndex host, const IpAddress& address, Protocol protocol,
                                std::uint16_t port, int depth) {
    const auto mark_one = [this](HalfId id) {
        if (halves_[id].role == Role::client && !halves_[id].matched) mark(id);
    };
    const IpAddress folded = folded_loopback(address);
    peers_.visit(halves_, folded, host, protocol, port, mark_one);
    if (!is_namespace_local(address)) peers_.visit(halves_, folded, kNoIndex, protocol, port, mark_one);
    if (depth >= kMaxDepth) return;
    for (const AliasIndex::Back& back : directory_.aliases.standing_for(address)) {
        if (back.meant_port == port && back.seen.protocol == protocol) {
            mark_target(back.seen.host, back.seen.address, protocol, back.seen.port, depth + 1);
        }
    }
}

void Conversations::listener_changed(HostIndex host, const report::ListenerKey& key) {
    if (key.address.is_unspecified()) {
        mark_target(host, key.address, key.protocol, key.port, 0);
        for (const IpAddress& address : directory_.addresses.addresses_of(host, key.netns)) {
            if (!address.is_loopback()) mark_target(host, address, key.protocol, key.port, 0);
        }
    } else {
        mark_target(host, key.address, key.protocol, key.port, 0);
    }
    // Who listens is the server where nobody saw who began.
    const Writer& writer = writers_[writers_.host(host).writer];
    const auto& flows = writer.state.flows;
    const auto owned = std::ranges::equal_range(
        flows, key.owner, {}, [](const Flow& facts) -> const auto& { return facts.key.owner; });
    for (auto flow = owned.begin(); flow != owned.end(); ++flow) {
        const HalfId id = writer.halves[static_cast<std::size_t>(flow - flows.begin())];
        if (id != kNoIndex && flow->key.direction == report::Direction::unknown) mark(id);
    }
}

void Conversations::alias_changed(HostIndex host, const report::AliasKey& key) {
    mark_target(host, key.seen, key.protocol, key.seen_port, 1);
}

std::size_t Conversations::memory_bytes() const {
    std::size_t bytes = halves_.memory_bytes() + links_.memory_bytes() + peers_.memory_bytes() +
                        routes_.memory_bytes() + witnesses_.memory_bytes();
    for_each([&](LinkId link) {
        if (links_[link].far) bytes += sizeof(End) + 16;
    });
    return bytes;
}

}  // namespace reticle::app
