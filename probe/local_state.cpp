#include "probe/local_state.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace reticle::probe {

using report::Key;
using report::Presence;
using report::Value;
using report::Version;

namespace {

constexpr double kBandOfCapacity = 0.01;
constexpr double kBandOfValue = 0.05;

template <class Fact, class FactKey>
Fact* find_sorted(std::vector<Fact>& facts, const FactKey& key) {
    const auto at =
        std::lower_bound(facts.begin(), facts.end(), key,
                         [](const Fact& fact, const FactKey& wanted) { return fact.key < wanted; });
    return at != facts.end() && at->key == key ? &*at : nullptr;
}

bool within_band(double stated, double sample, double capacity) {
    if (sample == stated) return true;
    if (sample == 0) return false;
    const double band = capacity > 0 ? capacity * kBandOfCapacity : std::abs(stated) * kBandOfValue;
    return std::abs(sample - stated) <= band;
}

void add_counts(report::Counters& counters, const report::Counters& added) {
    const auto at_start = counters.active_at_start + added.active_at_start;
    counters.add(added);
    counters.active_at_start = at_start;
}

/// Writes what the update says beyond its counts; returns whether anything of it was news.
bool note_readings(report::Flow& flow, const FlowUpdate& update, Version version) {
    bool news = false;
    if (update.rtt_us != 0 && (flow.rtt_us == 0 || std::abs(static_cast<double>(update.rtt_us) -
                                                            flow.rtt_us) > flow.rtt_us * kBandOfValue)) {
        flow.rtt_us = update.rtt_us;
        flow.rtt_version = version;
        news = true;
    }
    if (update.rtt_min_us != 0 && (flow.rtt_min_us == 0 || update.rtt_min_us < flow.rtt_min_us)) {
        flow.rtt_min_us = update.rtt_min_us;
        news = true;
    }
    if (update.first_seen != 0 && (flow.first_seen == 0 || update.first_seen < flow.first_seen)) {
        flow.first_seen = update.first_seen;
        news = true;
    }
    if ((flow.evidence | update.evidence) != flow.evidence) {
        flow.evidence = static_cast<std::uint8_t>(flow.evidence | update.evidence);
        news = true;
    }
    if (update.witnesses && *update.witnesses != flow.witnesses) {
        flow.witnesses = *update.witnesses;
        flow.witness_version = version;
        news = true;
    }
    return news;
}

Presence restated(Presence presence, Version version) {
    if (presence.none()) return presence;
    return presence.ended() ? Presence::ended_at(version) : Presence::alive_at(version);
}

void restate(report::Node& node, Version version) {
    node.presence = restated(node.presence, version);
    for (auto& attribute : node.attributes) attribute.version = version;
    for (auto& metric : node.metrics) metric.version = version;
    if (!node.extra) return;
    for (auto& label : node.extra->labels) label.version = version;
    for (auto& parent : node.extra->parents) parent.presence = restated(parent.presence, version);
}

void restate(report::Flow& flow, Version version) {
    report::Counters fresh;
    fresh.active_at_start = static_cast<std::uint32_t>(flow.active());
    flow.epochs = {{version.epoch(), fresh}};
    flow.presence = restated(flow.presence, version);
    flow.rtt_version = version;
    flow.witness_version = version;
    if (!flow.extra) return;
    for (auto* text : {&flow.extra->container, &flow.extra->dialled, &flow.extra->dialled_name})
        if (!text->version.none()) text->version = version;
}

}  // namespace

void LocalState::Pace::drop(Key key) {
    std::erase_if(held, [key](const Held& entry) { return entry.key == key; });
}

void LocalState::Pace::hold(Key key, double sample) {
    drop(key);
    held.push_back({key, sample});
}

LocalState::LocalState(std::string_view host_id, std::uint64_t epoch)
    : host_{report::Topology::host, host_id}, epoch_(std::min(epoch, Version::kMaxEpoch)) {
    alive(host_);
}

// --- publishers ---

report::Report LocalState::changed_since(Version since) const {
    return report::changed_since(state_, since);
}

bool LocalState::needs_full(Version acknowledged) const {
    return acknowledged.none() || acknowledged < dropped_;
}

void LocalState::acknowledged(Version oldest_ack_of_all_sessions) {
    drop_tombstones(oldest_ack_of_all_sessions);
}

