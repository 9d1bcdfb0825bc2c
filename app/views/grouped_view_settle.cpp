// The second half of a step of GroupedView, after all facts are followed: what the touched groups and edges
// look like now, which of them readers see, and what of that is news.
#include <algorithm>

#include "app/views/grouped_view.h"

namespace reticle::app {

void GroupedView::Tally::add(const NodeCount& count) {
    nodes += count.nodes;
    pseudo += count.pseudo;
    connected += count.connected;
    lonely_self_edges += count.lonely_self_edges;
}

void GroupedView::Tally::remove(const NodeCount& count) {
    nodes -= count.nodes;
    pseudo -= count.pseudo;
    connected -= count.connected;
    lonely_self_edges -= count.lonely_self_edges;
}

NodeGroup& GroupedView::group_of(const std::string& id) {
    if (const auto found = groups_.find(id); found != groups_.end()) return *found->second;
    auto group = std::make_unique<NodeGroup>();
    group->node.id = id;
    NodeGroup& made = *group;
    groups_.emplace(made.node.id, std::move(group));
    return made;
}

EdgeGroup& GroupedView::edge_between(NodeGroup& source, NodeGroup& target, const Conversation& conversation) {
    std::string id =
        edge_id(source.node.id, target.node.id, conversation.protocol, conversation.service_port);
    if (const auto found = edges_.find(id); found != edges_.end()) return *found->second;
    auto group = std::make_unique<EdgeGroup>();
    EdgeGroup& made = *group;
    made.edge.id = std::move(id);
    made.edge.source = source.node.id;
    made.edge.target = target.node.id;
    made.edge.protocol = conversation.protocol;
    made.edge.port = conversation.service_port;
    made.source = &source;
    made.target = &target;
    made.outgoing_place = static_cast<std::uint32_t>(source.outgoing.size());
    made.incoming_place = static_cast<std::uint32_t>(target.incoming.size());
    source.outgoing.push_back(&made);
    target.incoming.push_back(&made);
    edges_.emplace(made.edge.id, std::move(group));
    return made;
}

void GroupedView::touch(NodeGroup& group) {
    if (group.dirty) return;
    group.dirty = true;
    dirty_groups_.push_back(&group);
}

void GroupedView::touch(EdgeGroup& edge) {
    if (edge.dirty) return;
    edge.dirty = true;
    dirty_edges_.push_back(&edge);
}

void GroupedView::touch_edges(NodeGroup& group) {
    for (EdgeGroup* edge : group.outgoing) touch(*edge);
    for (EdgeGroup* edge : group.incoming) touch(*edge);
}

ViewDelta GroupedView::settle(const World& world, Now now) {
    ViewDelta delta;
    for (EdgeGroup* edge : dirty_edges_) settle_validity(*edge);
    for (NodeGroup* group : dirty_groups_) settle_node(world, *group, now, delta);
    for (EdgeGroup* edge : dirty_edges_) settle_edge(*edge, delta);
    remove_unused();
    std::ranges::sort(delta.nodes);
    std::ranges::sort(delta.edges);
    return delta;
}

void GroupedView::settle_validity(EdgeGroup& edge) {
    NodeGroup& source = *edge.source;
    NodeGroup& target = *edge.target;
    const auto exists = [](const NodeGroup& group) { return group.real() || group.pseudo(); };
    edge.settle();
    const bool valid =
        !edge.parts.empty() && exists(source) && exists(target) && !(source.internet() && target.internet());
    if (valid == edge.valid) return;
    edge.valid = valid;
    const std::uint32_t change = valid ? 1U : ~0U;  // plus or minus one, in the arithmetic of unsigned
    if (&source == &target) {
        source.self_edges += change;
    } else {
        source.degree += change;
        target.degree += change;
    }
    touch(source);
    touch(target);
}

void GroupedView::settle_node(const World& world, NodeGroup& group, Now now, ViewDelta& delta) {
    const bool was_present = group.present;
    group.present = group.real() || (group.pseudo() && group.degree > 0);
    if (group.pseudo() && group.present && !was_present) group.since = now.utc;
    const bool redrawn = group.present && redraw(world, group);
    if (redrawn || group.present != was_present) delta.nodes.push_back(group.node.id);

    tally_.remove(group.counted);
    group.counted = {};
    if (group.present) {
        const bool pseudo = group.pseudo();
        const bool lonely = !pseudo && group.degree == 0;
        group.counted = {1, pseudo ? 1U : 0U, !pseudo && !lonely ? 1U : 0U, lonely ? group.self_edges : 0U};
    }
    tally_.add(group.counted);
    if (group.present == was_present) return;
    // Edges to other nodes were touched by what made this one come or go; those to itself were not.
    for (EdgeGroup* edge : group.outgoing) {
        if (edge->target == &group) touch(*edge);
    }
}

bool GroupedView::redraw(const World& world, NodeGroup& group) {
    ViewNode next;
    next.id = group.node.id;
    next.x = group.node.x;
    next.y = group.node.y;
    next.degree = group.degree;
    if (group.real()) {
        if (group.since_lost) group.since = group.earliest();
        next.state = group.fact_states.liveliest();
        describe(world, group, next);
    } else {
        const PseudoFace& face = group.faces.rbegin()->first;
        next.kind = face.kind;
        next.pseudo = true;
        next.label = face.label;
        next.sublabel = face.sublabel;
        next.group = face.group;
        next.group_label = face.group_label;
        next.members = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(face.members.size()));
        next.state = group.face_states.liveliest();
    }
    group.since_lost = false;
    next.since = group.since;
    // Of a group of thousands, the list of its sources is neither copied nor compared.
    std::vector<NodeRef> sources = std::move(group.node.sources);
    group.node.sources.clear();
    const bool changed = next != group.node;
    group.node = std::move(next);
    group.node.sources = std::move(sources);
    return changed;
}

