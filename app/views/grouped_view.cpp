#include "app/views/grouped_view.h"

#include <algorithm>
#include <limits>

namespace reticle::app {
namespace {

ViewState state_of(const WorldNode& node) {
    if (node.ended) return ViewState::ended;
    return node.stale ? ViewState::stale : ViewState::live;
}

bool same_face(const PseudoFace* known, const std::optional<PseudoFace>& now) {
    return known == nullptr ? !now : now && *known == *now;
}

std::size_t mix(std::size_t a, std::size_t b) {
    return a ^ (b + 0x9e3779b97f4a7c15U + (a << 6) + (a >> 2));
}

/// Clocks are corrected in coarse steps, so that the noise of measuring them does not describe nodes anew.
constexpr std::int64_t kSkewStep = 10'000'000'000;

}  // namespace

GroupedView::GroupedView(ViewSpec spec, std::span<const report::Key> sums)
    : spec_(std::move(spec)), sums_(sums.begin(), sums.end()) {}

std::size_t GroupedView::TextHash::operator()(const report::Text& text) const noexcept {
    return std::hash<std::string_view>{}(text.view());
}

std::size_t GroupedView::NodeKeyHash::operator()(const report::NodeKey& key) const noexcept {
    return mix(TextHash{}(key.id), static_cast<std::size_t>(key.topology));
}

std::size_t GroupedView::NodeRefHash::operator()(const NodeRef& ref) const noexcept {
    return mix(NodeKeyHash{}(ref.key), TextHash{}(ref.writer));
}

ViewDelta GroupedView::apply(const World& world, const Touched& touched, Now now) {
    for (const WriterId& writer : touched.writers) follow_writer(world, writer, now);
    for (const NodeRef& ref : touched.nodes) {
        // News of a writer's clock come with its host.
        if (ref.key.topology == report::Topology::host) follow_writer(world, ref.writer, now);
        follow_node(world, ref, now);
    }
    for (const ConversationId id : touched.conversations) follow_conversation(world, id);
    for (const ConversationId id : moved_) follow_conversation(world, id);
    moved_.clear();
    return settle(world, now);
}

ViewDelta GroupedView::tick(Now now) {
    ViewDelta delta;
    for (auto it = rated_.begin(); it != rated_.end();) {
        EdgeGroup& group = **it;
        const EdgeRate::Shown rate = group.rate.tick(now.mono);
        ViewEdge& edge = group.edge;
        if (rate != EdgeRate::Shown{edge.sent_bytes_per_second, edge.received_bytes_per_second,
                                    edge.opened_per_second}) {
            edge.sent_bytes_per_second = rate.sent;
            edge.received_bytes_per_second = rate.received;
            edge.opened_per_second = rate.opened;
            if (group.present) delta.edges.push_back(edge.id);
        }
        it = group.rate.active() ? std::next(it) : rated_.erase(it);
    }
    std::ranges::sort(delta.edges);
    return delta;
}

std::int64_t GroupedView::skew_shown(const WriterInfo& writer) const {
    return (writer.skew_nanos + (writer.skew_nanos < 0 ? -kSkewStep : kSkewStep) / 2) / kSkewStep * kSkewStep;
}

void GroupedView::follow_writer(const World& world, const WriterId& id, Now now) {
    const auto found = writers_.find(id);
    if (found == writers_.end()) return;
    if (const WriterInfo* info = world.writer(id)) {
        WriterFacts& known = found->second;
        const std::int64_t skew = skew_shown(*info);
        if (known.host_name == info->host_name && known.state == info->state && known.skew == skew) return;
        known.host_name = info->host_name;
        known.state = info->state;
        known.skew = skew;
    }
    std::vector<NodeRef> refs;
    refs.reserve(found->second.facts.size());
    for (const auto& [key, fact] : found->second.facts) refs.push_back({id, key});
    for (const NodeRef& ref : refs) follow_node(world, ref, now);
}

void GroupedView::follow_node(const World& world, const NodeRef& ref, Now now) {
    const std::optional<WorldNode> node = world.node(ref);
    const std::optional<std::string> id = node ? map_node(world, ref, *node) : std::nullopt;
    if (!id) {
        forget_node(ref);
        return;
    }
    NodeFact& fact = fact_of(ref, *node);
    NodeGroup& group = group_of(*id);
    touch(group);
    report::Text name = node->node->value(report::Key::name).as_text();
    const bool renamed = fact.group != nullptr && fact.name != name;
    fact.name = std::move(name);
    if (renamed) follow_reliant(ref);
    if (fact.group == &group && fact.first_seen == node->since) {
        group.amend(fact, state_of(*node), samples_of(*node->node));
        return;
    }
    if (fact.group != nullptr) leave(fact, ref);
    fact.state = state_of(*node);
    fact.samples = samples_of(*node->node);
    fact.first_seen = node->since;
    fact.since = now.utc - std::chrono::nanoseconds(now.mono - node->since).count();
    join(group, fact, ref);
}

void GroupedView::forget_node(const NodeRef& ref) {
    const auto writer = writers_.find(ref.writer);
    if (writer == writers_.end()) return;
    const auto found = writer->second.facts.find(ref.key);
    if (found == writer->second.facts.end()) return;
    leave(found->second, ref);
    writer->second.facts.erase(found);
    if (writer->second.facts.empty()) writers_.erase(writer);
}

NodeFact& GroupedView::fact_of(const NodeRef& ref, const WorldNode& node) {
    const auto [writer, fresh] = writers_.try_emplace(ref.writer);
    if (fresh && node.writer != nullptr) {
        writer->second.host_name = node.writer->host_name;
        writer->second.state = node.writer->state;
        writer->second.skew = skew_shown(*node.writer);
    }
    return writer->second.facts[ref.key];
}

void GroupedView::join(NodeGroup& group, NodeFact& fact, const NodeRef& ref) {
    group.join(fact, ref);
    if (group.facts.size() == 1) touch_edges(group);
    follow_reliant(ref);
}

void GroupedView::leave(NodeFact& fact, const NodeRef& ref) {
    NodeGroup& group = *fact.group;
    touch(group);
    group.leave(fact);
    if (group.facts.empty()) touch_edges(group);
    follow_reliant(ref);
}

void GroupedView::follow_reliant(const NodeRef& ref) {
    const auto reliant = reliant_.find(ref);
    if (reliant == reliant_.end()) return;
    moved_.insert(moved_.end(), reliant->second.begin(), reliant->second.end());
}

std::array<double, kMaxSums> GroupedView::samples_of(const report::Node& node) const {
    std::array<double, kMaxSums> samples{};
    samples.fill(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < sums_.size() && i < kMaxSums; ++i) {
        if (const report::Metric* metric = node.metric(sums_[i])) samples[i] = metric->value;
    }
    return samples;
}

std::vector<std::pair<report::Key, double>> GroupedView::summed(const NodeGroup& group) const {
    std::vector<std::pair<report::Key, double>> metrics;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        if (group.sums[i].count() != 0) metrics.emplace_back(sums_[i], group.sums[i].value());
    }
    std::ranges::sort(metrics);
    return metrics;
}

