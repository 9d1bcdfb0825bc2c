#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "app/streams/json.h"
#include "app/streams/subscription.h"
#include "tests/app/streams/client_model.h"
#include "tests/app/streams/fake_view.h"

namespace reticle::test {
namespace {

using app::OptionValues;
using app::Subscription;
using app::ViewEdge;
using app::ViewNode;
using app::ViewState;
using nlohmann::json;
using report::Key;

constexpr int kNodes = 12;

class Chaos {
  public:
    explicit Chaos(std::uint64_t seed) : state_(seed * 2 + 1) {}

    int pick(int choices) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int>((state_ >> 33U) % static_cast<std::uint64_t>(choices));
    }
    std::string id() { return "node" + std::to_string(pick(kNodes)); }

    void change(FakeView& view) {
        const std::string one = id();
        const std::string other = id();
        switch (pick(7)) {
            case 0:
                view.drop_node(one);
                break;
            case 1: {
                // Long texts, so that what is to be sent often takes several messages and several takes.
                ViewNode& node = view.node_at(one);
                node.sublabel = std::string(static_cast<std::size_t>(pick(1024)), 'x');
                node.attributes = {{Key::cmdline, report::Value::string(
                                                      std::string(1000, static_cast<char>('a' + pick(26))))}};
                break;
            }
            case 2:
                view.node_at(one).state = static_cast<ViewState>(pick(3));
                break;
            case 3:
                view.node_at(one).metrics = {{pick(2) == 0 ? Key::load1 : Key::load5, pick(5)}};
                break;
            case 4:
                view.node_at(one);
                view.place(one, pick(3), pick(3));
                break;
            case 5: {
                view.node_at(one);
                view.node_at(other);
                ViewEdge& edge = view.edge_at(one, other, static_cast<std::uint16_t>(80 + pick(2)));
                edge.active = static_cast<std::uint64_t>(pick(4));
                edge.state = static_cast<ViewState>(pick(3));
                break;
            }
            default: {
                const auto edges = view.edges_of(one);
                if (!edges.empty())
                    view.drop_edge(edges[static_cast<std::size_t>(pick(static_cast<int>(edges.size())))]);
            }
        }
    }

  private:
    std::uint64_t state_;
};

std::map<std::string, json> shown_nodes(const FakeView& view, const OptionValues& options) {
    std::map<std::string, json> nodes;
    view.for_each_node([&](const ViewNode& node) {
        if (view.shows(node, options)) nodes[node.id] = json::parse(app::node_json(node));
    });
    return nodes;
}

std::map<std::string, json> shown_edges(const FakeView& view, const OptionValues& options) {
    std::map<std::string, json> edges;
    view.for_each_edge([&](const ViewEdge& edge) {
        if (view.shows(*view.node(edge.source), options) && view.shows(*view.node(edge.target), options)) {
            edges[edge.id] = json::parse(app::edge_json(edge));
        }
    });
    return edges;
}

RC_GTEST_PROP(SubscriptionProperty, AClientHoldsWhatTheViewShows, (std::uint64_t seed)) {
    Chaos chaos(seed);
    FakeView view;
    const OptionValues options = chaos.pick(2) == 0 ? OptionValues{} : OptionValues{{"unconnected", "hide"}};
    for (int i = chaos.pick(40); i > 0; --i) chaos.change(view);
    view.news();
    Subscription subscription(1, view, options);
    ClientModel client;
    Now now{MonoTime{} + std::chrono::hours(1), 0};
    std::uint64_t due_sequence = 0;
    const auto receive = [&] {
        for (const auto& text : subscription.take(now)) {
            RC_ASSERT(text->size() <= 256U * 1024U);
            // The connection breaks now and then; what was on its way is lost, and the client resumes.
            if (chaos.pick(10) == 0) {
                const bool resumed = subscription.resume(client.sequence());
                RC_ASSERT(resumed || client.sequence() == 0);
                if (!resumed) {
                    subscription = Subscription(1, view, options);
                    due_sequence = 0;
                    client = ClientModel();
                }
                return;
            }
            client.apply(json::parse(*text));
            RC_ASSERT(client.sequence() == ++due_sequence);
        }
    };
    for (int step = *rc::gen::inRange(0, 200); step > 0; --step) {
        for (int i = chaos.pick(4); i > 0; --i) chaos.change(view);
        subscription.note(view.news());
        now.mono += std::chrono::milliseconds(chaos.pick(700));
        if (chaos.pick(3) == 0) receive();  // a slow reader
        RC_ASSERT(subscription.pending() <= 2U * (kNodes + kNodes * kNodes * 2U));
    }
    for (int patience = 0; subscription.due(); ++patience) {
        RC_ASSERT(patience < 1000);
        now.mono += std::chrono::seconds(1);
        receive();
    }
    RC_ASSERT(client.complete());
    RC_ASSERT(client.nodes() == shown_nodes(view, options));
    RC_ASSERT(client.edges() == shown_edges(view, options));
}

/// A view that goes on while a snapshot too large for one take is on its way.
void snapshot_stays_consistent(std::uint64_t seed) {
    Chaos chaos(seed);
    FakeView view;
    constexpr int kMany = 1000;
    const auto name = [&] { return "big" + std::to_string(chaos.pick(kMany)); };
    for (int i = 0; i < kMany; ++i) view.node_at("big" + std::to_string(i)).sublabel = std::string(1000, 'x');
    for (int i = 0; i < kMany; ++i) view.edge_at(name(), name(), 80);
    view.news();
    const OptionValues options{{"unconnected", "hide"}};
    Subscription subscription(1, view, options);
    ClientModel client;
    Now now{MonoTime{} + std::chrono::hours(1), 0};
    int changes = 30;
    while (subscription.due()) {
        for (const auto& text : subscription.take(now)) client.apply(json::parse(*text));
        for (int i = 0; i < 20 && changes > 0; ++i) {
            const auto edges = view.edges_of(name());
            if (!edges.empty()) view.drop_edge(edges.front());
            view.edge_at(name(), name(), 81);
            view.drop_node(name());
            view.node_at(name()).label = "again";
        }
        --changes;
        subscription.note(view.news());
        now.mono += std::chrono::milliseconds(200);
    }
    EXPECT_TRUE(client.complete());
    EXPECT_TRUE(client.nodes() == shown_nodes(view, options));
    EXPECT_TRUE(client.edges() == shown_edges(view, options));
}

TEST(SubscriptionProperty, ASnapshotOverSeveralTakesStaysConsistent) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) snapshot_stays_consistent(seed);
}

}  // namespace
}  // namespace reticle::test
