#include "app/scope/details.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace reticle::app::scope {
namespace {

/// "name (address)" where DNS knows a name, as Scope writes it.
std::string shown_address(const End& end) {
    const std::string address = end.address.to_string();
    return end.name.empty() ? address : end.name + " (" + address + ")";
}

/// Rows of one direction, keyed by what makes them one line.
class Table {
  public:
    Table(const Rendering& rendering, const View& view, bool node_is_internet)
        : rendering_(rendering), view_(view), node_is_internet_(node_is_internet) {}

    void add(const ViewEdge& edge, bool incoming) {
        const ViewNode* other = view_.node(incoming ? edge.source : edge.target);
        if (other == nullptr) return;
        const Summary summary = summarise_node(rendering_, *other);
        const bool internet = other->kind == NodeKind::internet;
        for (const ConversationId id : edge.conversations) {
            const Conversation* conversation = rendering_.world.conversation(id);
            if (conversation != nullptr) add(summary, internet, *conversation, incoming);
        }
    }

    std::vector<ConnectionRow> rows() {
        std::vector<ConnectionRow> rows;
        rows.reserve(rows_.size());
        for (auto& [key, row] : rows_) rows.push_back(std::move(row));
        return rows;
    }

  private:
    void add(const Summary& summary, bool internet, const Conversation& conversation, bool incoming) {
        const End& near = incoming ? conversation.server : conversation.client;
        const End& far = incoming ? conversation.client : conversation.server;
        // Addresses are told apart only where one end is The Internet, whose node stands for many.
        const std::string remote = internet ? shown_address(far) : std::string();
        const std::string local = node_is_internet_ ? shown_address(near) : std::string();
        ConnectionRow& row = rows_[{summary.id, remote, local, conversation.service_port}];
        row.remote_id = summary.id;
        row.label = remote.empty() ? summary.label : remote;
        row.label_minor = remote.empty() ? summary.label_minor : std::string();
        row.remote_address = remote;
        row.local_address = local;
        row.port = conversation.service_port;
        row.count += std::max<std::uint64_t>(1, conversation.active);
    }

    const Rendering& rendering_;
    const View& view_;
    bool node_is_internet_;
    std::map<std::tuple<std::string, std::string, std::string, std::uint16_t>, ConnectionRow> rows_;
};

ChildGroup process_children(const Rendering& rendering, const ViewNode& node, const View& processes) {
    ChildGroup group{.label = "Processes", .view = "processes", .nodes = {}};
    const bool host = node.kind == NodeKind::host;
    processes.for_each_node([&](const ViewNode& process) {
        if (process.kind != NodeKind::process) return;
        const bool member = host ? process.group == node.id
                                 : std::find(node.sources.begin(), node.sources.end(),
                                             process.sources.front()) != node.sources.end();
        if (!member) return;
        Summary summary = summarise_node(rendering, process);
        for (const std::string& id : processes.edges_of(process.id)) {
            const ViewEdge* edge = processes.edge(id);
            if (edge == nullptr || edge->source != process.id) continue;
            if (const ViewNode* target = processes.node(edge->target)) {
                summary.adjacency.push_back(rendering.identity.view_node(*target));
            }
        }
        std::sort(summary.adjacency.begin(), summary.adjacency.end());
        summary.adjacency.erase(std::unique(summary.adjacency.begin(), summary.adjacency.end()),
                                summary.adjacency.end());
        group.nodes.push_back(std::move(summary));
    });
    std::sort(group.nodes.begin(), group.nodes.end(),
              [](const Summary& a, const Summary& b) { return a.id < b.id; });

    return group;
}

}  // namespace

Details detail(const Rendering& rendering, const View& view, const ViewNode& node, const View* processes) {
    Details details;
    details.summary = summarise_node(rendering, node);
    details.internet = node.kind == NodeKind::internet;
    details.view = view.spec().id;
    Table incoming(rendering, view, details.internet);
    Table outgoing(rendering, view, details.internet);
    auto& adjacency = details.summary.adjacency;
    for (const std::string& id : view.edges_of(node.id)) {
        const ViewEdge* edge = view.edge(id);
        if (edge == nullptr) continue;
        if (edge->target == node.id) incoming.add(*edge, true);
        if (edge->source != node.id) continue;
        outgoing.add(*edge, false);
        if (const ViewNode* target = view.node(edge->target))
            adjacency.push_back(rendering.identity.view_node(*target));
    }
    std::sort(adjacency.begin(), adjacency.end());
    adjacency.erase(std::unique(adjacency.begin(), adjacency.end()), adjacency.end());
    details.incoming = incoming.rows();
    details.outgoing = outgoing.rows();
    if (processes != nullptr && (node.kind == NodeKind::host || node.kind == NodeKind::process_name)) {
        ChildGroup group = process_children(rendering, node, *processes);
        if (!group.nodes.empty()) details.children.push_back(std::move(group));
    }
    return details;
}

}  // namespace reticle::app::scope
