#include "app/scope/json.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/scope/time_text.h"

namespace reticle::app::scope {
namespace {

using nlohmann::json;

/// Names come from observed machines and need not be UTF-8; the answer must be.
std::string text(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json metadata_json(const std::vector<MetadataRow>& rows) {
    json list = json::array();
    for (const MetadataRow& row : rows) {
        json item{{"id", row.id}, {"label", row.label}, {"value", row.value}, {"priority", row.priority}};
        if (!row.data_type.empty()) item["dataType"] = row.data_type;
        list.push_back(std::move(item));
    }
    return list;
}

json metrics_json(const std::vector<MetricRow>& rows, bool samples) {
    json list = json::array();
    for (const MetricRow& row : rows) {
        json item{{"id", row.id},   {"label", row.label}, {"value", row.value}, {"priority", row.priority},
                  {"min", row.min}, {"max", row.max},     {"url", ""},          {"samples", nullptr}};
        if (!row.format.empty()) item["format"] = row.format;
        if (!row.group.empty()) item["group"] = row.group;
        if (samples) {
            item["samples"] = json::array({{{"date", rfc3339(row.sampled)}, {"value", row.min}}});
        }
        list.push_back(std::move(item));
    }
    return list;
}

/// Go's omitempty: empty members are absent.
json summary_json(const Summary& summary, bool samples) {
    json out{{"id", summary.id},
             {"label", summary.label},
             {"labelMinor", summary.label_minor},
             {"rank", summary.rank}};
    if (!summary.shape.empty()) out["shape"] = summary.shape;
    if (summary.stack) out["stack"] = true;
    if (summary.pseudo) out["pseudo"] = true;
    if (!summary.metadata.empty()) out["metadata"] = metadata_json(summary.metadata);
    if (!summary.metrics.empty()) out["metrics"] = metrics_json(summary.metrics, samples);
    if (!summary.adjacency.empty()) out["adjacency"] = summary.adjacency;
    if (!summary.parents.empty()) {
        json& list = out["parents"] = json::array();
        for (const ParentRow& row : summary.parents) {
            list.push_back({{"id", row.id}, {"label", row.label}, {"topologyId", row.view}});
        }
    }
    return out;
}

json column(const char* id, const char* label, const char* type, bool sort) {
    return {{"id", id}, {"label", label}, {"dataType", type}, {"defaultSort", sort}};
}

json cell(const char* id, std::string value) {
    return {{"id", id}, {"label", ""}, {"value", std::move(value)}};
}

json connections_json(const char* id, const char* label, const Details& details,
                      const std::vector<ConnectionRow>& rows) {
    json columns = json::array();
    if (details.internet) columns.push_back(column("remote", "Remote", "", false));
    columns.push_back(column("port", "Port", "number", false));
    columns.push_back(column("count", "Count", "number", true));
    json list = json::array();
    for (const ConnectionRow& row : rows) {
        json cells = json::array();
        if (details.internet) cells.push_back(cell("remote", row.local_address));
        cells.push_back(cell("port", std::to_string(row.port)));
        cells.push_back(cell("count", std::to_string(row.count)));
        json item{{"id", fmt::format("{}-{}-{}-{}", row.remote_id, row.remote_address, row.local_address,
                                     row.port)},
                  {"nodeId", row.remote_id},
                  {"label", row.label},
                  {"metadata", std::move(cells)}};
        if (!row.label_minor.empty()) item["labelMinor"] = row.label_minor;
        list.push_back(std::move(item));
    }
    return {{"id", id},
            {"label", label},
            {"topologyId", details.view},
            {"columns", std::move(columns)},
            {"connections", std::move(list)}};
}

json children_json(const std::vector<ChildGroup>& groups) {
    json list = json::array();
    for (const ChildGroup& group : groups) {
        json nodes = json::array();
        for (const Summary& node : group.nodes) nodes.push_back(summary_json(node, false));
        list.push_back(
            {{"id", ""},
             {"label", group.label},
             {"topologyId", group.view},
             {"nodes", std::move(nodes)},
             {"columns", json::array({column("pid", "PID", "number", false),
                                      column("process_cpu_usage_percent", "CPU", "number", false),
                                      column("process_memory_usage_bytes", "Memory", "number", false)})}});
    }
    return list;
}

json options_json(const ViewSpec& spec) {
    if (spec.options.empty()) return nullptr;
    json list = json::array();
    for (const ViewOption& option : spec.options) {
        json choices = json::array();
        for (const auto& choice : option.choices)
            choices.push_back({{"value", choice.value}, {"label", choice.label}});
        list.push_back(
            {{"id", option.id}, {"defaultValue", option.default_value}, {"options", std::move(choices)}});
    }
    return list;
}

json view_json(const ListedView& view) {
    return {{"name", view.spec.name},
            {"rank", view.spec.rank},
            {"hide_if_empty", view.spec.hide_if_empty},
            {"options", options_json(view.spec)},
            {"url", "/api/topology/" + view.spec.id},
            {"stats",
             {{"node_count", view.nodes},
              {"nonpseudo_node_count", view.real_nodes},
              {"edge_count", view.edges},
              {"filtered_nodes", view.filtered}}}};
}

}  // namespace

std::string summaries_json(const std::map<std::string, Summary>& nodes) {
    json members = json::object();
    for (const auto& [id, summary] : nodes) members[id] = summary_json(summary, false);
    return text({{"nodes", std::move(members)}});
}

std::string details_json(const Details& details) {
    json node = summary_json(details.summary, true);
    node["controls"] = json::array();
    if (!details.children.empty()) node["children"] = children_json(details.children);
    node["connections"] =
        json::array({connections_json("incoming-connections", "Inbound", details, details.incoming),
                     connections_json("outgoing-connections", "Outbound", details, details.outgoing)});
    return text({{"node", std::move(node)}});
}

std::string delta_json(const std::map<std::string, Summary>& before,
                       const std::map<std::string, Summary>& after, bool reset) {
    json delta{{"add", nullptr}, {"update", nullptr}, {"remove", nullptr}};
    if (reset) delta["reset"] = true;
    for (const auto& [id, summary] : after) {
        const auto known = before.find(id);
        if (known != before.end() && known->second == summary) continue;
        delta[known == before.end() ? "add" : "update"].push_back(summary_json(summary, false));
    }
    for (const auto& [id, summary] : before) {
        if (!after.contains(id)) delta["remove"].push_back(id);
    }
    return text(delta);
}

std::string views_json(const std::vector<ListedView>& views) {
    std::vector<const ListedView*> sorted;
    for (const ListedView& view : views) sorted.push_back(&view);
    std::sort(sorted.begin(), sorted.end(),
              [](const ListedView* a, const ListedView* b) { return a->spec.name < b->spec.name; });
    json list = json::array();
    for (const ListedView* view : sorted) {
        if (!view->spec.parent.empty()) continue;
        json item = view_json(*view);
        for (const ListedView* child : sorted) {
            if (child->spec.parent == view->spec.id) item["sub_topologies"].push_back(view_json(*child));
        }
        list.push_back(std::move(item));
    }
    return text(list);
}

std::string error_json(std::string_view message) {
    return text(json(std::string(message)));
}

}  // namespace reticle::app::scope
