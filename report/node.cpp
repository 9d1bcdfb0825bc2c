#include "report/node.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "report/sorted_list.h"

namespace reticle::report {
namespace {

constexpr std::array<std::string_view, 24> kTopologyNames = {"",
                                                             "host",
                                                             "process",
                                                             "container",
                                                             "container_image",
                                                             "pod",
                                                             "service",
                                                             "deployment",
                                                             "replica_set",
                                                             "daemon_set",
                                                             "stateful_set",
                                                             "cron_job",
                                                             "job",
                                                             "kube_namespace",
                                                             "ecs_task",
                                                             "ecs_service",
                                                             "swarm_service",
                                                             "overlay",
                                                             "persistent_volume",
                                                             "persistent_volume_claim",
                                                             "storage_class",
                                                             "volume_snapshot",
                                                             "volume_snapshot_data",
                                                             "network_namespace"};

std::unique_ptr<Node::Extra> copy_extra(const std::unique_ptr<Node::Extra>& extra) {
    return extra ? std::make_unique<Node::Extra>(*extra) : nullptr;
}

Node::Extra& make_extra(Node& node) {
    if (!node.extra) node.extra = std::make_unique<Node::Extra>();
    return *node.extra;
}

/// Sets a versioned value of a sorted list; T is Attribute or Label.
template <class T, class PartKey>
bool set_part(std::vector<T>& list, PartKey key, Version version, Value value) {
    const auto place = lower_bound_by_key(list, key);
    if (place == list.end() || place->key != key) {
        if (value.none()) return false;
        insert_at(list, place, T(std::move(key), version, std::move(value)), Growth::exact);
        return true;
    }
    // What was already said later stands: the join would prefer it anyway.
    if (version < place->version || value == place->value) return false;
    place->version = version;
    place->value = std::move(value);
    return true;
}

}  // namespace

std::string_view topology_name(Topology topology) {
    const auto index = static_cast<std::size_t>(topology);
    return index < kTopologyNames.size() ? kTopologyNames[index] : std::string_view();
}

std::optional<Topology> topology_named(std::string_view name) {
    for (std::size_t i = 1; i < kTopologyNames.size(); ++i) {
        if (kTopologyNames[i] == name) return static_cast<Topology>(i);
    }
    return std::nullopt;
}

void Attribute::join(const Attribute& other) {
    if (std::tie(version, value) < std::tie(other.version, other.value)) *this = other;
}

void Label::join(const Label& other) {
    if (std::tie(version, value) < std::tie(other.version, other.value)) *this = other;
}

void Metric::join(const Metric& other) {
    if (std::pair(version.epoch(), peak) < std::pair(other.version.epoch(), other.peak)) peak = other.peak;
    if (std::tie(version, value) < std::tie(other.version, other.value)) {
        version = other.version;
        value = other.value;
    }
}

Node::Node(const Node& other)
    : key(other.key),
      presence(other.presence),
      attributes(other.attributes),
      metrics(other.metrics),
      extra(copy_extra(other.extra)) {}

Node& Node::operator=(const Node& other) {
    if (this != &other) *this = Node(other);
    return *this;
}

void Node::join(const Node& other) {
    presence.join(other.presence);
    join_sorted(attributes, other.attributes, Growth::exact, JoinEntries());
    join_sorted(metrics, other.metrics, Growth::exact, JoinEntries());
    if (!other.extra) return;
    join_sorted(make_extra(*this).labels, other.extra->labels, Growth::exact, JoinEntries());
    join_sorted(extra->parents, other.extra->parents, Growth::exact,
                [](Parent& mine, const Parent& theirs) { mine.presence.join(theirs.presence); });
}

const Attribute* Node::attribute(Key attribute_key) const {
    return find_by_key(attributes, attribute_key);
}

const Value& Node::value(Key attribute_key) const {
    static const Value kNone;
    const Attribute* found = attribute(attribute_key);
    return found == nullptr ? kNone : found->value;
}

const Metric* Node::metric(Key metric_key) const {
    return find_by_key(metrics, metric_key);
}

std::span<const Label> Node::labels() const {
    return extra ? std::span<const Label>(extra->labels) : std::span<const Label>();
}

std::span<const Parent> Node::parents() const {
    return extra ? std::span<const Parent>(extra->parents) : std::span<const Parent>();
}

bool Node::set(Key attribute_key, Version version, Value attribute_value) {
    return set_part(attributes, attribute_key, version, std::move(attribute_value));
}

bool Node::set_label(Text label_key, Version version, Value label_value) {
    if (!extra && label_value.none()) return false;
    return set_part(make_extra(*this).labels, std::move(label_key), version, std::move(label_value));
}

bool Node::set_metric(Key metric_key, Version version, double sample) {
    if (!std::isfinite(sample)) return false;
    const auto place = lower_bound_by_key(metrics, metric_key);
    if (place == metrics.end() || place->key != metric_key) {
        insert_at(metrics, place, Metric{metric_key, version, sample, sample}, Growth::exact);
        return true;
    }
    if (version < place->version || sample == place->value) return false;
    const bool new_epoch = version.epoch() != place->version.epoch();
    place->peak = new_epoch ? sample : std::max(place->peak, sample);
    place->version = version;
    place->value = sample;
    return true;
}

bool Node::set_parent(NodeKey parent, Presence parent_presence) {
    if (parent_presence.none()) return false;
    auto& parents = make_extra(*this).parents;
    const auto place = lower_bound_by_key(parents, parent);
    if (place == parents.end() || place->key != parent) {
        insert_at(parents, place, Parent{std::move(parent), parent_presence}, Growth::exact);
        return true;
    }
    if (parent_presence <= place->presence) return false;
    place->presence = parent_presence;
    return true;
}

Version Node::newest() const {
    Version newest = presence.version();
    for (const Attribute& attribute : attributes) newest = std::max(newest, attribute.version);
    for (const Metric& metric : metrics) newest = std::max(newest, metric.version);
    for (const Label& label : labels()) newest = std::max(newest, label.version);
    for (const Parent& parent : parents()) newest = std::max(newest, parent.presence.version());
    return newest;
}

std::size_t Node::memory_bytes() const {
    std::size_t bytes = sizeof(Node) + key.id.heap_bytes();
    bytes += attributes.capacity() * sizeof(Attribute) + metrics.capacity() * sizeof(Metric);
    for (const Attribute& attribute : attributes) bytes += attribute.value.heap_bytes();
    if (!extra) return bytes;
    bytes +=
        sizeof(Extra) + extra->labels.capacity() * sizeof(Label) + extra->parents.capacity() * sizeof(Parent);
    for (const Label& label : extra->labels) bytes += label.key.heap_bytes() + label.value.heap_bytes();
    for (const Parent& parent : extra->parents) bytes += parent.key.id.heap_bytes();
    return bytes;
}

bool operator==(const Node& a, const Node& b) {
    return a.key == b.key && a.presence == b.presence && a.attributes == b.attributes &&
           a.metrics == b.metrics && std::ranges::equal(a.labels(), b.labels()) &&
           std::ranges::equal(a.parents(), b.parents());
}

}  // namespace reticle::report
