#include "app/world/news.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace reticle::app {

using report::Attribute;
using report::Label;
using report::Node;
using report::Parent;
using report::Presence;
using report::Report;
using report::Version;

namespace {

Version newest_of(const Node& node) {
    return node.newest();
}
template <class Fact>
Version newest_of(const Fact& fact) {
    return fact.presence.version();
}

/// Whether joining `said` changes `known`. Most news carries a later version; the rest is found by trying.
template <class Fact>
bool tells(const Fact& known, const Fact& said) {
    if (newest_of(said) > newest_of(known)) return true;
    Fact joined = known;
    joined.join(said);
    return !(joined == known);
}

/// Takes out of `said` what `known` holds already, and new facts beyond `room`. Returns how many of those.
template <class Fact>
std::uint64_t keep_news(const std::vector<Fact>& known, std::vector<Fact>& said, std::uint64_t limit) {
    std::uint64_t room = limit > known.size() ? limit - known.size() : 0;
    std::uint64_t refused = 0;
    auto from = known.begin();
    std::erase_if(said, [&](const Fact& fact) {
        from = std::ranges::lower_bound(from, known.end(), fact.key, {}, &Fact::key);
        if (from != known.end() && from->key == fact.key) return !tells(*from, fact);
        if (room == 0) {
            ++refused;
            return true;
        }
        --room;
        return false;
    });
    return refused;
}

/// The living facts of an older version that a full statement does not hold, as ended.
template <class Fact>
std::vector<Fact> absences(const std::vector<Fact>& known, const std::vector<Fact>& said, Version version) {
    std::vector<Fact> ended;
    auto at = said.begin();
    for (const Fact& fact : known) {
        while (at != said.end() && at->key < fact.key) ++at;
        if (at != said.end() && at->key == fact.key) continue;
        if (!fact.presence.alive() || fact.presence.version() >= version) continue;
        Fact gone;
        gone.key = fact.key;
        gone.presence = Presence::ended_at(version);
        ended.push_back(std::move(gone));
    }
    return ended;
}

/// Visits the parts of `known` that `said` does not hold.
template <class Part, class Visit>
void visit_absent(std::span<const Part> known, std::span<const Part> said, Visit visit) {
    auto at = said.begin();
    for (const Part& part : known) {
        while (at != said.end() && at->key < part.key) ++at;
        if (at == said.end() || at->key != part.key) visit(part);
    }
}

/// What Report::end_absent does inside a node that a full statement holds, said in so many words.
void state_absent_parts(const Node& known, Node& said, Version version) {
    Node absent(known.key);
    absent.extra = std::make_unique<Node::Extra>();
    visit_absent(std::span<const Attribute>(known.attributes), std::span<const Attribute>(said.attributes),
                 [&](const Attribute& part) {
                     if (part.version < version && !part.value.none()) {
                         absent.attributes.push_back({part.key, version, report::Value()});
                     }
                 });
    visit_absent(known.labels(), said.labels(), [&](const Label& part) {
        if (part.version < version && !part.value.none()) {
            absent.extra->labels.push_back({part.key, version, report::Value()});
        }
    });
    visit_absent(known.parents(), said.parents(), [&](const Parent& part) {
        if (part.presence.version() < version && part.presence.alive()) {
            absent.extra->parents.push_back({part.key, Presence::ended_at(version)});
        }
    });
    if (absent.labels().empty() && absent.parents().empty()) absent.extra.reset();
    if (absent.extra || !absent.attributes.empty()) said.join(absent);
}

void state_absent_parts(const Report& state, Report& said, Version version) {
    auto at = state.nodes.begin();
    for (Node& node : said.nodes) {
        while (at != state.nodes.end() && at->key < node.key) ++at;
        if (at == state.nodes.end()) return;
        if (at->key == node.key) state_absent_parts(*at, node, version);
    }
}

template <class Fact>
void add_sorted(std::vector<Fact>& facts, std::vector<Fact>&& more) {
    const auto middle = static_cast<std::ptrdiff_t>(facts.size());
    facts.insert(facts.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    std::ranges::inplace_merge(facts, facts.begin() + middle, {}, &Fact::key);
}

template <class Fact>
void end_all(const std::vector<Fact>& known, Version version, std::vector<Fact>& ended) {
    for (const Fact& fact : known) {
        if (!fact.presence.alive()) continue;
        Fact gone;
        gone.key = fact.key;
        gone.presence = Presence::ended_at(version);
        ended.push_back(std::move(gone));
    }
}

/// A new version for a repeated statement would be a change where nothing changed: what says the same keeps
/// the version it is known by.
Presence restamped(Presence said, const Presence* known, Version version) {
    if (known != nullptr && known->alive() && !said.ended()) return *known;
    return said.ended() ? Presence::ended_at(version) : Presence::alive_at(version);
}

template <class Part>
void restamp_values(std::vector<Part>& said, std::span<const Part> known, Version version) {
    auto at = known.begin();
    for (Part& part : said) {
        while (at != known.end() && at->key < part.key) ++at;
        const bool same = at != known.end() && at->key == part.key && at->value == part.value;
        part.version = same ? at->version : version;
    }
}

void restamp(Node& node, const Node* known, Version version) {
    static const Node kUnknown;
    const Node& before = known == nullptr ? kUnknown : *known;
    node.presence = restamped(node.presence, &before.presence, version);
    restamp_values(node.attributes, std::span<const Attribute>(before.attributes), version);
    restamp_values(node.metrics, std::span<const report::Metric>(before.metrics), version);
    if (!node.extra) return;
    restamp_values(node.extra->labels, before.labels(), version);
    for (Parent& parent : node.extra->parents) {
        const auto same = std::ranges::find(before.parents(), parent.key, &Parent::key);
        const bool found = same != before.parents().end();
        parent.presence = restamped(parent.presence, found ? &same->presence : nullptr, version);
    }
}

void restamp(report::Flow& flow, const report::Flow* known, Version version) {
    flow.presence = restamped(flow.presence, known == nullptr ? nullptr : &known->presence, version);
    if (!flow.epochs.empty()) flow.epochs = {{version.epoch(), flow.total()}};
    const bool same_rtt = known != nullptr && known->rtt_us == flow.rtt_us;
    flow.rtt_version = same_rtt ? known->rtt_version : version;
    const bool same_witnesses = known != nullptr && known->witnesses == flow.witnesses;
    flow.witness_version = same_witnesses ? known->witness_version : version;
    if (!flow.extra) return;
    const auto text = [&](report::VersionedText report::Flow::Extra::* member) {
        report::VersionedText& said = (*flow.extra).*member;
        const bool same = known != nullptr && known->extra && ((*known->extra).*member).text == said.text;
        said.version = same ? ((*known->extra).*member).version : version;
    };
    text(&report::Flow::Extra::container);
    text(&report::Flow::Extra::dialled);
    text(&report::Flow::Extra::dialled_name);
}

template <class Fact>
void restamp(Fact& fact, const Fact* known, Version version) {
    fact.presence = restamped(fact.presence, known == nullptr ? nullptr : &known->presence, version);
}

template <class Fact>
void restamp_all(std::vector<Fact>& said, const std::vector<Fact>& known, Version version) {
    auto at = known.begin();
    for (Fact& fact : said) {
        at = std::ranges::lower_bound(at, known.end(), fact.key, {}, &Fact::key);
        restamp(fact, at != known.end() && at->key == fact.key ? &*at : nullptr, version);
    }
}

}  // namespace

News news_of(const Report& state, Report said, bool full, Version version, const WorldPolicy& policy) {
    said.normalise();
    Report absent;
    if (full) {
        absent.nodes = absences(state.nodes, said.nodes, version);
        absent.flows = absences(state.flows, said.flows, version);
        absent.listeners = absences(state.listeners, said.listeners, version);
        absent.aliases = absences(state.aliases, said.aliases, version);
        state_absent_parts(state, said, version);
    }
    News news;
    news.limited += keep_news(state.nodes, said.nodes, policy.max_nodes_per_writer);
    news.limited += keep_news(state.flows, said.flows, policy.max_flows_per_writer);
    news.limited += keep_news(state.listeners, said.listeners, policy.max_flows_per_writer);
    news.limited += keep_news(state.aliases, said.aliases, policy.max_flows_per_writer);
    add_sorted(said.nodes, std::move(absent.nodes));
    add_sorted(said.flows, std::move(absent.flows));
    add_sorted(said.listeners, std::move(absent.listeners));
    add_sorted(said.aliases, std::move(absent.aliases));
    news.delta = std::move(said);
    return news;
}

void restamp(Report& said, const Report& state, Version version) {
    said.normalise();
    restamp_all(said.nodes, state.nodes, version);
    restamp_all(said.flows, state.flows, version);
    restamp_all(said.listeners, state.listeners, version);
    restamp_all(said.aliases, state.aliases, version);
}

Report end_of(const Report& state, Version version) {
    Report ended;
    end_all(state.nodes, version, ended.nodes);
    end_all(state.flows, version, ended.flows);
    end_all(state.listeners, version, ended.listeners);
    end_all(state.aliases, version, ended.aliases);
    return ended;
}

}  // namespace reticle::app