void GroupedView::settle_edge(EdgeGroup& edge, ViewDelta& delta) {
    const bool present = edge.valid && (edge.source != edge.target || edge.source->present);
    if (present || edge.present) delta.edges.push_back(edge.edge.id);
    tally_.edges += (present ? 1U : 0U);
    tally_.edges -= (edge.present ? 1U : 0U);
    edge.present = present;
}

void GroupedView::remove_unused() {
    for (EdgeGroup* edge : dirty_edges_) {
        edge->dirty = false;
        if (!edge->parts.empty()) continue;
        unlink(*edge);
        rated_.erase(edge);
        edges_.erase(edge->edge.id);
    }
    dirty_edges_.clear();
    for (NodeGroup* group : dirty_groups_) {
        group->dirty = false;
        if (group->unused()) groups_.erase(groups_.find(group->node.id));
    }
    dirty_groups_.clear();
}

void GroupedView::unlink(EdgeGroup& edge) {
    const auto drop = [](std::vector<EdgeGroup*>& edges, std::uint32_t place, auto place_of) {
        edges[place] = edges.back();
        place_of(*edges[place]) = place;
        edges.pop_back();
    };
    drop(edge.source->outgoing, edge.outgoing_place,
         [](EdgeGroup& e) -> std::uint32_t& { return e.outgoing_place; });
    drop(edge.target->incoming, edge.incoming_place,
         [](EdgeGroup& e) -> std::uint32_t& { return e.incoming_place; });
    touch(*edge.source);
    touch(*edge.target);
}

const ViewNode* GroupedView::node(std::string_view id) const {
    const auto found = groups_.find(id);
    return found != groups_.end() && found->second->present ? &found->second->node : nullptr;
}

const ViewEdge* GroupedView::edge(std::string_view id) const {
    const auto found = edges_.find(id);
    return found != edges_.end() && found->second->present ? &found->second->edge : nullptr;
}

void GroupedView::for_each_node(const std::function<void(const ViewNode&)>& visit) const {
    for (const auto& [id, group] : groups_) {
        if (group->present) visit(group->node);
    }
}

void GroupedView::for_each_edge(const std::function<void(const ViewEdge&)>& visit) const {
    for (const auto& [id, group] : edges_) {
        if (group->present) visit(group->edge);
    }
}

std::vector<std::string> GroupedView::edges_of(std::string_view node_id) const {
    std::vector<std::string> ids;
    const auto found = groups_.find(node_id);
    if (found == groups_.end()) return ids;
    for (const EdgeGroup* edge : found->second->outgoing) {
        if (edge->present) ids.push_back(edge->edge.id);
    }
    for (const EdgeGroup* edge : found->second->incoming) {
        if (edge->present && edge->source != edge->target) ids.push_back(edge->edge.id);
    }
    return ids;
}

void GroupedView::place(std::string_view id, std::int32_t x, std::int32_t y) {
    const auto found = groups_.find(id);
    if (found == groups_.end()) return;
    found->second->node.x = x;
    found->second->node.y = y;
}

bool GroupedView::shows(const ViewNode& node, const OptionValues& options) const {
    return !hides_unconnected(options) || node.pseudo || node.degree > 0;
}

bool GroupedView::hides_unconnected(const OptionValues& options) const {
    const bool offered =
        std::ranges::find(spec_.options, "unconnected", &ViewOption::id) != spec_.options.end();
    return offered &&
           std::ranges::find(options, OptionValues::value_type{"unconnected", "hide"}) != options.end();
}

View::Stats GroupedView::stats(const OptionValues& options) const {
    if (!hides_unconnected(options)) return {tally_.nodes, tally_.pseudo, tally_.edges, 0};
    const std::uint64_t shown = tally_.pseudo + tally_.connected;
    return {shown, tally_.pseudo, tally_.edges - tally_.lonely_self_edges, tally_.nodes - shown};
}

GroupedView::Remembered GroupedView::remembered() const {
    Remembered all{groups_.size(), edges_.size(), 0, conversations_.size(), writers_.size()};
    for (const auto& [id, writer] : writers_) all.facts += writer.facts.size();
    return all;
}

}  // namespace reticle::app
