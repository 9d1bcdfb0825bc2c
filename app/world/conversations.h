#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "app/world/conversation.h"
#include "app/world/half.h"
#include "app/world/peer_index.h"
#include "app/world/resolver.h"
#include "app/world/route_index.h"
#include "app/world/slab.h"
#include "app/world/witness_index.h"
#include "app/world/writers.h"
#include "report/flow.h"

namespace reticle::app {

/// Brings the halves of conversations together, and keeps them so while facts come and go.
///
/// What a half takes part in is a function of the facts alone:
///
/// | half | conversations |
/// |---|---|
/// | both owners stated by the writer | one, exact |
/// | client's, witnesses shared with server halves | one with each |
/// | client's, none shared | one with the end found by address (Resolver), joined by the server half of the |
/// |   | same route and owner if that has no better match |
/// | server's, witnesses shared | those of its clients |
/// | server's, none shared, a client half of the same route | none of its own |
/// | server's, none shared otherwise | one with the end found by address |
///
/// News marks the halves that it may concern; settle() decides each of them anew and touches the rest not.
class Conversations {
  public:
    Conversations(Writers& writers, Directory& directory, const KnownServices& services)
        : writers_(writers), directory_(directory), resolver_(writers, directory, services) {}

    /// A flow became visible.
    HalfId add(WriterIndex writer, std::uint32_t position);
    /// A flow leaves: ended long enough, or its writer is dropped.
    void remove(HalfId id);
    /// The flow stands elsewhere in its writer's list.
    void moved(HalfId id, std::size_t position) {
        halves_[id].position = static_cast<std::uint32_t>(position);
    }
    void set_ended(HalfId id, MonoTime ended) { halves_[id].ended = ended; }
    [[nodiscard]] MonoTime ended(HalfId id) const { return halves_[id].ended; }
    /// The flow's numbers, times or standing changed; with `names`, also what it was dialled by.
    void changed(HalfId id, bool names);
    /// The flow's witnesses changed.
    void witnesses_changed(HalfId id, std::span<const report::Witness> before);
    /// The owner was found to be on another host.
    void rehost(HalfId id, HostIndex host);

    // News of the directory, seen from the host it is about.
    void addresses_changed(HostIndex host, const AddressIndex::Changed& changed);
    void listener_changed(HostIndex host, const report::ListenerKey& key);
    void alias_changed(HostIndex host, const report::AliasKey& key);

    /// Decides what was marked; answers the conversations that are new, changed or gone, with repetitions.
    std::vector<ConversationId> settle();

    [[nodiscard]] std::size_t count() const { return links_.count(); }
    [[nodiscard]] const Link* find(ConversationId id) const;
    template <class Visit>
    void for_each(Visit visit) const {
        for (LinkId link = 0; link < links_.end(); ++link) {
            if (links_[link].used()) visit(link);
        }
    }
    [[nodiscard]] Conversation read(LinkId link) const;
    [[nodiscard]] Conversation read(const Link& link, ConversationId id) const;
    [[nodiscard]] ConversationId id_of(LinkId link) const {
        return ConversationId{links_[link].generation} << 32 | link;
    }
    [[nodiscard]] const Half& half(HalfId id) const { return halves_[id]; }
    [[nodiscard]] const report::Flow& flow(HalfId id) const {
        return writers_[halves_[id].writer].state.flows[halves_[id].position];
    }
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    /// A conversation that a half should have.
    struct Wanted {
        HalfId other = kNoIndex;   ///< the half at the other end
        std::unique_ptr<End> far;  ///< where it has none; both empty: the half names the other end itself
        bool unsure = false;
    };

    // conversations.cpp: entering, leaving, marking
    [[nodiscard]] Place place(HalfId id) const { return {halves_[id].host, flow(id).key.netns}; }
    void enter(HalfId id);
    void leave(HalfId id);
    void touch(HalfId id);
    void mark(HalfId id);
    void mark_witnesses(HalfId id);
    void mark_route(HalfId id);
    void mark_target(HostIndex host, const report::IpAddress& address, report::Protocol protocol,
                     std::uint16_t port, int depth);
    void index_witnesses(HalfId id, std::span<const report::Witness> witnesses, bool enter);
    [[nodiscard]] std::uint64_t witness_key(HalfId id, std::uint64_t hash) const;
    [[nodiscard]] HostIndex peer_realm(HalfId id) const;

    // pairing.cpp: deciding
    void decide(HalfId id);
    void decide_client(HalfId id);
    void decide_server(HalfId id);
    void mark_if_unlinked(HalfId server, const std::vector<HalfId>& clients);
    [[nodiscard]] Role role_of(HalfId id) const;
    void set_role(HalfId id, Role role);
    void set_matched(HalfId id, bool matched);
    [[nodiscard]] std::vector<HalfId> partners(HalfId id) const;
    [[nodiscard]] bool compatible(HalfId client, HalfId server) const;
    [[nodiscard]] bool namespaces_agree(HalfId a, HalfId b) const;
    [[nodiscard]] HalfId server_half_of(HalfId client, const End& server) const;
    [[nodiscard]] bool covered(HalfId server) const;
    [[nodiscard]] NodeRef owner(HalfId id) const;

    // links.cpp: what halves have to do with one another
    void relink(HalfId id, std::vector<Wanted> wanted);
    void link(HalfId id, Wanted wanted);
    bool update(LinkId link, HalfId id, Wanted wanted);
    void unlink(LinkId link);
    void unlink_all(HalfId id);
    void set_other(LinkId link, HalfId id, HalfId other);
    void hang(LinkId link, HalfId id);
    void unhang(LinkId link, HalfId id);
    void touch_shared(HalfId id);
    [[nodiscard]] End other_end(HalfId id, HalfId other, const End* far) const;
    [[nodiscard]] HalfId other_half(LinkId link, HalfId id) const;
    [[nodiscard]] std::vector<LinkId> links_of(HalfId id) const;
    [[nodiscard]] bool is_primary(LinkId link, HalfId id) const;
    Hook& hook(LinkId link, HalfId id);
    [[nodiscard]] LinkId next(LinkId link, HalfId id) const;

    // reading.cpp: what a conversation looks like
    void read_ends(const Link& link, Conversation& conversation) const;
    void read_half(HalfId id, Conversation& conversation) const;
    void read_numbers(const Link& link, Conversation& conversation) const;
    void read_split(const Link& link, Conversation& conversation) const;
    [[nodiscard]] std::uint64_t common_witnesses(HalfId a, HalfId b) const;
    [[nodiscard]] bool is_shared(HalfId id) const;

    Writers& writers_;
    Directory& directory_;
    Resolver resolver_;
    Slab<Half> halves_;
    Slab<Link> links_;
    PeerIndex peers_;
    RouteIndex routes_;
    WitnessIndex witnesses_;
    std::vector<HalfId> marked_;
    std::vector<ConversationId> touched_;
};

}  // namespace reticle::app
