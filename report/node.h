#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "report/keys.h"
#include "report/value.h"
#include "report/version.h"

namespace reticle::report {

/// Which kind of thing a node is. Numbers are wire format: never reuse or renumber, only append.
enum class Topology : std::uint8_t {
    none = 0,
    host = 1,
    process = 2,
    container = 3,
    container_image = 4,
    pod = 5,
    service = 6,
    deployment = 7,
    replica_set = 8,
    daemon_set = 9,
    stateful_set = 10,
    cron_job = 11,
    job = 12,
    kube_namespace = 13,
    ecs_task = 14,
    ecs_service = 15,
    swarm_service = 16,
    overlay = 17,
    persistent_volume = 18,
    persistent_volume_claim = 19,
    storage_class = 20,
    volume_snapshot = 21,
    volume_snapshot_data = 22,
    network_namespace = 23,
};

/// The name in JSON ("process"); empty for numbers this build does not know.
std::string_view topology_name(Topology topology);
std::optional<Topology> topology_named(std::string_view name);

/// A node's key after its writer: topology and identity.
/// Identities: host: the host_id; process: "<boot8>;<pid>;<start ticks since boot>" (the incarnation, so that
/// a reused pid inherits nothing); network_namespace: the decimal namespace number that flows carry; shared
/// nodes (images, pods, services): their own cluster-wide id. The world makes host-bound ones globally unique
/// by their writer.
struct NodeKey {
    Topology topology = Topology::none;
    Text id;

    [[nodiscard]] bool none() const { return topology == Topology::none; }
    friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
    friend bool operator==(const NodeKey&, const NodeKey&) = default;
};

/// One attribute; joined by max of (version, value).
struct Attribute {
    Version version;
    [[no_unique_address]] Value value;  // the key lies in its padding: 24 bytes in all, not 32
    Key key = Key::none;

    Attribute() = default;
    Attribute(Key attribute_key, Version at, Value attribute_value)
        : version(at), value(std::move(attribute_value)), key(attribute_key) {}

    void join(const Attribute& other);
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// A free-form attribute: labels of containers, fields of plugins.
struct Label {
    Text key;
    Version version;
    Value value;

    void join(const Label& other);
    friend bool operator==(const Label&, const Label&) = default;
};

/// One metric: the newest sample by max of (version, value), and the highest value seen in an epoch by
/// max of (epoch, peak).
struct Metric {
    Key key = Key::none;
    Version version;
    double value = 0;
    double peak = 0;

    void join(const Metric& other);
    friend bool operator==(const Metric&, const Metric&) = default;
};

/// That a node belongs to another (a process to a container, a container to a pod).
struct Parent {
    NodeKey key;
    Presence presence;

    friend bool operator==(const Parent&, const Parent&) = default;
};

/// A thing with an identity, as one writer states it. Lists are flat, sorted by key and without duplicates;
/// use the setters, which keep them so.
struct Node {
    NodeKey key;
    Presence presence;
    std::vector<Attribute> attributes;
    std::vector<Metric> metrics;
    /// What few nodes have, apart so that the many stay small.
    struct Extra {
        std::vector<Label> labels;
        std::vector<Parent> parents;
        friend bool operator==(const Extra&, const Extra&) = default;
    };
    std::unique_ptr<Extra> extra;

    Node() = default;
    explicit Node(NodeKey node_key) : key(std::move(node_key)) {}
    Node(const Node& other);
    Node(Node&&) noexcept = default;
    Node& operator=(const Node& other);
    Node& operator=(Node&&) noexcept = default;
    ~Node() = default;

    /// Joins what the same writer says of the same node. Precondition: equal keys.
    void join(const Node& other);

    [[nodiscard]] const Attribute* attribute(Key attribute_key) const;
    /// The value of an attribute, or Value none.
    [[nodiscard]] const Value& value(Key attribute_key) const;
    [[nodiscard]] const Metric* metric(Key metric_key) const;
    [[nodiscard]] std::span<const Label> labels() const;
    [[nodiscard]] std::span<const Parent> parents() const;

    /// Sets an attribute at a version if the value differs from the present one; returns whether it did.
    bool set(Key attribute_key, Version version, Value attribute_value);
    bool set_label(Text label_key, Version version, Value label_value);
    bool set_metric(Key metric_key, Version version, double sample);
    /// Joins one parent statement; returns whether it changed anything.
    bool set_parent(NodeKey parent, Presence parent_presence);

    /// The newest version that anything in this node carries.
    [[nodiscard]] Version newest() const;
    /// Bytes of this node including what it owns on the heap (shared text counted once per owner).
    [[nodiscard]] std::size_t memory_bytes() const;

    friend bool operator==(const Node& a, const Node& b);
};

}  // namespace reticle::report