void GroupedView::follow_conversation(const World& world, ConversationId id) {
    const Conversation* conversation = world.conversation(id);
    if (conversation == nullptr) {
        forget_conversation(id);
        return;
    }
    const MappedEnd client = map_end(world, *conversation, conversation->client);
    const MappedEnd server = map_end(world, *conversation, conversation->server);
    ConversationPart& part = conversations_[id];
    part.id = id;
    rely(part, client, server);
    EdgeGroup* edge = part.edge;
    const bool stays = edge != nullptr && edge->source->node.id == client.id &&
                       edge->target->node.id == server.id && edge->edge.protocol == conversation->protocol &&
                       edge->edge.port == conversation->service_port &&
                       same_face(part.client_face, client.face) && same_face(part.server_face, server.face);
    if (!stays) {
        if (edge != nullptr) leave(part);
        if (!client.id.empty() && !server.id.empty()) enter(part, *conversation, client, server);
        return;
    }
    const ViewState before = part.state;
    edge->amend(part, *conversation);
    touch(*edge);
    if (edge->rate.gained()) rated_.insert(edge);
    if (part.state == before) return;
    for (NodeGroup* end : {part.client_face != nullptr ? edge->source : nullptr,
                           part.server_face != nullptr ? edge->target : nullptr}) {
        if (end == nullptr) continue;
        end->face_states.remove(before);
        end->face_states.add(part.state);
        touch(*end);
    }
}

void GroupedView::forget_conversation(ConversationId id) {
    const auto found = conversations_.find(id);
    if (found == conversations_.end()) return;
    if (found->second.edge != nullptr) leave(found->second);
    stop_relying(found->second);
    conversations_.erase(found);
}

void GroupedView::enter(ConversationPart& part, const Conversation& conversation, const MappedEnd& client,
                        const MappedEnd& server) {
    part.read(conversation);
    NodeGroup& source = group_of(client.id);
    NodeGroup& target = group_of(server.id);
    const auto show = [&](NodeGroup& group, const std::optional<PseudoFace>& face) -> const PseudoFace* {
        touch(group);
        if (!face) return nullptr;
        const auto known = group.faces.try_emplace(*face).first;
        ++known->second;
        group.face_states.add(part.state);
        return &known->first;
    };
    part.client_face = show(source, client.face);
    part.server_face = show(target, server.face);
    EdgeGroup& edge = edge_between(source, target, conversation);
    edge.join(part);
    touch(edge);
}

void GroupedView::leave(ConversationPart& part) {
    EdgeGroup& edge = *part.edge;
    const auto hide = [&](NodeGroup& group, const PseudoFace*& face) {
        touch(group);
        if (face == nullptr) return;
        const auto known = group.faces.find(*face);
        if (--known->second == 0) group.faces.erase(known);
        group.face_states.remove(part.state);
        face = nullptr;
    };
    hide(*edge.source, part.client_face);
    hide(*edge.target, part.server_face);
    edge.leave(part);
    touch(edge);
}

void GroupedView::rely(ConversationPart& part, const MappedEnd& client, const MappedEnd& server) {
    std::vector<NodeRef> needed = client.relies_on;
    needed.insert(needed.end(), server.relies_on.begin(), server.relies_on.end());
    std::ranges::sort(needed);
    const auto repeated = std::ranges::unique(needed);
    needed.erase(repeated.begin(), repeated.end());
    if (needed == part.relies_on) return;
    stop_relying(part);
    for (const NodeRef& ref : needed) reliant_[ref].push_back(part.id);
    part.relies_on = std::move(needed);
}

void GroupedView::stop_relying(ConversationPart& part) {
    for (const NodeRef& ref : part.relies_on) {
        const auto reliant = reliant_.find(ref);
        std::erase(reliant->second, part.id);
        if (reliant->second.empty()) reliant_.erase(reliant);
    }
    part.relies_on.clear();
}

}  // namespace reticle::app
