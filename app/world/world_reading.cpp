// Looking at a World.
#include <algorithm>
#include <tuple>
#include <utility>

#include "app/world/world_impl.h"

namespace reticle::app {

using report::Node;
using report::NodeKey;
using report::Topology;

namespace {

/// A node as its own writer states it; nothing where its afterglow is over.
std::optional<WorldNode> stated(const Writer& writer, std::size_t place) {
    const Node& node = writer.state.nodes[place];
    const Lifespan& span = writer.nodes[place];
    if (node.presence.none() || !span.visible()) return std::nullopt;
    return WorldNode{&node, &writer.info, writer.info.state == WriterState::stale, !span.living(),
                     span.since};
}

std::optional<WorldNode> stated(const Writer& writer, const NodeKey& key) {
    const Node* node = writer.state.find(key);
    if (node == nullptr) return std::nullopt;
    return stated(writer, static_cast<std::size_t>(node - writer.state.nodes.data()));
}

using SharedNodes = std::map<NodeKey, std::vector<WriterIndex>>;

/// Of a node that many writers state: alive if any says so, stale if all of them are silent.
void combine(const Writers& writers, const SharedNodes& shared, const NodeKey& key, WorldNode& node) {
    const auto found = shared.find(key);
    if (found == shared.end()) return;
    for (const WriterIndex index : found->second) {
        const auto other = stated(writers[index], key);
        if (!other) continue;
        node.ended = node.ended && other->ended;
        node.stale = node.stale && other->stale;
        node.since = std::min(node.since, other->since);
    }
}

}  // namespace

const WriterInfo* World::writer(const WriterId& id) const {
    const WriterIndex index = impl_->writers.find(id);
    return index == kNoIndex ? nullptr : &impl_->writers[index].info;
}

void World::for_each_writer(const std::function<void(const WriterInfo&)>& visit) const {
    impl_->writers.for_each([&](WriterIndex index) { visit(impl_->writers[index].info); });
}

const report::Report* World::state(const WriterId& id) const {
    const WriterIndex index = impl_->writers.find(id);
    return index == kNoIndex ? nullptr : &impl_->writers[index].state;
}

std::optional<WorldNode> World::node(const NodeRef& ref) const {
    const WriterIndex index = impl_->writers.find(ref.writer);
    if (index == kNoIndex) return std::nullopt;
    auto node = stated(impl_->writers[index], ref.key);
    if (node && is_shared(ref.key.topology)) combine(impl_->writers, impl_->shared, ref.key, *node);
    return node;
}

void World::for_each_node(Topology topology,
                          const std::function<void(const NodeRef&, const WorldNode&)>& visit) const {
    impl_->writers.for_each([&](WriterIndex index) {
        const Writer& writer = impl_->writers[index];
        const auto& nodes = writer.state.nodes;
        const auto of_topology =
            std::ranges::equal_range(nodes, topology, {}, [](const Node& node) { return node.key.topology; });
        for (const Node& each : of_topology) {
            auto node = stated(writer, static_cast<std::size_t>(&each - nodes.data()));
            if (!node) continue;
            if (is_shared(topology)) combine(impl_->writers, impl_->shared, each.key, *node);
            visit({writer.info.id, each.key}, *node);
        }
    });
}

const Conversation* World::conversation(ConversationId id) const {
    const Link* link = impl_->conversations.find(id);
    if (link == nullptr) return nullptr;
    auto& entry = impl_->looked_at[id];
    if (!entry) entry = std::make_unique<Conversation>(impl_->conversations.read(*link, id));
    return entry.get();
}

void World::for_each_conversation(const std::function<void(const Conversation&)>& visit) const {
    impl_->conversations.for_each([&](LinkId link) { visit(impl_->conversations.read(link)); });
}

std::vector<std::pair<WriterId, const report::Flow*>> World::halves(ConversationId id) const {
    std::vector<std::pair<WriterId, const report::Flow*>> halves;
    const Link* link = impl_->conversations.find(id);
    if (link == nullptr) return halves;
    for (const HalfId half : {link->client, link->server}) {
        if (half == kNoIndex) continue;
        const WriterIndex writer = impl_->conversations.half(half).writer;
        halves.emplace_back(impl_->writers[writer].info.id, &impl_->conversations.flow(half));
    }
    return halves;
}

World::Counts World::counts() const {
    Counts counts;
    counts.writers = impl_->writers.count();
    counts.conversations = impl_->conversations.count();
    counts.ambiguous_addresses = impl_->directory.addresses.ambiguous();
    counts.duplicates = impl_->duplicates;
    impl_->writers.for_each([&](WriterIndex index) {
        const Writer& writer = impl_->writers[index];
        counts.nodes += writer.state.nodes.size();
        counts.flows += writer.state.flows.size();
        counts.listeners += writer.state.listeners.size();
        counts.limited += writer.info.limited;
    });
    return counts;
}

std::size_t World::memory_bytes() const {
    return impl_->writers.memory_bytes() + impl_->conversations.memory_bytes() +
           impl_->directory.addresses.memory_bytes() + impl_->directory.listeners.memory_bytes() +
           impl_->directory.aliases.memory_bytes();
}

namespace {

std::vector<const Writer*> writers_by_id(const Writers& writers) {
    std::vector<const Writer*> list;
    writers.for_each([&](WriterIndex index) { list.push_back(&writers[index]); });
    std::ranges::sort(list, {}, [](const Writer* writer) { return writer->info.id; });
    return list;
}

/// All conversations in an order that does not depend on their handles.
std::vector<Conversation> conversations_in_order(const World& world) {
    std::vector<Conversation> list;
    world.for_each_conversation([&](const Conversation& each) {
        list.push_back(each);
        list.back().id = 0;
    });
    std::ranges::sort(list, [](const Conversation& a, const Conversation& b) {
        const auto order = [](const Conversation& each) {
            const report::Counters& sum = each.counters;
            return std::tie(each.client, each.server, each.protocol, each.service_port, each.client_address,
                            each.server_address, each.first_seen, each.last_seen, sum.opened, sum.closed,
                            sum.bytes_sent, sum.bytes_received, each.active, each.evidence, each.exact,
                            each.seen_by_client, each.seen_by_server, each.numbers_from, each.ended,
                            each.stale, each.rtt_us, each.disagreement);
        };
        return order(a) < order(b);
    });
    return list;
}

}  // namespace

bool operator==(const World& a, const World& b) {
    const auto mine = writers_by_id(a.impl_->writers);
    const auto theirs = writers_by_id(b.impl_->writers);
    const bool same_writers = std::ranges::equal(mine, theirs, [](const Writer* one, const Writer* other) {
        return one->info == other->info && one->state == other->state;
    });
    return same_writers && conversations_in_order(a) == conversations_in_order(b);
}

}  // namespace reticle::app
