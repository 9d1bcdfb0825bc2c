#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/flow.h"
#include "report/listener.h"
#include "report/node.h"
#include "report/version.h"

namespace reticle::report {

/// All that one writer states: a join-semilattice. Lists are flat and sorted by key; join merges them in one
/// pass. The writer's name is not part of the report: whoever carries it (a frame, the world's index) knows
/// it.
struct Report {
    std::vector<Node> nodes;
    std::vector<Flow> flows;
    std::vector<Listener> listeners;
    std::vector<Alias> aliases;

    [[nodiscard]] bool empty() const;
    [[nodiscard]] std::size_t size() const;  ///< number of facts with a key of their own

    /// Joins another statement of the same writer: commutative, associative, idempotent; the empty report is
    /// neutral.
    void join(const Report& other);
    void join(Report&& other);

    /// The entry of a key, or nullptr. Pointers live until the next change of the list.
    [[nodiscard]] const Node* find(const NodeKey& key) const;
    [[nodiscard]] const Flow* find(const FlowKey& key) const;
    [[nodiscard]] const Listener* find(const ListenerKey& key) const;
    [[nodiscard]] const Alias* find(const AliasKey& key) const;
    /// The entry of a key, made (with no presence) at its sorted place when missing. O(n) when it inserts:
    /// bulk building goes through a batch and join.
    Node& node(const NodeKey& key);
    Flow& flow(const FlowKey& key);
    Listener& listener(const ListenerKey& key);

    /// Sorts the lists and joins entries of equal key: makes a report of entries appended in any order.
    void normalise();

    /// A full statement at `version` says that nothing else exists: ends, at that version, every fact of an
    /// older version that `stated` does not hold. Joined with any later or earlier statement it gives the
    /// same state.
    void end_absent(const Report& stated, Version version);

    /// Drops facts that ended at or before `horizon`. Only for states whose senders are known to be past it.
    void collect_ended(Version horizon);

    [[nodiscard]] Version newest() const;
    [[nodiscard]] std::size_t memory_bytes() const;

    friend bool operator==(const Report&, const Report&) = default;
};

/// The smallest report d with join(a, d) == b. Precondition: b is later than a (b == join(a, x) for some x).
Report difference(const Report& a, const Report& b);

/// What changed after `since`: every fact of which something carries a later version, cut to the parts that
/// do. A state joined with changed_since(b, v) equals b, if it already held all of b up to v.
Report changed_since(const Report& state, Version since);

}  // namespace reticle::report
