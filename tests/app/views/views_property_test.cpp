#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "app/views/grouped_view.h"
#include "tests/app/views/fleet.h"

namespace reticle::test {
namespace {

using app::GroupedView;
using app::View;
using app::ViewEdge;
using app::ViewNode;
using report::Key;
using report::NodeKey;

constexpr int kHosts = 3;
constexpr int kPids = 5;

/// Does random things to a fleet; equal seeds do the same.
class Chaos {
  public:
    explicit Chaos(std::uint64_t seed) : state_(seed * 2 + 1) {}

    /// One more thing happens; what of it the world has heard is returned.
    app::Touched happen(Fleet& fleet) {
        const int host = 1 + pick(kHosts);
        const NodeKey process = some_process(fleet, host);
        switch (pick(15)) {
            case 0:
                fleet.exit(host, process);
                break;
            case 1:
                fleet.metric(host, process, Key::process_cpu_usage_percent, pick(1000) / 7.0);
                break;
            case 2:
                fleet.metric(host, process, Key::process_memory_usage_bytes, pick(1'000'000));
                break;
            case 3:
                fleet.local_flow(host, process, some_process(fleet, host), port(), moved());
                break;
            case 4:
            case 5: {
                const int other = 1 + pick(kHosts);
                if (other == host) break;
                fleet.remote_flow(host, process, other, some_process(fleet, other), port(), moved());
                break;
            }
            case 6:
                fleet.outbound(host, process, "203.0.113." + std::to_string(pick(3)), port(), moved());
                break;
            case 7:
                fleet.outbound(host, process, "192.168.9." + std::to_string(pick(3)), port(), moved(),
                               pick(2) == 0 ? "nas.lan" : "");
                break;
            case 8:
                fleet.outbound(host, process, "203.0.113.50", port(), moved(), "db.eu.amazonaws.com");
                break;
            case 9:
                fleet.inbound(host, process, "198.51.100." + std::to_string(pick(3)), port(), moved());
                break;
            case 10:
                fleet.outbound(host, process, Fleet::address(1 + pick(kHosts)), port(), moved());
                break;
            case 11:
                fleet.listen(host, process, port(), pick(4) != 0);
                break;
            case 12:
                fleet.close(host, process);
                break;
            case 13:
                return pick(4) == 0 ? fleet.goodbye(host) : (fleet.reconnect(host), app::Touched());
            default:
                return fleet.advance(std::chrono::milliseconds(pick(12'000)));
        }
        return pick(3) == 0 ? fleet.flush(host) : app::Touched();
    }

    int pick(int choices) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int>((state_ >> 33U) % static_cast<std::uint64_t>(choices));
    }

  private:
    NodeKey some_process(Fleet& fleet, int host) {
        static constexpr std::array kNames = {"nginx", "curl", "postgres", "sh", ""};
        return fleet.process(host, 10 + pick(kPids), kNames[static_cast<std::size_t>(pick(kNames.size()))]);
    }
    std::uint16_t port() { return static_cast<std::uint16_t>(80 + pick(3)); }
    Fleet::Moved moved() {
        return {static_cast<std::uint64_t>(pick(10)), static_cast<std::uint64_t>(pick(10'000)),
                static_cast<std::uint64_t>(pick(10'000))};
    }

    std::uint64_t state_;
};

/// What is compared of a node and of an edge: all that does not tell when a view first looked.
std::map<std::string, ViewNode> nodes_of(const View& view) {
    std::map<std::string, ViewNode> nodes;
    view.for_each_node([&](const ViewNode& node) {
        ViewNode& copy = nodes[node.id] = node;
        std::ranges::sort(copy.sources);
        if (copy.pseudo) copy.since = 0;
    });
    return nodes;
}

std::map<std::string, ViewEdge> edges_of(const View& view) {
    std::map<std::string, ViewEdge> edges;
    view.for_each_edge([&](const ViewEdge& edge) {
        ViewEdge& copy = edges[edge.id] = edge;
        std::ranges::sort(copy.conversations);
        copy.sent_bytes_per_second = copy.received_bytes_per_second = copy.opened_per_second = 0;
    });
    return edges;
}

template <class T>
std::string difference(const std::map<std::string, T>& a, const std::map<std::string, T>& b) {
    std::string text;
    for (const auto& [id, value] : a) {
        const auto other = b.find(id);
        if (other == b.end())
            text += "only incremental: " + id + "\n";
        else if (!(other->second == value))
            text += "differs: " + id + "\n";
    }
    for (const auto& [id, value] : b) {
        if (!a.contains(id)) text += "only rebuilt: " + id + "\n";
    }
    return text;
}

bool equal(const View::Stats& a, const View::Stats& b) {
    return a.nodes == b.nodes && a.pseudo_nodes == b.pseudo_nodes && a.edges == b.edges &&
           a.hidden_nodes == b.hidden_nodes;
}

void expect_as_rebuilt(const Fleet& fleet, const std::vector<std::unique_ptr<View>>& views) {
    const auto rebuilt = app::make_views();
    for (std::size_t i = 0; i < views.size(); ++i) {
        rebuilt[i]->apply(fleet.world(), fleet.everything(), fleet.now());
        RC_ASSERT(difference(nodes_of(*views[i]), nodes_of(*rebuilt[i])) == "");
        RC_ASSERT(difference(edges_of(*views[i]), edges_of(*rebuilt[i])) == "");
        for (const app::OptionValues& options :
             {app::OptionValues{}, app::OptionValues{{"unconnected", "hide"}}}) {
            RC_ASSERT(equal(views[i]->stats(options), rebuilt[i]->stats(options)));
        }
        const auto& view = dynamic_cast<const GroupedView&>(*views[i]);
        RC_ASSERT(view.remembered().facts ==
                  dynamic_cast<const GroupedView&>(*rebuilt[i]).remembered().facts);
        RC_ASSERT(view.remembered().conversations ==
                  dynamic_cast<const GroupedView&>(*rebuilt[i]).remembered().conversations);
    }
}

/// What options and stats say of a view must be what counting says.
void expect_counts(const View& view, const app::OptionValues& options) {
    View::Stats counted;
    view.for_each_node([&](const ViewNode& node) {
        const bool shown = view.shows(node, options);
        (shown ? counted.nodes : counted.hidden_nodes) += 1;
        if (shown && node.pseudo) ++counted.pseudo_nodes;
        std::size_t degree = 0;
        for (const std::string& id : view.edges_of(node.id)) {
            const ViewEdge* edge = view.edge(id);
            RC_ASSERT(edge != nullptr);
            if (edge->source != edge->target) ++degree;
        }
        RC_ASSERT(node.degree == degree);
        RC_ASSERT(!node.pseudo || degree > 0U);
    });
    view.for_each_edge([&](const ViewEdge& edge) {
        const ViewNode* source = view.node(edge.source);
        const ViewNode* target = view.node(edge.target);
        RC_ASSERT(source != nullptr && target != nullptr);
        if (view.shows(*source, options) && view.shows(*target, options)) ++counted.edges;
    });
    RC_ASSERT(equal(view.stats(options), counted));
}

RC_GTEST_PROP(ViewsProperty, FollowedStepByStepEqualBuiltFromScratch, (std::uint64_t seed)) {
    Chaos chaos(seed);
    Fleet fleet;
    const auto views = app::make_views();
    const int steps = *rc::gen::inRange(1, 150);
    for (int step = 0; step < steps; ++step) {
        const app::Touched touched = chaos.happen(fleet);
        for (const auto& view : views) {
            view->apply(fleet.world(), touched, fleet.now());
            if (chaos.pick(5) == 0) view->tick(fleet.now());
        }
        if (chaos.pick(40) == 0) expect_as_rebuilt(fleet, views);
    }
    expect_as_rebuilt(fleet, views);
    for (const auto& view : views) {
        expect_counts(*view, {});
        expect_counts(*view, {{"unconnected", "hide"}});
    }
}

RC_GTEST_PROP(ViewsProperty, TellEveryChangeOfWhatTheyShow, (std::uint64_t seed)) {
    Chaos chaos(seed);
    Fleet fleet;
    const auto views = app::make_views();
    View& view = *views[static_cast<std::size_t>(chaos.pick(3))];
    auto nodes = nodes_of(view);
    auto edges = edges_of(view);
    for (int step = 0; step < 80; ++step) {
        const app::ViewDelta delta = view.apply(fleet.world(), chaos.happen(fleet), fleet.now());
        RC_ASSERT(std::ranges::is_sorted(delta.nodes, std::less_equal<>()) || delta.nodes.size() < 2);
        for (const std::string& id : delta.nodes) nodes.erase(id);
        for (const std::string& id : delta.edges) edges.erase(id);
        const auto nodes_now = nodes_of(view);
        const auto edges_now = edges_of(view);
        for (auto& [id, node] : nodes) {
            // One member may take another's place without anything to see.
            node.sources = nodes_now.at(id).sources;
            RC_ASSERT(nodes_now.at(id) == node);
        }
        for (const auto& [id, edge] : edges) RC_ASSERT(edges_now.at(id) == edge);
        for (const auto& [id, node] : nodes_now)
            RC_ASSERT(nodes.contains(id) || std::ranges::binary_search(delta.nodes, id));
        for (const auto& [id, edge] : edges_now)
            RC_ASSERT(edges.contains(id) || std::ranges::binary_search(delta.edges, id));
        nodes = nodes_now;
        edges = edges_now;
    }
}

RC_GTEST_PROP(ViewsProperty, RememberNothingOfAnEmptyWorld, (std::uint64_t seed)) {
    Chaos chaos(seed);
    Fleet fleet;
    const auto views = app::make_views();
    for (int step = 0; step < 100; ++step) {
        const app::Touched touched = chaos.happen(fleet);
        for (const auto& view : views) view->apply(fleet.world(), touched, fleet.now());
    }
    // Silence until every writer is stale, ended and dropped.
    for (int minute = 0; minute < 40; ++minute) {
        const app::Touched touched = fleet.advance(std::chrono::minutes(1));
        for (const auto& view : views) {
            view->apply(fleet.world(), touched, fleet.now());
            view->tick(fleet.now());
        }
    }
    RC_ASSERT(fleet.world().counts().writers == 0U);
    for (const auto& view : views) {
        RC_ASSERT(dynamic_cast<const GroupedView&>(*view).remembered() == GroupedView::Remembered{});
        RC_ASSERT(view->stats({}).nodes == 0U);
        RC_ASSERT(view->stats({}).edges == 0U);
    }
}

}  // namespace
}  // namespace reticle::test
