#include "report/report.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "report/sorted_list.h"

namespace reticle::report {
namespace {

/// The entry of a key, made when missing.
template <class T, class Key>
T& find_or_make(std::vector<T>& list, const Key& key) {
    const auto place = lower_bound_by_key(list, key);
    if (place != list.end() && place->key == key) return *place;
    T entry;
    entry.key = key;
    return insert_at(list, place, std::move(entry), Growth::amortised);
}

/// Joins a list that may be moved from: a big list into an empty one is taken whole.
template <class T>
void join_moved(std::vector<T>& into, std::vector<T>&& from) {
    if (into.empty()) {
        into = std::move(from);
        return;
    }
    join_sorted(into, std::move(from), Growth::amortised, JoinEntries());
}

/// What a full statement at `version` says of a versioned value it does not hold: nothing any more. None is
/// the least value, so a value stated at that very version still wins.
template <class T>
void clear_absent(std::vector<T>& mine, std::span<const T> stated, Version version) {
    auto at = stated.begin();
    for (T& part : mine) {
        while (at != stated.end() && at->key < part.key) ++at;
        const bool held = at != stated.end() && at->key == part.key;
        if (held || part.version >= version) continue;
        part.version = version;
        part.value = Value();
    }
}

/// Ends every entry of an older version whose key is not in `stated`.
template <class T, class Visit>
void end_absent_entries(std::vector<T>& mine, std::span<const T> stated, Version version, Visit visit_both) {
    auto at = stated.begin();
    for (T& entry : mine) {
        while (at != stated.end() && at->key < entry.key) ++at;
        if (at != stated.end() && at->key == entry.key) {
            visit_both(entry, *at);
        } else if (entry.presence.version() < version) {
            entry.presence.join(Presence::ended_at(version));
        }
    }
}

constexpr auto kNothingInside = [](auto&, const auto&) {};

void end_absent_parts(Node& mine, const Node& stated, Version version) {
    clear_absent(mine.attributes, std::span<const Attribute>(stated.attributes), version);
    if (!mine.extra) return;
    clear_absent(mine.extra->labels, stated.labels(), version);
    end_absent_entries(mine.extra->parents, stated.parents(), version, kNothingInside);
}

template <class T>
void drop_ended(std::vector<T>& list, Version horizon) {
    std::erase_if(list, [horizon](const T& entry) {
        return entry.presence.ended() && entry.presence.version() <= horizon;
    });
}

template <class T>
Version newest_presence(const std::vector<T>& list) {
    Version newest;
    for (const T& entry : list) newest = std::max(newest, entry.presence.version());
    return newest;
}

}  // namespace

bool Report::empty() const {
    return size() == 0;
}

std::size_t Report::size() const {
    return nodes.size() + flows.size() + listeners.size() + aliases.size();
}

void Report::join(const Report& other) {
    join_sorted(nodes, other.nodes, Growth::amortised, JoinEntries());
    join_sorted(flows, other.flows, Growth::amortised, JoinEntries());
    join_sorted(listeners, other.listeners, Growth::amortised, JoinEntries());
    join_sorted(aliases, other.aliases, Growth::amortised, JoinEntries());
}

void Report::join(Report&& other) {
    join_moved(nodes, std::move(other.nodes));
    join_moved(flows, std::move(other.flows));
    join_moved(listeners, std::move(other.listeners));
    join_moved(aliases, std::move(other.aliases));
}

const Node* Report::find(const NodeKey& key) const {
    return find_by_key(nodes, key);
}

const Flow* Report::find(const FlowKey& key) const {
    return find_by_key(flows, key);
}

const Listener* Report::find(const ListenerKey& key) const {
    return find_by_key(listeners, key);
}

const Alias* Report::find(const AliasKey& key) const {
    return find_by_key(aliases, key);
}

Node& Report::node(const NodeKey& key) {
    return find_or_make(nodes, key);
}

Flow& Report::flow(const FlowKey& key) {
    return find_or_make(flows, key);
}

Listener& Report::listener(const ListenerKey& key) {
    return find_or_make(listeners, key);
}

void Report::normalise() {
    normalise_list(nodes, JoinEntries());
    normalise_list(flows, JoinEntries());
    normalise_list(listeners, JoinEntries());
    normalise_list(aliases, JoinEntries());
}

void Report::end_absent(const Report& stated, Version version) {
    end_absent_entries(
        nodes, std::span<const Node>(stated.nodes), version,
        [version](Node& mine, const Node& theirs) { end_absent_parts(mine, theirs, version); });
    end_absent_entries(flows, std::span<const Flow>(stated.flows), version, kNothingInside);
    end_absent_entries(listeners, std::span<const Listener>(stated.listeners), version, kNothingInside);
    end_absent_entries(aliases, std::span<const Alias>(stated.aliases), version, kNothingInside);
}

void Report::collect_ended(Version horizon) {
    drop_ended(nodes, horizon);
    drop_ended(flows, horizon);
    drop_ended(listeners, horizon);
    drop_ended(aliases, horizon);
    for (Node& node : nodes) {
        if (node.extra) drop_ended(node.extra->parents, horizon);
    }
}

Version Report::newest() const {
    Version newest = std::max({newest_presence(flows), newest_presence(listeners), newest_presence(aliases)});
    for (const Node& node : nodes) newest = std::max(newest, node.newest());
    return newest;
}

std::size_t Report::memory_bytes() const {
    // Entries count themselves; what remains is the slack of the lists.
    std::size_t bytes = sizeof(Report) + (nodes.capacity() - nodes.size()) * sizeof(Node) +
                        (flows.capacity() - flows.size()) * sizeof(Flow) +
                        listeners.capacity() * sizeof(Listener) + aliases.capacity() * sizeof(Alias);
    for (const Node& node : nodes) bytes += node.memory_bytes();
    for (const Flow& flow : flows) bytes += flow.memory_bytes();
    return bytes;
}

}  // namespace reticle::report
