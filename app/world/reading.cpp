// What a conversation looks like, put together from its halves when somebody asks.
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "app/world/conversations.h"

namespace reticle::app {

using report::Counters;
using report::Flow;
using report::Witness;

namespace {

/// A server's counters as its client would count them. Failed connects are the client's to know.
Counters turned_round(Counters counters) {
    std::swap(counters.bytes_sent, counters.bytes_received);
    counters.failed = {};
    return counters;
}

/// The part of `total` between two points of a scale, so that all parts add up to it.
std::uint64_t part(std::uint64_t total, std::uint64_t from, std::uint64_t to, std::uint64_t scale) {
    __extension__ using Wide = unsigned __int128;
    const auto upto = [&](std::uint64_t point) {
        return static_cast<std::uint64_t>(Wide{total} * point / scale);
    };
    return upto(to) - upto(from);
}

double relative_difference(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t most = std::max(a, b);
    return most == 0 ? 0 : static_cast<double>(most - std::min(a, b)) / static_cast<double>(most);
}

bool attributed(const End& end) {
    return end.kind != EndKind::listener_group && end.kind != EndKind::unattributed &&
           end.kind != EndKind::ambiguous;
}

}  // namespace

Conversation Conversations::read(LinkId index) const {
    return read(links_[index], id_of(index));
}

Conversation Conversations::read(const Link& link, ConversationId id) const {
    Conversation conversation;
    conversation.id = id;
    read_ends(link, conversation);
    conversation.exact = !link.unsure && attributed(conversation.client) && attributed(conversation.server);
    conversation.seen_by_client = link.client != kNoIndex || halves_[link.server].local;
    conversation.seen_by_server = link.server != kNoIndex || halves_[link.client].local;
    conversation.stale = true;
    conversation.ended = true;
    if (link.client != kNoIndex) read_half(link.client, conversation);
    if (link.server != kNoIndex) read_half(link.server, conversation);
    read_numbers(link, conversation);
    return conversation;
}

void Conversations::read_ends(const Link& link, Conversation& conversation) const {
    if (link.client != kNoIndex) {
        const Flow& facts = flow(link.client);
        conversation.client.node = owner(link.client);
        conversation.client.address = link.server != kNoIndex ? flow(link.server).key.peer : facts.key.local;
        conversation.server = other_end(link.client, link.server, link.far.get());
        conversation.protocol = facts.key.protocol;
        conversation.service_port = facts.key.service_port;
        conversation.client_address = facts.key.local;
        conversation.server_address = facts.key.peer;
        if (facts.extra) {
            conversation.dialled = facts.extra->dialled.text.str();
            conversation.dialled_name = facts.extra->dialled_name.text.str();
        }
    } else {
        const Flow& facts = flow(link.server);
        conversation.server.node = owner(link.server);
        conversation.server.address = facts.key.local;
        conversation.client = other_end(link.server, kNoIndex, link.far.get());
        conversation.protocol = facts.key.protocol;
        conversation.service_port = facts.key.service_port;
        conversation.client_address = facts.key.peer;
        conversation.server_address = facts.key.local;
    }
}

/// What both halves add to: standing, evidence, times.
void Conversations::read_half(HalfId id, Conversation& conversation) const {
    const Flow& facts = flow(id);
    conversation.stale = conversation.stale && writers_[halves_[id].writer].info.state == WriterState::stale;
    conversation.ended = conversation.ended && halves_[id].ended != MonoTime::max();
    conversation.evidence |= facts.evidence;
    if (facts.first_seen != 0 &&
        (conversation.first_seen == 0 || facts.first_seen < conversation.first_seen)) {
        conversation.first_seen = facts.first_seen;
    }
    conversation.last_seen = std::max(conversation.last_seen, facts.last_seen);
}

void Conversations::read_numbers(const Link& link, Conversation& conversation) const {
    const bool both = link.client != kNoIndex && link.server != kNoIndex;
    const bool shared = both && is_shared(link.client);
    // Of a half that has several conversations nothing belongs to one of them.
    const HalfId first = link.client != kNoIndex && !shared ? link.client : link.server;
    const HalfId second = first == link.client ? link.server : link.client;
    for (const HalfId id : {first, second}) {
        if (id == kNoIndex) continue;
        if (conversation.rtt_us == 0) conversation.rtt_us = flow(id).rtt_us;
        if (conversation.rtt_min_us == 0) conversation.rtt_min_us = flow(id).rtt_min_us;
    }
    if (shared && is_shared(link.server)) {
        read_split(link, conversation);
        return;
    }
    const Counters total = flow(first).total();
    conversation.active = flow(first).active();
    if (first == link.client) {
        conversation.numbers_from = NumbersFrom::client;
        conversation.counters = total;
    } else {
        conversation.numbers_from = NumbersFrom::server;
        conversation.counters = turned_round(total);
    }
    if (both && !shared && !is_shared(link.server)) {
        const Counters other = flow(second).total();
        conversation.disagreement = std::max(relative_difference(total.bytes_sent, other.bytes_received),
                                             relative_difference(total.bytes_received, other.bytes_sent));
    }
}

/// Several clients and several servers share both halves: the client's numbers, in proportion to the
/// connections that each server is known to have seen.
void Conversations::read_split(const Link& link, Conversation& conversation) const {
    std::vector<LinkId> links = links_of(link.client);
    std::ranges::sort(links, [this](LinkId a, LinkId b) {
        const HalfId one = links_[a].server;
        const HalfId other = links_[b].server;
        return std::pair(owner(one), flow(one).key) < std::pair(owner(other), flow(other).key);
    });
    std::uint64_t scale = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    for (const LinkId each : links) {
        const std::uint64_t common = common_witnesses(link.client, links_[each].server);
        if (links_[each].server == link.server) {
            from = scale;
            to = scale + common;
        }
        scale += common;
    }
    if (scale == 0) return;
    const Flow& facts = flow(link.client);
    const Counters total = facts.total();
    const auto mine = [&](auto count) {
        return static_cast<decltype(count)>(part(std::uint64_t{count}, from, to, scale));
    };
    Counters& counters = conversation.counters;
    counters.opened = mine(total.opened);
    counters.closed = mine(total.closed);
    counters.bytes_sent = mine(total.bytes_sent);
    counters.bytes_received = mine(total.bytes_received);
    counters.packets = mine(total.packets);
    counters.retransmits = mine(total.retransmits);
    counters.active_at_start = mine(total.active_at_start);
    std::ranges::transform(total.failed, counters.failed.begin(), mine);
    conversation.active = mine(facts.active());
    conversation.numbers_from = NumbersFrom::split;
}

std::uint64_t Conversations::common_witnesses(HalfId a, HalfId b) const {
    std::vector<Witness> common;
    std::ranges::set_intersection(flow(a).witnesses, flow(b).witnesses, std::back_inserter(common), {},
                                  &Witness::hash, &Witness::hash);
    return common.size();
}

bool Conversations::is_shared(HalfId id) const {
    const LinkId first = halves_[id].first_link;
    return first != kNoIndex && next(first, id) != kNoIndex;
}

}  // namespace reticle::app
