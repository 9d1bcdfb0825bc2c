#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/views/node_group.h"
#include "app/views/rate.h"
#include "app/views/view.h"
#include "app/world/conversation.h"

namespace reticle::app {

/// What one conversation contributes to its edge; remembered, so that it can be taken away exactly.
struct ConversationPart {
    ConversationId id = 0;
    EdgeGroup* edge = nullptr;
    std::uint32_t place = 0;  ///< in the edge's parts and conversations
    ViewState state = ViewState::live;
    bool seen_by_client = false, seen_by_server = false, exact = true;
    std::uint8_t evidence = 0;
    report::Counters counters;
    NumbersFrom numbers_from = NumbersFrom::client;
    std::uint64_t active = 0;
    std::uint32_t rtt_us = 0, rtt_min_us = 0;
    UtcNanos first_seen = 0, last_seen = 0;
    std::optional<Dialled> dialled;
    const PseudoFace* client_face = nullptr;  ///< in the groups' `faces`; nullptr for nodes of the world
    const PseudoFace* server_face = nullptr;
    std::vector<NodeRef> relies_on;  ///< nodes whose look decides where this conversation ends

    /// Takes over what a conversation says; where it belongs is left as it is.
    void read(const Conversation& conversation);
};

/// An edge of a view in the making: the conversations that map to it. Sums are kept up by adding and taking
/// away; what cannot be taken away (minima, the newest) is folded in, and folded anew only after a loss.
struct EdgeGroup {
    ViewEdge edge;  ///< as readers see it; `conversations` runs parallel to `parts`
    NodeGroup* source = nullptr;
    NodeGroup* target = nullptr;
    std::uint32_t outgoing_place = 0, incoming_place = 0;  ///< in source->outgoing, target->incoming
    std::vector<ConversationPart*> parts;
    StateTally states;
    std::uint32_t inexact = 0;
    const ConversationPart* newest = nullptr;
    EdgeRate rate;
    bool valid = false;    ///< both ends exist and it is not between two sides of The Internet
    bool present = false;  ///< whether readers see it
    bool dirty = false;    ///< waits for the end of the step
    bool lossy = false;    ///< something was taken away that only folding anew can tell

    void join(ConversationPart& part);
    void leave(ConversationPart& part);
    /// Replaces what a part of this edge contributes; the gain of its counters goes into the rate.
    void amend(ConversationPart& part, const Conversation& conversation);
    /// Brings `edge` up to date with the parts.
    void settle();

  private:
    void add(const ConversationPart& part);
    void remove(const ConversationPart& part);
    void fold(const ConversationPart& part);
    void fold_anew();
};

/// The id of the edge between two nodes of a view: the parts it is made of, so that it is the same in every
/// app and at every time.
std::string edge_id(std::string_view source, std::string_view target, report::Protocol protocol,
                    std::uint16_t port);

}  // namespace reticle::app
