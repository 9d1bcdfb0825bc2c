#include "app/views/node_group.h"

namespace reticle::app {

void NodeGroup::join(NodeFact& fact, const NodeRef& ref) {
    fact.group = this;
    fact.place = static_cast<std::uint32_t>(facts.size());
    since = facts.empty() ? fact.since : std::min(since, fact.since);
    facts.push_back(&fact);
    node.sources.push_back(ref);
    fact_states.add(fact.state);
    add_sums(fact);
}

void NodeGroup::leave(NodeFact& fact) {
    if (fact.since == since) since_lost = true;
    fact_states.remove(fact.state);
    remove_sums(fact);
    // The last one takes the free place, so that leaving a group of thousands costs no more than any other.
    if (facts.back() != &fact) {
        facts.back()->place = fact.place;
        facts[fact.place] = facts.back();
        node.sources[fact.place] = std::move(node.sources.back());
    }
    facts.pop_back();
    node.sources.pop_back();
    fact.group = nullptr;
}

void NodeGroup::amend(NodeFact& fact, ViewState state, const std::array<double, kMaxSums>& samples) {
    fact_states.remove(fact.state);
    remove_sums(fact);
    fact.state = state;
    fact.samples = samples;
    fact_states.add(fact.state);
    add_sums(fact);
}

UtcNanos NodeGroup::earliest() const {
    UtcNanos earliest = facts.empty() ? 0 : facts.front()->since;
    for (const NodeFact* fact : facts) earliest = std::min(earliest, fact->since);
    return earliest;
}

void NodeGroup::add_sums(const NodeFact& fact) {
    for (std::size_t i = 0; i < kMaxSums; ++i) {
        if (!std::isnan(fact.samples[i])) sums[i].add(fact.samples[i]);
    }
}

void NodeGroup::remove_sums(const NodeFact& fact) {
    for (std::size_t i = 0; i < kMaxSums; ++i) {
        if (!std::isnan(fact.samples[i])) sums[i].remove(fact.samples[i]);
    }
}

}  // namespace reticle::app
