#include "app/views/edge_group.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace reticle::app {
namespace {

ViewState state_of(const Conversation& conversation) {
    if (conversation.ended) return ViewState::ended;
    return conversation.stale ? ViewState::stale : ViewState::live;
}

/// "address:port" or "[address]:port"; a text without a port is an address.
Dialled split_dialled(std::string_view text) {
    Dialled dialled;
    const std::size_t colon = text.rfind(':');
    const bool bare_v6 = text.find(':') != colon && !text.starts_with('[');
    if (colon != std::string_view::npos && !bare_v6) {
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), dialled.port);
        text = text.substr(0, colon);
    }
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    dialled.address = text;
    return dialled;
}

std::optional<Dialled> dialled_of(const Conversation& conversation) {
    if (conversation.dialled.empty() && conversation.dialled_name.empty()) return std::nullopt;
    Dialled dialled = split_dialled(conversation.dialled);
    if (conversation.dialled.empty()) {
        dialled.address = conversation.server_address.to_string();
        dialled.port = conversation.service_port;
    }
    dialled.name = conversation.dialled_name;
    return dialled;
}

/// Field by field, with unsigned wrap-around, so that what was added can be taken away.
template <class Apply>
void combine(report::Counters& sum, const report::Counters& part, Apply apply) {
    apply(sum.opened, part.opened);
    apply(sum.closed, part.closed);
    apply(sum.bytes_sent, part.bytes_sent);
    apply(sum.bytes_received, part.bytes_received);
    apply(sum.packets, part.packets);
    apply(sum.retransmits, part.retransmits);
    apply(sum.active_at_start, part.active_at_start);
    for (std::size_t i = 0; i < report::kFailureKinds; ++i) apply(sum.failed[i], part.failed[i]);
}

/// Whether folding `after` over `before` gives the same as folding `after` alone.
bool covers(const ConversationPart& before, const ConversationPart& after) {
    const auto lowers = [](auto from, auto to) { return from == 0 || (to != 0 && to <= from); };
    return (before.evidence & ~after.evidence) == 0 && before.seen_by_client <= after.seen_by_client &&
           before.seen_by_server <= after.seen_by_server && lowers(before.first_seen, after.first_seen) &&
           lowers(before.rtt_min_us, after.rtt_min_us) && before.last_seen <= after.last_seen &&
           (before.rtt_us == 0 || after.rtt_us != 0) && (!before.dialled || before.dialled == after.dialled);
}

void append_escaped(std::string& out, std::string_view id) {
    for (const char c : id) {
        if (c == '|') {
            out += "%7C";
        } else if (c == '%') {
            out += "%25";
        } else {
            out += c;
        }
    }
}

}  // namespace

void ConversationPart::read(const Conversation& conversation) {
    id = conversation.id;
    state = state_of(conversation);
    seen_by_client = conversation.seen_by_client;
    seen_by_server = conversation.seen_by_server;
    exact = conversation.exact;
    evidence = conversation.evidence;
    counters = conversation.counters;
    numbers_from = conversation.numbers_from;
    active = conversation.active;
    rtt_us = conversation.rtt_us;
    rtt_min_us = conversation.rtt_min_us;
    first_seen = conversation.first_seen;
    last_seen = conversation.last_seen;
    dialled = dialled_of(conversation);
}

void EdgeGroup::join(ConversationPart& part) {
    part.edge = this;
    part.place = static_cast<std::uint32_t>(parts.size());
    parts.push_back(&part);
    edge.conversations.push_back(part.id);
    add(part);
    fold(part);
}

void EdgeGroup::leave(ConversationPart& part) {
    remove(part);
    lossy = true;
    if (newest == &part) newest = nullptr;
    if (parts.back() != &part) {
        parts.back()->place = part.place;
        parts[part.place] = parts.back();
        edge.conversations[part.place] = edge.conversations.back();
    }
    parts.pop_back();
    edge.conversations.pop_back();
    part.edge = nullptr;
}

void EdgeGroup::amend(ConversationPart& part, const Conversation& conversation) {
    remove(part);
    ConversationPart before = part;
    part.read(conversation);
    // Where the numbers come from another half than before, they step without anything having moved.
    if (before.numbers_from == part.numbers_from) {
        rate.gain(increase(before.counters.bytes_sent, part.counters.bytes_sent),
                  increase(before.counters.bytes_received, part.counters.bytes_received),
                  increase(before.counters.opened, part.counters.opened));
    }
    add(part);
    if (covers(before, part)) {
        fold(part);
    } else {
        lossy = true;
    }
}

void EdgeGroup::settle() {
    if (lossy) fold_anew();
    lossy = false;
    edge.state = states.liveliest();
    edge.exact = inexact == 0;
    edge.rtt_us = newest == nullptr ? 0 : newest->rtt_us;
}

void EdgeGroup::add(const ConversationPart& part) {
    combine(edge.counters, part.counters, [](auto& sum, auto value) { sum += value; });
    edge.active += part.active;
    states.add(part.state);
    if (!part.exact) ++inexact;
}

void EdgeGroup::remove(const ConversationPart& part) {
    combine(edge.counters, part.counters, [](auto& sum, auto value) { sum -= value; });
    edge.active -= part.active;
    states.remove(part.state);
    if (!part.exact) --inexact;
}

void EdgeGroup::fold(const ConversationPart& part) {
    const auto lower = [](auto& least, auto value) {
        if (value != 0 && (least == 0 || value < least)) least = value;
    };
    edge.seen_by_client |= part.seen_by_client;
    edge.seen_by_server |= part.seen_by_server;
    edge.evidence |= part.evidence;
    lower(edge.first_seen, part.first_seen);
    lower(edge.rtt_min_us, part.rtt_min_us);
    edge.last_seen = std::max(edge.last_seen, part.last_seen);
    // Round trips of 0 are unknown: the newest conversation that has one speaks.
    const auto rank = [](const ConversationPart& p) { return std::tuple(p.rtt_us != 0, p.last_seen, p.id); };
    if (newest == nullptr || rank(part) > rank(*newest)) newest = &part;
    if (!part.dialled) return;
    const auto place = std::ranges::lower_bound(edge.dialled, *part.dialled);
    if (place != edge.dialled.end() && *place == *part.dialled) return;
    edge.dialled.insert(place, *part.dialled);
    if (edge.dialled.size() > ViewEdge::kMaxDialled) edge.dialled.pop_back();
}

void EdgeGroup::fold_anew() {
    edge.seen_by_client = edge.seen_by_server = false;
    edge.evidence = 0;
    edge.first_seen = edge.last_seen = 0;
    edge.rtt_min_us = 0;
    edge.dialled.clear();
    newest = nullptr;
    for (const ConversationPart* part : parts) fold(*part);
}

std::string edge_id(std::string_view source, std::string_view target, report::Protocol protocol,
                    std::uint16_t port) {
    std::string id = "e:";
    append_escaped(id, source);
    id += '|';
    append_escaped(id, target);
    id += '|';
    id += report::protocol_name(protocol);
    id += '/';
    id += std::to_string(port);
    return id;
}

}  // namespace reticle::app
