#include "tests/app/streams/fake_view.h"

#include <algorithm>

#include "app/views/edge_group.h"

namespace reticle::test {

using app::ViewEdge;
using app::ViewNode;

FakeView::FakeView() {
    spec_.id = "fake";
}

ViewNode& FakeView::node_at(const std::string& id) {
    ViewNode& node = nodes_[id];
    if (node.id.empty()) {
        node.id = id;
        node.label = id;
    }
    changed_nodes_.insert(id);
    return node;
}

ViewEdge& FakeView::edge_at(const std::string& source, const std::string& target, std::uint16_t port) {
    std::string id = app::edge_id(source, target, report::Protocol::tcp, port);
    ViewEdge& edge = edges_[id];
    if (edge.id.empty()) {
        node_at(source);
        node_at(target);
        edges_of_[source].insert(id);
        edges_of_[target].insert(id);
        edge.id = id;
        edge.source = source;
        edge.target = target;
        edge.port = port;
        edge.protocol = report::Protocol::tcp;
        count_degree(edge, 1);
    }
    changed_edges_.insert(std::move(id));
    return edge;
}

void FakeView::drop_node(const std::string& id) {
    if (!nodes_.contains(id)) return;
    for (const std::string& edge : edges_of(id)) drop_edge(edge);
    nodes_.erase(id);
    changed_nodes_.insert(id);
}

void FakeView::drop_edge(const std::string& id) {
    const auto found = edges_.find(id);
    if (found == edges_.end()) return;
    count_degree(found->second, ~0U);
    edges_of_[found->second.source].erase(id);
    edges_of_[found->second.target].erase(id);
    edges_.erase(found);
    changed_edges_.insert(id);
}

void FakeView::count_degree(const ViewEdge& edge, std::uint32_t change) {
    if (edge.source == edge.target) return;
    node_at(edge.source).degree += change;
    node_at(edge.target).degree += change;
}

app::ViewDelta FakeView::news() {
    app::ViewDelta delta{{changed_nodes_.begin(), changed_nodes_.end()},
                         {changed_edges_.begin(), changed_edges_.end()}};
    changed_nodes_.clear();
    changed_edges_.clear();
    return delta;
}

const ViewNode* FakeView::node(std::string_view id) const {
    const auto found = nodes_.find(id);
    return found == nodes_.end() ? nullptr : &found->second;
}

const ViewEdge* FakeView::edge(std::string_view id) const {
    const auto found = edges_.find(id);
    return found == edges_.end() ? nullptr : &found->second;
}

void FakeView::for_each_node(const std::function<void(const ViewNode&)>& visit) const {
    for (const auto& [id, node] : nodes_) visit(node);
}

void FakeView::for_each_edge(const std::function<void(const ViewEdge&)>& visit) const {
    for (const auto& [id, edge] : edges_) visit(edge);
}

std::vector<std::string> FakeView::edges_of(std::string_view node_id) const {
    const auto found = edges_of_.find(node_id);
    if (found == edges_of_.end()) return {};
    return {found->second.begin(), found->second.end()};
}

void FakeView::place(std::string_view id, std::int32_t x, std::int32_t y) {
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) return;
    found->second.x = x;
    found->second.y = y;
}

bool FakeView::shows(const ViewNode& node, const app::OptionValues& options) const {
    return std::ranges::find(options, app::OptionValues::value_type{"unconnected", "hide"}) ==
               options.end() ||
           node.pseudo || node.degree > 0;
}

app::View::Stats FakeView::stats(const app::OptionValues& options) const {
    Stats stats;
    for (const auto& [id, node] : nodes_) {
        const bool shown = shows(node, options);
        (shown ? stats.nodes : stats.hidden_nodes) += 1;
        if (shown && node.pseudo) ++stats.pseudo_nodes;
    }
    for (const auto& [id, edge] : edges_) {
        if (shows(nodes_.at(edge.source), options) && shows(nodes_.at(edge.target), options)) ++stats.edges;
    }
    return stats;
}

}  // namespace reticle::test