void LocalState::raise_epoch(std::uint64_t epoch) {
    epoch = std::min(epoch, Version::kMaxEpoch);
    if (epoch <= epoch_) return;
    if (dirty_) close_tick();
    epoch_ = epoch;
    tick_ = 0;
    const Version version = open();
    for (auto& node : state_.nodes) restate(node, version);
    for (auto& flow : state_.flows) restate(flow, version);
    for (auto& listener : state_.listeners) listener.presence = restated(listener.presence, version);
    for (auto& alias : state_.aliases) alias.presence = restated(alias.presence, version);
    // What was counted before belongs to the epoch before; coming back, a flow starts at zero again.
    retired_.clear();
    if (!tombstone_ticks_.empty()) {
        const MonoTime closed = tombstone_ticks_.back().closed;
        tombstone_ticks_.assign(1, {version, closed});
    }
    dirty_ = true;
    close_tick();
}

// --- the loop ---

bool LocalState::flush(Now now) {
    last_flush_ = now.mono;
    state_held(now);
    Version expired;
    for (const auto& tick : tombstone_ticks_) {
        if (now.mono - tick.closed < kTombstoneAge) break;
        expired = tick.version;
    }
    if (!expired.none()) drop_tombstones(expired);
    if (!dirty_) return false;
    close_tick();
    return true;
}

void LocalState::close_tick() {
    const Version closing = open();
    if (!incoming_.empty()) {
        incoming_.normalise();
        state_.join(std::move(incoming_));
        incoming_ = {};
        incoming_nodes_.clear();
        incoming_flows_.clear();
    }
    if (tombstones_in_tick_) tombstone_ticks_.push_back({closing, last_flush_});
    tombstones_in_tick_ = false;
    ++tick_;
    version_ = closing;
    dirty_ = false;
}

void LocalState::drop_tombstones(Version horizon) {
    bool any = false;
    while (!tombstone_ticks_.empty() && tombstone_ticks_.front().version <= horizon) {
        dropped_ = std::max(dropped_, tombstone_ticks_.front().version);
        tombstone_ticks_.pop_front();
        any = true;
    }
    if (!any) return;
    age_retired();
    for (const auto& flow : state_.flows)
        if (flow.presence.ended() && flow.presence.version() <= dropped_) retire(flow);
    state_.collect_ended(dropped_);
}

void LocalState::retire(const report::Flow& flow) {
    // The flows of an incarnation that ended never come back.
    const report::Node* owner = find_node(flow.key.owner);
    if (owner != nullptr && owner->presence.ended()) return;
    for (const auto& counted : flow.epochs)
        if (counted.epoch == epoch_) retired_[flow.key] = {counted.counters, last_flush_};
}

void LocalState::age_retired() {
    std::erase_if(retired_,
                  [this](const auto& entry) { return last_flush_ - entry.second.since >= kRetiredAge; });
    if (retired_.size() < kMaxRetired) return;
    // Too many: the older half goes.
    std::vector<MonoTime> times;
    times.reserve(retired_.size());
    for (const auto& [key, retired] : retired_) times.push_back(retired.since);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    std::erase_if(retired_, [limit = *middle](const auto& entry) { return entry.second.since <= limit; });
}

// --- sources: nodes ---

report::Node* LocalState::find_node(const report::NodeKey& key) {
    if (report::Node* node = find_sorted(state_.nodes, key)) return node;
    const auto at = incoming_nodes_.find(key);
    return at == incoming_nodes_.end() ? nullptr : &incoming_.nodes[at->second];
}

report::Node& LocalState::node_at(const report::NodeKey& key) {
    report::Node* node = find_node(key);
    if (node == nullptr) {
        incoming_nodes_.emplace(key, incoming_.nodes.size());
        node = &incoming_.nodes.emplace_back(key);
    }
    if (!node->presence.alive()) {
        node->presence = Presence::alive_at(open());
        dirty_ = true;
    }
    return *node;
}

void LocalState::alive(const report::NodeKey& node) {
    node_at(node);
}

void LocalState::ended(const report::NodeKey& key) {
    report::Node* node = find_node(key);
    if (node == nullptr || !node->presence.alive()) return;
    node->presence = Presence::ended_at(open());
    paces_.erase(key);
    tombstones_in_tick_ = true;
    dirty_ = true;
}

