// Enacting one Change: the only place where what is replayed is altered.
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "app/world/merge.h"
#include "app/world/world_impl.h"

namespace reticle::app {

using report::Version;

namespace {

/// A smaller move of a writer's clock against ours is jitter of the network, not worth a redraw.
constexpr std::int64_t kSkewStep = 50'000'000;

/// Room for conversations looked at between two steps that is kept from one to the next.
constexpr std::size_t kLookedAtKept = 256;

/// How finely the times of ends are noted for collection, as a part of the retention.
constexpr int kMarksPerRetention = 20;

template <class T>
void sort_unique(std::vector<T>& list) {
    std::ranges::sort(list);
    list.erase(std::ranges::unique(list).begin(), list.end());
}

template <class Fact>
void newest_end(const std::vector<Fact>& facts, Version& newest) {
    for (const Fact& fact : facts) {
        if (fact.presence.ended()) newest = std::max(newest, fact.presence.version());
    }
}

}  // namespace

void Touched::merge(Touched&& other) {
    const auto add = [](auto& into, auto& from) {
        into.insert(into.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
        sort_unique(into);
    };
    add(nodes, other.nodes);
    add(conversations, other.conversations);
    add(writers, other.writers);
}

Applied World::Impl::step(Change change) {
    change.world_seq = sequence + 1;
    Touched touched = enact(change);
    return {std::move(change), std::move(touched)};
}

Touched World::Impl::enact(const Change& change) {
    // Clearing costs by capacity: one look at the whole world must not slow every later step.
    if (looked_at.bucket_count() > kLookedAtKept) looked_at = {};
    looked_at.clear();
    sequence = change.world_seq;
    Touched touched;
    WriterIndex writer = writers.find(change.writer);
    const bool states = change.kind == Change::Kind::opened || change.kind == Change::Kind::facts ||
                        change.kind == Change::Kind::standing;
    if (states) {
        if (writer == kNoIndex) writer = writers.add(change.writer);
        enact_info(writer, change.info, touched);
    }
    if (change.kind == Change::Kind::facts) {
        enact_facts(writer, change.delta, change.time.mono, touched);
    } else if (change.kind == Change::Kind::standing && change.info.state == WriterState::ended) {
        const report::Report& state = writers[writer].state;
        enact_facts(writer, end_of(state, state.newest()), change.time.mono, touched);
    } else if (change.kind == Change::Kind::collected && writer != kNoIndex) {
        enact_collected(writer, change.horizon, touched);
    } else if (change.kind == Change::Kind::passed) {
        enact_passed(change.time.mono, touched);
    } else if (change.kind == Change::Kind::dropped && writer != kNoIndex) {
        enact_dropped(writer, touched);
    }
    touched.conversations = conversations.settle();
    if (change.kind == Change::Kind::dropped && writer != kNoIndex) writers.drop(writer);
    sort_unique(touched.nodes);
    sort_unique(touched.conversations);
    sort_unique(touched.writers);
    return touched;
}

void World::Impl::enact_info(WriterIndex index, const WriterInfo& info, Touched& touched) {
    Writer& writer = writers[index];
    const WriterInfo& before = writer.info;
    if (info.epoch > before.epoch && before.epoch != 0) {
        for (report::Flow& flow : writer.state.flows) flow.fold_epochs(info.epoch);
    }
    const bool shown = info.state != before.state || info.host_name != before.host_name ||
                       info.version != before.version || info.cluster != before.cluster ||
                       info.probe != before.probe;
    if (info.state != before.state) touch_conversations(index);
    if (shown) touched.writers.push_back(before.id);
    if (std::abs(info.skew_nanos - writer.skew_shown) >= kSkewStep) {
        writer.skew_shown = info.skew_nanos;
        touched.nodes.push_back({before.id, {report::Topology::host, before.id}});
    }
    // The index of writers refers to the text of this very id.
    WriterId id = before.id;
    writer.info = info;
    writer.info.id = std::move(id);
}

void World::Impl::touch_conversations(WriterIndex writer) {
    for (const HalfId id : writers[writer].halves) {
        if (id != kNoIndex) conversations.changed(id, false);
    }
}

void World::Impl::enact_facts(WriterIndex writer, const report::Report& delta, MonoTime now,
                              Touched& touched) {
    Glow glow;
    glow.ended = now;
    glow.writer = writers[writer].info.id;
    // In this order: flows are resolved with the namespaces and listeners that came along.
    join_nodes(writer, delta.nodes, glow, touched);
    join_listeners(writer, delta.listeners, glow);
    join_aliases(writer, delta.aliases);
    join_flows(writer, delta.flows, glow);
    if (!glow.empty()) glows.push_back(std::move(glow));
    note_ends(writer, delta, now);
}

/// Remembers when facts ended and at which versions, so that they can be collected later.
void World::Impl::note_ends(WriterIndex writer, const report::Report& delta, MonoTime now) {
    Version newest;
    newest_end(delta.nodes, newest);
    newest_end(delta.flows, newest);
    newest_end(delta.listeners, newest);
    newest_end(delta.aliases, newest);
    if (newest.none()) return;
    auto& marks = writers[writer].end_marks;
    if (marks.empty() || now - marks.back().first > policy.retention / kMarksPerRetention) {
        marks.push_back({now, now, newest});
    } else {
        marks.back().last = now;
        marks.back().version = std::max(marks.back().version, newest);
    }
}

void World::Impl::enact_collected(WriterIndex index, Version horizon, Touched& touched) {
    Writer& writer = writers[index];
    report::Report& state = writer.state;
    const auto gone_from = [horizon](const auto& facts) {
        return [&facts, horizon](std::size_t place) {
            return facts[place].presence.ended() && facts[place].presence.version() <= horizon;
        };
    };
    const auto gone_node = gone_from(state.nodes);
    const auto gone_listener = gone_from(state.listeners);
    const auto gone_flow = gone_from(state.flows);
    for (std::size_t place = 0; place < state.flows.size(); ++place) {
        if (gone_flow(place)) hide_flow(index, place);
    }
    for (std::size_t place = 0; place < state.listeners.size(); ++place) {
        if (gone_listener(place)) hide_listener(index, place);
    }
    for (std::size_t place = 0; place < state.nodes.size(); ++place) {
        if (!gone_node(place)) continue;
        if (writer.nodes[place].visible()) touched.nodes.push_back({writer.info.id, state.nodes[place].key});
        hide_node(index, place);
        forget_shared(index, state.nodes[place].key);
    }
    drop_facts(state.nodes, writer.nodes, gone_node);
    drop_facts(state.listeners, writer.listeners, gone_listener);
    drop_facts(state.aliases, writer.aliases, gone_from(state.aliases));
    if (drop_facts(state.flows, writer.halves, gone_flow)) {
        for (std::size_t place = 0; place < writer.halves.size(); ++place) {
            if (writer.halves[place] != kNoIndex) conversations.moved(writer.halves[place], place);
        }
    }
    std::erase_if(writer.end_marks, [&](const auto& mark) { return mark.version <= horizon; });
}

void World::Impl::enact_dropped(WriterIndex index, Touched& touched) {
    Writer& writer = writers[index];
    const report::Report& state = writer.state;
    touched.writers.push_back(writer.info.id);
    for (std::size_t place = 0; place < state.flows.size(); ++place) hide_flow(index, place);
    for (std::size_t place = 0; place < state.listeners.size(); ++place) hide_listener(index, place);
    for (std::size_t place = 0; place < state.aliases.size(); ++place) {
        if (writer.aliases[place] == kNoIndex) continue;
        directory.aliases.erase(writer.aliases[place], state.aliases[place].key);
        conversations.alias_changed(writer.aliases[place], state.aliases[place].key);
    }
    for (std::size_t place = 0; place < state.nodes.size(); ++place) {
        touched.nodes.push_back({writer.info.id, state.nodes[place].key});
        hide_node(index, place);
        forget_shared(index, state.nodes[place].key);
    }
}

void World::Impl::enact_passed(MonoTime now, Touched& touched) {
    while (!glows.empty() && glows.front().ended + policy.afterglow <= now) {
        expire(glows.front(), touched);
        glows.pop_front();
    }
}

/// Takes out of live views what ended at that moment and did not come back since.
void World::Impl::expire(const Glow& glow, Touched& touched) {
    const WriterIndex index = writers.find(glow.writer);
    if (index == kNoIndex) return;
    Writer& writer = writers[index];
    const auto place_in = [](const auto& facts, const auto* found) {
        return static_cast<std::size_t>(found - facts.data());
    };
    for (const auto& key : glow.nodes) {
        const auto* node = writer.state.find(key);
        if (node == nullptr) continue;
        const std::size_t place = place_in(writer.state.nodes, node);
        if (writer.nodes[place].ended != glow.ended) continue;
        hide_node(index, place);
        touched.nodes.push_back({writer.info.id, key});
    }
    for (const auto& key : glow.listeners) {
        const auto* listener = writer.state.find(key);
        if (listener == nullptr) continue;
        const std::size_t place = place_in(writer.state.listeners, listener);
        if (writer.listeners[place].span.ended == glow.ended) hide_listener(index, place);
    }
    for (const auto& key : glow.flows) {
        const auto* flow = writer.state.find(key);
        if (flow == nullptr) continue;
        const std::size_t place = place_in(writer.state.flows, flow);
        const HalfId id = writer.halves[place];
        if (id != kNoIndex && conversations.ended(id) == glow.ended) hide_flow(index, place);
    }
}

}  // namespace reticle::app
