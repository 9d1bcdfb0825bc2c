#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/views/exact_sum.h"
#include "app/views/view.h"

namespace reticle::app {

struct EdgeGroup;
struct NodeGroup;

/// How many things stand how; what is drawn is the liveliest of them.
class StateTally {
  public:
    void add(ViewState state) { ++counts_[static_cast<std::size_t>(state)]; }
    void remove(ViewState state) { --counts_[static_cast<std::size_t>(state)]; }
    [[nodiscard]] ViewState liveliest() const {
        if (counts_[0] != 0) return ViewState::live;
        return counts_[1] != 0 ? ViewState::stale : ViewState::ended;
    }

  private:
    std::array<std::uint32_t, 3> counts_{};
};

/// How a node looks that no fact states and that only its conversations make: The Internet, a service.
struct PseudoFace {
    NodeKind kind = NodeKind::internet;
    bool named = false;  ///< found by name, which says more than the bare address that others may have
    std::string label, sublabel, group, group_label;
    std::vector<NodeRef> members;
    friend auto operator<=>(const PseudoFace&, const PseudoFace&) = default;
    friend bool operator==(const PseudoFace&, const PseudoFace&) = default;
};

/// How many metrics a view may sum up per group.
inline constexpr std::size_t kMaxSums = 4;

/// What one node of the world contributes to its group; remembered, so that it can be taken away exactly.
struct NodeFact {
    NodeGroup* group = nullptr;
    std::uint32_t place = 0;  ///< in the group's facts and sources
    ViewState state = ViewState::live;
    report::Text name;  ///< what ends of conversations may be called after
    MonoTime first_seen;
    UtcNanos since = 0;                      ///< first_seen on the app's wall clock, as it stood then
    std::array<double, kMaxSums> samples{};  ///< NaN where the node has none
};

/// What a group adds to the counts of its view.
struct NodeCount {
    std::uint32_t nodes = 0, pseudo = 0;
    std::uint32_t connected = 0;          ///< nodes of the world with an edge to a different node
    std::uint32_t lonely_self_edges = 0;  ///< edges to itself of one without such an edge
};

/// A node of a view in the making: the facts and the conversations that map to it.
struct NodeGroup {
    ViewNode node;  ///< as readers see it; `sources` runs parallel to `facts`
    std::vector<NodeFact*> facts;
    UtcNanos since = 0;  ///< the earliest of the facts'; of a pseudo node, when it was first drawn
    std::array<ExactSum, kMaxSums> sums;
    StateTally fact_states;
    std::map<PseudoFace, std::uint32_t> faces;   ///< with how many conversation ends say so
    StateTally face_states;                      ///< of the conversations of those ends
    std::vector<EdgeGroup*> outgoing, incoming;  ///< drawn or not; an edge to itself is in both
    std::uint32_t degree = 0;                    ///< valid edges to or from a different node
    std::uint32_t self_edges = 0;                ///< valid edges to itself
    NodeCount counted;                           ///< what the view counts it as now
    bool present = false;                        ///< whether readers see it
    bool dirty = false;                          ///< waits for the end of the step
    bool since_lost = false;                     ///< the earliest of `since` left; look again

    /// Stated by a fact, not only met in conversations.
    [[nodiscard]] bool real() const { return !facts.empty(); }
    [[nodiscard]] bool pseudo() const { return facts.empty() && !faces.empty(); }
    [[nodiscard]] bool internet() const {
        return pseudo() && faces.begin()->first.kind == NodeKind::internet;
    }
    [[nodiscard]] bool unused() const { return facts.empty() && outgoing.empty() && incoming.empty(); }

    void join(NodeFact& fact, const NodeRef& ref);
    void leave(NodeFact& fact);
    /// Replaces what a fact of this group contributes, in its place.
    void amend(NodeFact& fact, ViewState state, const std::array<double, kMaxSums>& samples);
    /// The earliest `since` of its facts.
    [[nodiscard]] UtcNanos earliest() const;

  private:
    void add_sums(const NodeFact& fact);
    void remove_sums(const NodeFact& fact);
};

}  // namespace reticle::app