void LocalState::set(const report::NodeKey& key, Key attribute, Value value) {
    if (node_at(key).set(attribute, open(), std::move(value))) dirty_ = true;
}

void LocalState::metric(const report::NodeKey& key, Key metric_key, double sample, double capacity, Now now) {
    const report::Node* node = find_node(key);
    const report::Metric* stated = node == nullptr ? nullptr : node->metric(metric_key);
    Pace& pace_of_node = paces_[key];
    if (stated != nullptr && within_band(stated->value, sample, capacity)) {
        pace_of_node.drop(metric_key);
        return;
    }
    const bool due =
        !pace_of_node.ever || now.mono == pace_of_node.stated || now.mono - pace_of_node.stated >= pace();
    if (due) {
        pace_of_node.drop(metric_key);
        pace_of_node.stated = now.mono;
        pace_of_node.ever = true;
        state_metric(key, metric_key, sample);
        return;
    }
    if (pace_of_node.held.empty()) holding_.push_back(key);
    pace_of_node.hold(metric_key, sample);
}

void LocalState::state_metric(const report::NodeKey& node, Key key, double sample) {
    if (node_at(node).set_metric(key, open(), sample)) dirty_ = true;
}

void LocalState::state_held(Now now) {
    std::erase_if(holding_, [this, now](const report::NodeKey& key) {
        const auto at = paces_.find(key);
        if (at == paces_.end() || at->second.held.empty()) return true;
        if (now.mono - at->second.stated < pace()) return false;
        for (const Held& held : at->second.held) state_metric(key, held.key, held.sample);
        at->second.held.clear();
        at->second.stated = now.mono;
        return true;
    });
}

// --- sources: flows and listeners ---

report::Flow* LocalState::find_flow(const report::FlowKey& key) {
    if (report::Flow* flow = find_sorted(state_.flows, key)) return flow;
    const auto at = incoming_flows_.find(key);
    return at == incoming_flows_.end() ? nullptr : &incoming_.flows[at->second];
}

report::Flow& LocalState::flow_at(const report::FlowKey& key) {
    if (report::Flow* flow = find_flow(key)) return *flow;
    incoming_flows_.emplace(key, incoming_.flows.size());
    report::Flow& flow = incoming_.flows.emplace_back(key);
    if (const auto at = retired_.find(key); at != retired_.end()) {
        flow.counters(epoch_) = at->second.counters;
        retired_.erase(at);
    }
    return flow;
}

void LocalState::flow(const report::FlowKey& key, const FlowUpdate& update) {
    report::Flow& flow = flow_at(key);
    bool news = note_readings(flow, update, open());
    if (update.added != report::Counters{}) {
        add_counts(flow.counters(epoch_), update.added);
        news = true;
    }
    if (!news && flow.presence.alive()) return;
    // Nobody is told of a flow only because time goes by.
    flow.last_seen = std::max(flow.last_seen, update.last_seen);
    flow.presence = Presence::alive_at(open());
    dirty_ = true;
}

void LocalState::flow_ended(const report::FlowKey& key) {
    report::Flow* flow = find_flow(key);
    if (flow == nullptr || !flow->presence.alive()) return;
    flow->presence = Presence::ended_at(open());
    tombstones_in_tick_ = true;
    dirty_ = true;
}

void LocalState::listener(const report::ListenerKey& key) {
    Presence& presence = state_.listener(key).presence;
    if (presence.alive()) return;
    presence = Presence::alive_at(open());
    dirty_ = true;
}

void LocalState::listener_ended(const report::ListenerKey& key) {
    report::Listener* listener = find_sorted(state_.listeners, key);
    if (listener == nullptr || !listener->presence.alive()) return;
    listener->presence = Presence::ended_at(open());
    tombstones_in_tick_ = true;
    dirty_ = true;
}

void LocalState::lost(std::string_view source, std::uint64_t total) {
    lost_.insert_or_assign(std::string(source), total);
    std::uint64_t sum = 0;
    for (const auto& [name, count] : lost_) sum += count;
    set(host_, Key::probe_lost_events, Value::integer(static_cast<std::int64_t>(sum)));
}

}  // namespace reticle::probe
