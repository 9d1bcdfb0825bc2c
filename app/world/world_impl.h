#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/conversations.h"
#include "app/world/known_services.h"
#include "app/world/news.h"
#include "app/world/resolver.h"
#include "app/world/world.h"
#include "app/world/writers.h"

namespace reticle::app {

/// The parts of a World. Every step of it is first put into words, as a Change, and then enacted: `enact` is
/// all that ever alters what is replayed, so that a replayed world cannot but equal the live one.
struct World::Impl {
    explicit Impl(WorldPolicy world_policy)
        : policy(std::move(world_policy)),
          services(policy.services),
          conversations(writers, directory, services) {}

    WorldPolicy policy;
    KnownServices services;
    Writers writers;
    Directory directory;
    Conversations conversations;
    std::uint64_t sequence = 0;
    std::uint64_t duplicates = 0;

    /// What ended at one moment, in the order of time: it leaves live views when its afterglow is over.
    struct Glow {
        MonoTime ended;
        WriterId writer;
        std::vector<report::NodeKey> nodes;
        std::vector<report::FlowKey> flows;
        std::vector<report::ListenerKey> listeners;
        [[nodiscard]] bool empty() const { return nodes.empty() && flows.empty() && listeners.empty(); }
    };
    std::deque<Glow> glows;
    /// Which writers state a node that many may state (images, pods, services).
    std::map<report::NodeKey, std::vector<WriterIndex>> shared;
    /// Conversations that were looked at since the last step; read() puts them together on demand, because
    /// all of them at once would cost more than the facts.
    mutable boost::unordered_flat_map<ConversationId, std::unique_ptr<Conversation>> looked_at;

    // enact.cpp: one step
    Applied step(Change change);
    Touched enact(const Change& change);
    void enact_info(WriterIndex writer, const WriterInfo& info, Touched& touched);
    void enact_facts(WriterIndex writer, const report::Report& delta, MonoTime now, Touched& touched);
    void enact_collected(WriterIndex writer, report::Version horizon, Touched& touched);
    void enact_dropped(WriterIndex writer, Touched& touched);
    void enact_passed(MonoTime now, Touched& touched);
    void expire(const Glow& glow, Touched& touched);
    void touch_conversations(WriterIndex writer);
    void note_ends(WriterIndex writer, const report::Report& delta, MonoTime now);

    // facts.cpp: joining facts, and telling the indexes
    void join_nodes(WriterIndex writer, const std::vector<report::Node>& nodes, Glow& glow, Touched& touched);
    void join_listeners(WriterIndex writer, const std::vector<report::Listener>& listeners, Glow& glow);
    void join_aliases(WriterIndex writer, const std::vector<report::Alias>& aliases);
    void join_flows(WriterIndex writer, const std::vector<report::Flow>& flows, Glow& glow);
    void follow_namespace(WriterIndex writer, std::size_t place);
    void follow_listener(WriterIndex writer, std::size_t place);
    void follow_flow(WriterIndex writer, std::size_t place, Glow& glow);
    void rehost(WriterIndex writer, const report::NodeKey& owner);
    void forget_namespace(HostIndex host, std::uint64_t netns);
    void forget_shared(WriterIndex writer, const report::NodeKey& key);
    void hide_node(WriterIndex writer, std::size_t place);
    void hide_listener(WriterIndex writer, std::size_t place);
    void hide_flow(WriterIndex writer, std::size_t place);

    // world.cpp, time.cpp: putting steps into words
    [[nodiscard]] std::optional<Error> objection(const report::wire::Hello& hello) const;
    [[nodiscard]] Change about(Change::Kind kind, WriterIndex writer, Now now) const;
    void due(WriterIndex writer, Now now, std::vector<Change>& changes) const;
};

/// Whether many writers may state the same node of this topology.
bool is_shared(report::Topology topology);

}  // namespace reticle::app
