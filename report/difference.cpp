// The two ways to say only what is new: difference (from an older state) and changed_since (from a version).
#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "report/report.h"
#include "report/sorted_list.h"

namespace reticle::report {
namespace {

/// Copies of those entries of `now` that are missing or different in `before`.
template <class T>
std::vector<T> changed_entries(std::span<const T> before, std::span<const T> now) {
    std::vector<T> changed;
    visit_matches(before, now, [&](const T* old, const T& entry) {
        if (old == nullptr || !(*old == entry)) changed.push_back(entry);
    });
    return changed;
}

/// Copies of those entries whose version, as `version_of` reads it, is later than `since`.
template <class T, class VersionOf>
std::vector<T> later_entries(std::span<const T> list, Version since, VersionOf version_of) {
    std::vector<T> later;
    for (const T& entry : list) {
        if (version_of(entry) > since) later.push_back(entry);
    }
    return later;
}

constexpr auto kOwnVersion = [](const auto& entry) { return entry.version; };
constexpr auto kPresenceVersion = [](const auto& entry) { return entry.presence.version(); };

void set_extra(Node& node, std::vector<Label> labels, std::vector<Parent> parents) {
    if (labels.empty() && parents.empty()) return;
    node.extra = std::make_unique<Node::Extra>(Node::Extra{std::move(labels), std::move(parents)});
}

bool says_something(const Node& node) {
    return !node.presence.none() || !node.attributes.empty() || !node.metrics.empty() || node.extra;
}

Node node_difference(const Node& a, const Node& b) {
    Node d(b.key);
    if (a.presence != b.presence) d.presence = b.presence;
    d.attributes = changed_entries<Attribute>(a.attributes, b.attributes);
    d.metrics = changed_entries<Metric>(a.metrics, b.metrics);
    set_extra(d, changed_entries(a.labels(), b.labels()), changed_entries(a.parents(), b.parents()));
    return d;
}

/// The counters that differ; the others 0, which is neutral.
Counters counters_difference(const Counters& a, const Counters& b) {
    const auto changed = [](auto old, auto now) { return old == now ? decltype(now){} : now; };
    Counters d;
    d.opened = changed(a.opened, b.opened);
    d.closed = changed(a.closed, b.closed);
    d.bytes_sent = changed(a.bytes_sent, b.bytes_sent);
    d.bytes_received = changed(a.bytes_received, b.bytes_received);
    d.packets = changed(a.packets, b.packets);
    d.retransmits = changed(a.retransmits, b.retransmits);
    d.active_at_start = changed(a.active_at_start, b.active_at_start);
    for (std::size_t i = 0; i < d.failed.size(); ++i) d.failed[i] = changed(a.failed[i], b.failed[i]);
    return d;
}

std::vector<EpochCounters> epochs_difference(const Flow& a, const Flow& b) {
    std::vector<EpochCounters> changed;
    visit_matches(std::span(a.epochs), std::span(b.epochs),
                  [&](const EpochCounters* old, const EpochCounters& now) {
                      if (old == nullptr) {
                          changed.push_back(now);
                      } else if (!(*old == now)) {
                          changed.push_back({now.epoch, counters_difference(old->counters, now.counters)});
                      }
                  });
    return changed;
}

/// A newer list is sent whole; of the same version only what joins into it.
std::vector<Witness> witnesses_difference(const Flow& a, const Flow& b) {
    if (a.witness_version != b.witness_version) return b.witnesses;
    std::vector<Witness> changed;
    for (const Witness& witness : b.witnesses) {
        if (std::ranges::find(a.witnesses, witness) == a.witnesses.end()) changed.push_back(witness);
    }
    return changed;
}

std::unique_ptr<Flow::Extra> extra_difference(const Flow& a, const Flow& b) {
    if (!b.extra) return nullptr;
    if (!a.extra) return std::make_unique<Flow::Extra>(*b.extra);
    Flow::Extra d;
    const auto take = [](VersionedText& into, const VersionedText& old, const VersionedText& now) {
        if (!(old == now)) into = now;
    };
    take(d.container, a.extra->container, b.extra->container);
    take(d.dialled, a.extra->dialled, b.extra->dialled);
    take(d.dialled_name, a.extra->dialled_name, b.extra->dialled_name);
    return d == Flow::Extra() ? nullptr : std::make_unique<Flow::Extra>(std::move(d));
}

Flow flow_difference(const Flow& a, const Flow& b) {
    Flow d(b.key);
    if (a.presence != b.presence) d.presence = b.presence;
    d.epochs = epochs_difference(a, b);
    if (a.rtt_version != b.rtt_version || a.rtt_us != b.rtt_us) {
        d.rtt_version = b.rtt_version;
        d.rtt_us = b.rtt_us;
    }
    if (a.rtt_min_us != b.rtt_min_us) d.rtt_min_us = b.rtt_min_us;
    if (a.first_seen != b.first_seen) d.first_seen = b.first_seen;
    if (a.last_seen != b.last_seen) d.last_seen = b.last_seen;
    d.evidence = static_cast<std::uint8_t>(b.evidence & ~a.evidence);
    d.witnesses = witnesses_difference(a, b);
    if (a.witness_version != b.witness_version || !d.witnesses.empty()) d.witness_version = b.witness_version;
    d.extra = extra_difference(a, b);
    return d;
}

}  // namespace

Report difference(const Report& a, const Report& b) {
    Report d;
    visit_matches(std::span(a.nodes), std::span(b.nodes), [&](const Node* old, const Node& now) {
        if (old == nullptr) {
            d.nodes.push_back(now);
        } else if (!(*old == now)) {
            d.nodes.push_back(node_difference(*old, now));
        }
    });
    visit_matches(std::span(a.flows), std::span(b.flows), [&](const Flow* old, const Flow& now) {
        if (old == nullptr) {
            d.flows.push_back(now);
        } else if (!(*old == now)) {
            d.flows.push_back(flow_difference(*old, now));
        }
    });
    d.listeners = changed_entries<Listener>(a.listeners, b.listeners);
    d.aliases = changed_entries<Alias>(a.aliases, b.aliases);
    return d;
}

Report changed_since(const Report& state, Version since) {
    Report changed;
    for (const Node& node : state.nodes) {
        Node part(node.key);
        if (node.presence.version() > since) part.presence = node.presence;
        part.attributes = later_entries<Attribute>(node.attributes, since, kOwnVersion);
        part.metrics = later_entries<Metric>(node.metrics, since, kOwnVersion);
        set_extra(part, later_entries(node.labels(), since, kOwnVersion),
                  later_entries(node.parents(), since, kPresenceVersion));
        if (says_something(part)) changed.nodes.push_back(std::move(part));
    }
    changed.flows = later_entries<Flow>(state.flows, since, kPresenceVersion);
    changed.listeners = later_entries<Listener>(state.listeners, since, kPresenceVersion);
    changed.aliases = later_entries<Alias>(state.aliases, since, kPresenceVersion);
    return changed;
}

}  // namespace reticle::report
