#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/scope/identity.h"
#include "app/views/view.h"
#include "app/world/world.h"

namespace reticle::app::scope {

/// A row of "Info" in Scope's details (functional inventory 1.6).
struct MetadataRow {
    std::string id, label, value, data_type;
    double priority = 0;
    friend bool operator==(const MetadataRow&, const MetadataRow&) = default;
};

/// A metric as Scope shows it; lists of nodes carry no samples.
struct MetricRow {
    std::string id, label, format, group;
    double value = 0, priority = 0, min = 0, max = 0;
    UtcNanos sampled = 0;
    friend bool operator==(const MetricRow&, const MetricRow&) = default;
};

struct ParentRow {
    std::string id, label, view;
    friend bool operator==(const ParentRow&, const ParentRow&) = default;
};

/// A node of a view in Scope's shape (NodeSummary, 4.8).
struct Summary {
    std::string id, label, label_minor, rank, shape;
    bool stack = false, pseudo = false;
    std::vector<MetadataRow> metadata;
    std::vector<ParentRow> parents;
    std::vector<MetricRow> metrics;
    std::vector<std::string> adjacency;  ///< sorted
    friend bool operator==(const Summary&, const Summary&) = default;
};

/// What a request asks to leave out (1.13).
struct Censor {
    bool command_line_arguments = false;
};

/// What an answer is made from: the world at an instant, and what the request asked for.
struct Rendering {
    const World& world;
    Identity identity;
    Censor censor;
    UtcNanos now = 0;  ///< for durations

    Rendering(const World& rendered, Censor censored, UtcNanos instant)
        : world(rendered), identity(rendered), censor(censored), now(instant) {}
};

/// The nodes of a view that pass the options, by Scope id. Where two incarnations of a process share a pid
/// the newest living one is meant.
std::map<std::string, Summary> summarise(const Rendering& rendering, const View& view,
                                         const OptionValues& options);

/// Which of two view nodes of one Scope id is meant: the living one, then the newer.
bool is_newer(const ViewNode& a, const ViewNode& b);

/// One node's summary without adjacency.
Summary summarise_node(const Rendering& rendering, const ViewNode& node);

}  // namespace reticle::app::scope
