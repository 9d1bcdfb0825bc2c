// The conversations themselves: making, keeping and ending them.
#include <algorithm>
#include <utility>

#include "app/world/conversations.h"

namespace reticle::app {

/// Gives a half exactly the wanted conversations, as their first party. One with the same ends as before is
/// the same conversation.
void Conversations::relink(HalfId id, std::vector<Wanted> wanted) {
    std::vector<LinkId> present = links_of(id);
    std::erase_if(present, [&](LinkId link) { return !is_primary(link, id); });
    bool changed = false;

    const auto keep = [&](auto same) {
        std::erase_if(wanted, [&](Wanted& want) {
            const auto kept = std::ranges::find_if(present, [&](LinkId link) { return same(link, want); });
            if (kept == present.end()) return false;
            changed = update(*kept, id, std::move(want)) || changed;
            present.erase(kept);
            return true;
        });
    };
    keep([&](LinkId link, const Wanted& want) {
        return want.other != kNoIndex && other_half(link, id) == want.other;
    });
    keep([&](LinkId link, const Wanted& want) {
        return same_end(other_end(id, other_half(link, id), links_[link].far.get()),
                        other_end(id, want.other, want.far.get()));
    });
    changed = changed || !present.empty() || !wanted.empty();
    for (const LinkId link : present) unlink(link);
    for (Wanted& want : wanted) link(id, std::move(want));
    if (changed) touch(id);
}

/// What stands at the other end from a half: another half's owner, a found end, or whom it names itself.
End Conversations::other_end(HalfId id, HalfId other, const End* far) const {
    if (far != nullptr) return *far;
    End end;
    end.kind = EndKind::node;
    end.address = flow(id).key.peer;
    end.node = other != kNoIndex ? owner(other)
                                 : NodeRef{writers_[halves_[id].writer].info.id, flow(id).key.peer_owner};
    return end;
}

bool Conversations::update(LinkId index, HalfId id, Wanted wanted) {
    Link& link = links_[index];
    const bool same_far =
        (link.far == nullptr) == (wanted.far == nullptr) && (link.far == nullptr || *link.far == *wanted.far);
    if (other_half(index, id) == wanted.other && same_far && link.unsure == wanted.unsure) return false;
    link.far = std::move(wanted.far);
    link.unsure = wanted.unsure;
    set_other(index, id, wanted.other);
    return true;
}

void Conversations::link(HalfId id, Wanted wanted) {
    const LinkId index = links_.add();
    Link& link = links_[index];
    ++link.generation;
    link.far = std::move(wanted.far);
    link.unsure = wanted.unsure;
    (halves_[id].role == Role::client ? link.client : link.server) = id;
    hang(index, id);
    set_other(index, id, wanted.other);
}

/// Replaces the half at the other end, and lets it know.
void Conversations::set_other(LinkId index, HalfId id, HalfId other) {
    const HalfId before = other_half(index, id);
    if (before == other) return;
    if (before != kNoIndex) {
        unhang(index, before);
        mark(before);
        touch_shared(before);
    }
    Link& link = links_[index];
    (link.client == id ? link.server : link.client) = other;
    if (other != kNoIndex) {
        hang(index, other);
        mark(other);
        touch_shared(other);
    }
}

void Conversations::unlink(LinkId index) {
    touched_.push_back(id_of(index));
    Link& link = links_[index];
    for (const HalfId half : {link.client, link.server}) {
        if (half == kNoIndex) continue;
        unhang(index, half);
        mark(half);
        touch_shared(half);
    }
    const std::uint32_t generation = link.generation;
    link = Link();
    link.generation = generation;
    links_.release(index);
}

/// Takes a half out of all conversations. Where it was the second party the conversation stays, with the
/// half's owner as its found end, until the first party is decided anew.
void Conversations::unlink_all(HalfId id) {
    for (const LinkId index : links_of(id)) {
        if (is_primary(index, id)) {
            unlink(index);
            continue;
        }
        const HalfId first = other_half(index, id);
        links_[index].far = std::make_unique<End>(other_end(first, id, nullptr));
        set_other(index, first, kNoIndex);
        touched_.push_back(id_of(index));
        mark(first);
    }
}

void Conversations::hang(LinkId index, HalfId id) {
    Half& half = halves_[id];
    Hook& own = hook(index, id);
    own = {kNoIndex, half.first_link};
    if (half.first_link != kNoIndex) hook(half.first_link, id).previous = index;
    half.first_link = index;
}

void Conversations::unhang(LinkId index, HalfId id) {
    Hook& own = hook(index, id);
    if (own.next != kNoIndex) hook(own.next, id).previous = own.previous;
    if (own.previous != kNoIndex) {
        hook(own.previous, id).next = own.next;
    } else {
        halves_[id].first_link = own.next;
    }
    own = {};
}

/// Whether a half is shared decides whose numbers count: where that may turn, its conversations change.
void Conversations::touch_shared(HalfId id) {
    const LinkId first = halves_[id].first_link;
    if (first == kNoIndex) return;
    touched_.push_back(id_of(first));
    const LinkId second = next(first, id);
    if (second == kNoIndex || next(second, id) != kNoIndex) return;
    touched_.push_back(id_of(second));
}

HalfId Conversations::other_half(LinkId link, HalfId id) const {
    return links_[link].client == id ? links_[link].server : links_[link].client;
}

/// A conversation belongs to its client's half, else to its server's.
bool Conversations::is_primary(LinkId link, HalfId id) const {
    return links_[link].client == id || links_[link].client == kNoIndex;
}

std::vector<LinkId> Conversations::links_of(HalfId id) const {
    std::vector<LinkId> links;
    for (LinkId link = halves_[id].first_link; link != kNoIndex; link = next(link, id)) links.push_back(link);
    return links;
}

Hook& Conversations::hook(LinkId link, HalfId id) {
    return links_[link].client == id ? links_[link].of_client : links_[link].of_server;
}

LinkId Conversations::next(LinkId link, HalfId id) const {
    return (links_[link].client == id ? links_[link].of_client : links_[link].of_server).next;
}

const Link* Conversations::find(ConversationId id) const {
    const auto index = static_cast<LinkId>(id & 0xffffffff);
    if (index >= links_.end() || !links_[index].used() || id_of(index) != id) return nullptr;
    return &links_[index];
}

}  // namespace reticle::app
