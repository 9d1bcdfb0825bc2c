#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "app/views/edge_group.h"
#include "app/views/node_group.h"
#include "app/views/view.h"

namespace reticle::app {

/// The view node that an end of a conversation belongs to.
struct MappedEnd {
    std::string id;  ///< empty: the view cannot tell, and draws nothing
    std::optional<PseudoFace>
        face;  ///< for what only conversations make; nodes of the world describe themselves
    std::vector<NodeRef> relies_on;  ///< nodes whose coming, going or new name moves this end too
};

/// The incremental part that all views share. Every node of the world maps to at most one group, every
/// conversation to at most one edge; both are remembered with what they contribute, so a change takes away
/// the old, adds the new, and touches nothing else. What is drawn follows one rule: an edge needs both its
/// ends; a node of the world needs nothing; a pseudo node needs an edge to a different node; an edge from The
/// Internet to The Internet is not drawn.
class GroupedView : public View {
  public:
    [[nodiscard]] const ViewSpec& spec() const override { return spec_; }
    ViewDelta apply(const World& world, const Touched& touched, Now now) override;
    ViewDelta tick(Now now) override;
    [[nodiscard]] const ViewNode* node(std::string_view id) const override;
    [[nodiscard]] const ViewEdge* edge(std::string_view id) const override;
    void for_each_node(const std::function<void(const ViewNode&)>& visit) const override;
    void for_each_edge(const std::function<void(const ViewEdge&)>& visit) const override;
    [[nodiscard]] std::vector<std::string> edges_of(std::string_view node_id) const override;
    void place(std::string_view id, std::int32_t x, std::int32_t y) override;
    [[nodiscard]] bool shows(const ViewNode& node, const OptionValues& options) const override;
    [[nodiscard]] Stats stats(const OptionValues& options) const override;

    /// How many groups, edges and contributions are remembered, drawn or not; all 0 over an empty world.
    struct Remembered {
        std::size_t groups = 0, edges = 0, facts = 0, conversations = 0, writers = 0;
        friend bool operator==(const Remembered&, const Remembered&) = default;
    };
    [[nodiscard]] Remembered remembered() const;

  protected:
    /// `sums`: the metrics that are added up per group, at most kMaxSums.
    explicit GroupedView(ViewSpec spec, std::span<const report::Key> sums = {});

    /// The id of the group a node of the world belongs to; nothing when the view does not show such nodes.
    [[nodiscard]] virtual std::optional<std::string> map_node(const World& world, const NodeRef& ref,
                                                              const WorldNode& node) const = 0;
    /// Where an end of a conversation (its client or its server) belongs.
    [[nodiscard]] virtual MappedEnd map_end(const World& world, const Conversation& conversation,
                                            const End& end) const = 0;
    /// Fills in how a group of nodes of the world looks: kind, label, attributes, metrics. The rest is set.
    virtual void describe(const World& world, const NodeGroup& group, ViewNode& node) const = 0;

    /// What of a writer's clock the view shows; when it changes, all nodes of the writer are described anew.
    [[nodiscard]] virtual std::int64_t skew_shown(const WriterInfo& writer) const;

    /// The sums of a group as metrics, sorted by key.
    [[nodiscard]] std::vector<std::pair<report::Key, double>> summed(const NodeGroup& group) const;

  private:
    struct NodeKeyHash {
        std::size_t operator()(const report::NodeKey& key) const noexcept;
    };
    struct StringHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct TextHash {
        std::size_t operator()(const report::Text& text) const noexcept;
    };
    /// What a writer contributes, and as which it was seen last.
    struct WriterFacts {
        std::string host_name;
        WriterState state = WriterState::live;
        std::int64_t skew = 0;
        std::unordered_map<report::NodeKey, NodeFact, NodeKeyHash> facts;
    };
    struct NodeRefHash {
        std::size_t operator()(const NodeRef& ref) const noexcept;
    };
    struct Tally {
        std::uint64_t nodes = 0, pseudo = 0, connected = 0, lonely_self_edges = 0, edges = 0;
        void add(const NodeCount& count);
        void remove(const NodeCount& count);
    };

    void follow_writer(const World& world, const WriterId& id, Now now);
    void follow_node(const World& world, const NodeRef& ref, Now now);
    void forget_node(const NodeRef& ref);
    [[nodiscard]] NodeFact& fact_of(const NodeRef& ref, const WorldNode& node);
    void join(NodeGroup& group, NodeFact& fact, const NodeRef& ref);
    void leave(NodeFact& fact, const NodeRef& ref);
    void follow_reliant(const NodeRef& ref);
    [[nodiscard]] std::array<double, kMaxSums> samples_of(const report::Node& node) const;
    void follow_conversation(const World& world, ConversationId id);
    void forget_conversation(ConversationId id);
    void enter(ConversationPart& part, const Conversation& conversation, const MappedEnd& client,
               const MappedEnd& server);
    void leave(ConversationPart& part);
    void rely(ConversationPart& part, const MappedEnd& client, const MappedEnd& server);
    void stop_relying(ConversationPart& part);

    NodeGroup& group_of(const std::string& id);
    EdgeGroup& edge_between(NodeGroup& source, NodeGroup& target, const Conversation& conversation);
    void touch(NodeGroup& group);
    void touch(EdgeGroup& edge);
    void touch_edges(NodeGroup& group);

    ViewDelta settle(const World& world, Now now);
    void settle_validity(EdgeGroup& edge);
    void settle_node(const World& world, NodeGroup& group, Now now, ViewDelta& delta);
    bool redraw(const World& world, NodeGroup& group);
    void settle_edge(EdgeGroup& edge, ViewDelta& delta);
    void remove_unused();
    void unlink(EdgeGroup& edge);
    [[nodiscard]] bool hides_unconnected(const OptionValues& options) const;

    ViewSpec spec_;
    std::vector<report::Key> sums_;
    std::unordered_map<std::string, std::unique_ptr<NodeGroup>, StringHash, std::equal_to<>> groups_;
    std::unordered_map<std::string, std::unique_ptr<EdgeGroup>, StringHash, std::equal_to<>> edges_;
    std::unordered_map<WriterId, WriterFacts, TextHash> writers_;
    std::unordered_map<ConversationId, ConversationPart> conversations_;
    std::unordered_map<NodeRef, std::vector<ConversationId>, NodeRefHash> reliant_;
    std::unordered_set<EdgeGroup*> rated_;  ///< edges whose rates a tick may change
    std::vector<NodeGroup*> dirty_groups_;
    std::vector<EdgeGroup*> dirty_edges_;
    std::vector<ConversationId> moved_;  ///< to be followed again, since a node they rely on moved
    Tally tally_;
};

}  // namespace reticle::app
