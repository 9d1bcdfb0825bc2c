#include "app/scope/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace reticle::app::scope {
namespace {

using report::Key;
using report::Topology;
using report::Value;

struct MetadataTemplate {
    Key key;
    const char* label;
    double priority;
    const char* data_type;
};

/// Rows of processes and hosts in Scope's order (functional inventory 2.2, 2.3).
constexpr std::array kMetadata{
    MetadataTemplate{Key::pid, "PID", 1, "number"},
    MetadataTemplate{Key::cmdline, "Command", 2, ""},
    MetadataTemplate{Key::ppid, "Parent PID", 3, "number"},
    MetadataTemplate{Key::threads, "# Threads", 4, "number"},
    MetadataTemplate{Key::kernel_version, "Kernel version", 1, ""},
    MetadataTemplate{Key::host_name, "Hostname", 11, ""},
    MetadataTemplate{Key::os, "OS", 12, ""},
    MetadataTemplate{Key::local_networks, "Local networks", 13, ""},
    MetadataTemplate{Key::probe_version, "Scope version", 14, ""},
};

struct MetricTemplate {
    Key key;
    const char* label;
    const char* format;
    const char* group;
    double priority;
};

constexpr std::array kMetrics{
    MetricTemplate{Key::process_cpu_usage_percent, "CPU", "percent", "", 1},
    MetricTemplate{Key::process_memory_usage_bytes, "Memory", "filesize", "", 2},
    MetricTemplate{Key::open_files_count, "Open files", "integer", "", 3},
    MetricTemplate{Key::host_cpu_usage_percent, "CPU", "percent", "", 1},
    MetricTemplate{Key::host_mem_usage_bytes, "Memory", "filesize", "", 2},
    MetricTemplate{Key::load1, "Load (1m)", "", "load", 11},
};

/// Parents in Scope's fixed order, and the view that shows them (4.8).
constexpr std::array<std::pair<Topology, const char*>, 12> kParents{{
    {Topology::container, "containers"},
    {Topology::container_image, "containers-by-image"},
    {Topology::pod, "pods"},
    {Topology::deployment, "kube-controllers"},
    {Topology::daemon_set, "kube-controllers"},
    {Topology::stateful_set, "kube-controllers"},
    {Topology::cron_job, "kube-controllers"},
    {Topology::service, "services"},
    {Topology::ecs_task, "ecs-tasks"},
    {Topology::ecs_service, "ecs-services"},
    {Topology::swarm_service, "swarm-services"},
    {Topology::host, "hosts"},
}};

std::string label_value(const report::Node& node, std::string_view key) {
    for (const report::Label& label : node.labels()) {
        if (label.key.view() == key) return label.value.to_string();
    }
    return {};
}

std::string before_dot(const std::string& name) {
    return name.substr(0, name.find('.'));
}
std::string after_dot(const std::string& name) {
    const auto dot = name.find('.');
    return dot == std::string::npos ? std::string() : name.substr(dot + 1);
}

/// The name a parent is shown by; a parent that nobody states is still listed, by its id.
std::string parent_label(const World& world, const Identity& identity, const NodeRef& parent) {
    if (parent.key.topology == Topology::host)
        return before_dot(identity.host(parent.writer, parent.key.id.view()));
    const auto stated = world.node(parent);
    if (stated) {
        // In Scope's order: an orchestrator's name for a container comes before the engine's.
        for (const char* key :
             {"docker_label_com.amazonaws.ecs.container-name", "docker_label_io.kubernetes.container.name",
              "docker_container_name", "docker_image_name", "kubernetes_name", "service_name"}) {
            if (std::string value = label_value(*stated->node, key); !value.empty()) return value;
        }
    }
    const std::string id = parent.key.id.str();
    return parent.key.topology == Topology::container ? id.substr(0, 12) : id;
}

void add_parents(const World& world, const Identity& identity, const NodeRef& ref, const report::Node& node,
                 Summary& summary) {
    if (ref.key.topology == Topology::host) return;
    for (const auto& [topology, view] : kParents) {
        bool stated = false;
        for (const report::Parent& parent : node.parents()) {
            if (parent.key.topology != topology || !parent.presence.alive()) continue;
            const NodeRef parent_ref{ref.writer, parent.key};
            summary.parents.push_back(
                {identity.node(parent_ref), parent_label(world, identity, parent_ref), view});
            stated = true;
        }
        if (topology == Topology::host && !stated) {
            if (const std::string host = identity.host_of(ref); !host.empty()) {
                summary.parents.push_back({host + ";<host>", before_dot(host), view});
            }
        }
    }
}

void add_metadata(const Rendering& rendering, const WorldNode& stated, Summary& summary) {
    const report::Node& node = *stated.node;
    for (const MetadataTemplate& row : kMetadata) {
        const Value& value = node.value(row.key);
        if (value.none() || (row.key == Key::ppid && value.as_integer() <= 0)) continue;
        std::string text = value.to_string();
        if (row.key == Key::cmdline && rendering.censor.command_line_arguments)
            text = text.substr(0, text.find(' '));
        summary.metadata.push_back({std::string(report::key_name(row.key)), row.label, std::move(text),
                                    row.data_type, row.priority});
    }
    // Uptime is derived: the facts hold the boot time, so that nothing has to be sent as time passes.
    const Value& boot = node.value(Key::boot_time);
    std::string uptime = label_value(node, "uptime");
    if (!boot.none() && stated.writer != nullptr) {
        const auto now = rendering.now + stated.writer->skew_nanos;
        uptime = std::to_string(std::max<std::int64_t>(0, (now - boot.as_time()) / 1'000'000'000));
    }
    if (!uptime.empty()) summary.metadata.push_back({"uptime", "Uptime", uptime, "duration", 2});
    std::stable_sort(summary.metadata.begin(), summary.metadata.end(),
                     [](const MetadataRow& a, const MetadataRow& b) { return a.priority < b.priority; });
}

double rounded(double value) {
    return std::round(value * 100) / 100;
}

/// The number of cores of the host a process runs on, for Scope's scale: a share of the machine.
double cores_of(const World& world, const NodeRef& ref, const report::Node& node) {
    NodeRef host{ref.writer, {Topology::host, ref.writer}};
    for (const report::Parent& parent : node.parents()) {
        if (parent.key.topology == Topology::host) host.key = parent.key;
    }
    const auto stated = world.node(host);
    const std::int64_t cores = stated ? stated->node->value(Key::host_cpu_count).as_integer() : 0;
    return cores > 0 ? static_cast<double>(cores) : 1;
}

double capacity_of(const World& world, const NodeRef& ref, const report::Node& node, Key metric) {
    const report::KeyInfo* info = report::key_info(metric);
    if (info != nullptr && info->capacity != Key::none) {
        if (const Value& own = node.value(info->capacity); !own.none())
            return static_cast<double>(own.as_integer());
    }
    if (metric == Key::process_memory_usage_bytes) {
        const auto host = world.node({ref.writer, {Topology::host, ref.writer}});
        if (host) return static_cast<double>(host->node->value(Key::host_memory_total_bytes).as_integer());
    }
    return 0;
}

void add_metrics(const Rendering& rendering, const NodeRef& ref, const report::Node& node, Summary& summary) {
    const World& world = rendering.world;
    for (const MetricTemplate& row : kMetrics) {
        const report::Metric* metric = node.metric(row.key);
        if (metric == nullptr) continue;
        const double scale = row.key == Key::process_cpu_usage_percent ? cores_of(world, ref, node) : 1;
        const double value = metric->value / scale;
        const double capacity = capacity_of(world, ref, node, row.key);
        summary.metrics.push_back({.id = std::string(report::key_name(row.key)),
                                   .label = row.label,
                                   .format = row.format,
                                   .group = row.group,
                                   .value = rounded(value),
                                   .priority = row.priority,
                                   .min = value,
                                   .max = capacity > 0 ? capacity : metric->peak / scale,
                                   .sampled = rendering.now});
    }
}

std::string pseudo_shape(NodeKind kind) {
    return kind == NodeKind::internet || kind == NodeKind::service ? "cloud" : "circle";
}

void fill_process(const Identity& identity, const NodeRef& ref, const report::Node& node, Summary& summary) {
    const std::string pid = node.value(Key::pid).to_string();
    const std::string name(node.value(Key::name).as_string());
    const std::string host = identity.host_of(ref);
    summary.label = name.empty() ? pid : name;
    summary.label_minor = host + " (" + pid + ")";
    summary.rank = name.empty() ? host : name;
    summary.shape = "square";
}

void fill_host(const Identity& identity, const NodeRef& ref, Summary& summary) {
    const std::string name = identity.host(ref.writer, ref.key.id.view());
    summary.label = before_dot(name);
    summary.label_minor = after_dot(name);
    summary.rank = summary.label_minor;
    summary.shape = "circle";
}

}  // namespace

bool is_newer(const ViewNode& a, const ViewNode& b) {
    const bool a_lives = a.state != ViewState::ended;
    const bool b_lives = b.state != ViewState::ended;
    return a_lives != b_lives ? a_lives : a.since > b.since;
}

Summary summarise_node(const Rendering& rendering, const ViewNode& view) {
    const World& world = rendering.world;
    const Identity& identity = rendering.identity;
    Summary summary;
    summary.id = identity.view_node(view);
    summary.pseudo = view.pseudo;
    if (view.pseudo) {
        summary.label = view.label;
        summary.label_minor = view.sublabel;
        summary.rank = summary.id;
        summary.shape = pseudo_shape(view.kind);
        return summary;
    }
    if (view.kind == NodeKind::process_name) {
        summary.label = summary.rank = view.id;
        summary.label_minor = std::to_string(view.members) + (view.members == 1 ? " process" : " processes");
        summary.shape = "square";
        summary.stack = true;
        return summary;
    }
    if (view.sources.empty()) return summary;
    const NodeRef& ref = view.sources.front();
    const auto stated = world.node(ref);
    if (!stated) return summary;
    if (view.kind == NodeKind::host) {
        fill_host(identity, ref, summary);
    } else {
        fill_process(identity, ref, *stated->node, summary);
    }
    add_metadata(rendering, *stated, summary);
    add_parents(world, identity, ref, *stated->node, summary);
    add_metrics(rendering, ref, *stated->node, summary);
    return summary;
}

std::map<std::string, Summary> summarise(const Rendering& rendering, const View& view,
                                         const OptionValues& options) {
    const Identity& identity = rendering.identity;
    std::map<std::string, Summary> summaries;
    std::unordered_map<std::string, const ViewNode*> shown;  // by Scope id
    std::unordered_map<std::string, std::string> scope_ids;  // by view id, of shown nodes
    view.for_each_node([&](const ViewNode& node) {
        if (!view.shows(node, options)) return;
        std::string id = identity.view_node(node);
        const auto [place, first] = shown.try_emplace(id, &node);
        if (!first && is_newer(node, *place->second)) place->second = &node;
        scope_ids.emplace(node.id, std::move(id));
    });
    for (const auto& [id, node] : shown) summaries.emplace(id, summarise_node(rendering, *node));
    view.for_each_edge([&](const ViewEdge& edge) {
        const auto source = scope_ids.find(edge.source);
        const auto target = scope_ids.find(edge.target);
        if (source == scope_ids.end() || target == scope_ids.end()) return;
        summaries.at(source->second).adjacency.push_back(target->second);
    });
    for (auto& [id, summary] : summaries) {
        auto& list = summary.adjacency;
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    return summaries;
}

}  // namespace reticle::app::scope
