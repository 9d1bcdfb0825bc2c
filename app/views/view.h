#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/world/world.h"

namespace reticle::app {

/// What is drawn for a view node; names are those of docs/api.md.
enum class NodeKind : std::uint8_t {
    process,
    process_name,
    host,
    internet,
    service,
    lan_host,
    listener_group,
    unattributed
};
std::string_view node_kind_name(NodeKind kind);

/// How a view node or edge stands.
enum class ViewState : std::uint8_t { live, stale, ended };
std::string_view view_state_name(ViewState state);

/// A node of a view: what a mapping made of one or many things of the world.
struct ViewNode {
    std::string id;
    NodeKind kind = NodeKind::process;
    std::string label;
    std::string sublabel;
    std::string group;  ///< id of what the map groups it under (its host); empty for pseudo nodes
    std::string group_label;
    ViewState state = ViewState::live;
    bool pseudo = false;
    std::uint32_t members = 1;
    UtcNanos since = 0;
    std::optional<std::int64_t> clock_skew_ms;                      ///< hosts: their clock minus the app's
    std::int32_t x = 0, y = 0;                                      ///< position in 1/16 px
    std::uint32_t degree = 0;                                       ///< edges to or from a different node
    std::vector<std::pair<report::Key, double>> metrics;            ///< sorted by key
    std::vector<std::pair<report::Key, report::Value>> attributes;  ///< sorted by key
    struct ParentLink {
        std::string view, id, label;
        friend bool operator==(const ParentLink&, const ParentLink&) = default;
    };
    std::vector<ParentLink> parents;
    /// The nodes of the world behind it (one for a process; the group's members), in no particular order.
    std::vector<NodeRef> sources;
    friend bool operator==(const ViewNode&, const ViewNode&) = default;
};

/// What a client asked for, where that says more than the server's address.
struct Dialled {
    std::string address;
    std::uint16_t port = 0;
    std::string name;
    friend auto operator<=>(const Dialled&, const Dialled&) = default;
    friend bool operator==(const Dialled&, const Dialled&) = default;
};

/// An edge of a view: client to server, one per (source, target, protocol, service port).
struct ViewEdge {
    static constexpr std::size_t kMaxDialled = 16;

    std::string id;
    std::string source, target;  ///< node ids
    report::Protocol protocol = report::Protocol::none;
    std::uint16_t port = 0;
    ViewState state = ViewState::live;
    bool seen_by_client = false, seen_by_server = false;
    bool exact = true;
    std::uint8_t evidence = 0;
    report::Counters counters;  ///< client's point of view, summed over the conversations
    std::uint64_t active = 0;
    std::uint32_t rtt_us = 0, rtt_min_us = 0;
    UtcNanos first_seen = 0, last_seen = 0;
    double sent_bytes_per_second = 0, received_bytes_per_second = 0, opened_per_second = 0;
    std::vector<Dialled> dialled;               ///< sorted; the first kMaxDialled of all there are
    std::vector<ConversationId> conversations;  ///< in no particular order
    friend bool operator==(const ViewEdge&, const ViewEdge&) = default;
};

/// One option group of a view, as both API families offer it.
struct ViewOption {
    struct Choice {
        std::string value, label;
    };
    std::string id, default_value;
    std::vector<Choice> choices;
};

/// What a view is, before any data.
struct ViewSpec {
    std::string id, name, parent;  ///< parent: id of the view it is listed under, or empty
    int rank = 0;
    bool hide_if_empty = false;
    std::vector<ViewOption> options;
    std::vector<report::Key> metrics;  ///< offered for filling nodes, first is the default
};

/// What changed in a view since its reader last asked. Ids; sorted, without duplicates.
struct ViewDelta {
    std::vector<std::string> nodes;  ///< put, patched or gone: look each up
    std::vector<std::string> edges;
    [[nodiscard]] bool empty() const { return nodes.empty() && edges.empty(); }
};

/// Chosen option values by option id; a missing option is not filtered at all (Scope's no-query rule).
using OptionValues = std::vector<std::pair<std::string, std::string>>;

/// An incremental query over the world: a mapping of facts to nodes and edges, plus aggregates.
/// Cost of apply is in proportion to what was touched. Adding a view is one file that derives from this.
class View {
  public:
    virtual ~View() = default;
    [[nodiscard]] virtual const ViewSpec& spec() const = 0;

    /// Follows one step of the world; returns what changed here.
    virtual ViewDelta apply(const World& world, const Touched& touched, Now now) = 0;
    /// Updates rates of the edges whose counters moved or that still show a rate; call about once a second.
    virtual ViewDelta tick(Now now) = 0;

    [[nodiscard]] virtual const ViewNode* node(std::string_view id) const = 0;
    [[nodiscard]] virtual const ViewEdge* edge(std::string_view id) const = 0;
    virtual void for_each_node(const std::function<void(const ViewNode&)>& visit) const = 0;
    virtual void for_each_edge(const std::function<void(const ViewEdge&)>& visit) const = 0;
    /// Ids of the edges at a node.
    [[nodiscard]] virtual std::vector<std::string> edges_of(std::string_view node_id) const = 0;
    /// Sets a node's position (layout's word).
    virtual void place(std::string_view id, std::int32_t x, std::int32_t y) = 0;

    /// Whether a node passes the chosen options; an unknown option value filters nothing.
    [[nodiscard]] virtual bool shows(const ViewNode& node, const OptionValues& options) const = 0;

    struct Stats {
        std::uint64_t nodes = 0, pseudo_nodes = 0, edges = 0, hidden_nodes = 0;
    };
    /// Counts of what passes the options; hidden_nodes counts the rest.
    [[nodiscard]] virtual Stats stats(const OptionValues& options) const = 0;
};

/// All views of this build, in the order of their rank. `processes`, `processes-by-name`, `hosts`.
std::vector<std::unique_ptr<View>> make_views();

}  // namespace reticle::app
