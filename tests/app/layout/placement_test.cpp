#include "app/layout/placement.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/app/streams/fake_view.h"

namespace reticle::test {
namespace {

using namespace std::chrono_literals;
using app::NodeKind;
using app::Placement;
using app::ViewNode;

using Positions = std::map<std::string, std::pair<int, int>>;

Now at(std::chrono::seconds after) {
    return {MonoTime{} + 1h + after, 0};
}

Positions positions(const FakeView& view) {
    Positions all;
    view.for_each_node([&](const ViewNode& node) { all[node.id] = {node.x, node.y}; });
    return all;
}

ViewNode& process(FakeView& view, const std::string& id, const std::string& label, const std::string& group) {
    ViewNode& node = view.node_at(id);
    node.label = label;
    node.group = group;
    return node;
}

TEST(Placement, AnswersWhomItPlaced) {
    FakeView view;
    Placement placement;
    process(view, "a", "nginx", "h1");
    process(view, "b", "nginx", "h1");
    EXPECT_EQ(placement.apply(view, view.news(), at(0s)), (std::vector<std::string>{"a", "b"}));
    process(view, "a", "nginx", "h1").members = 2;
    EXPECT_TRUE(placement.apply(view, view.news(), at(1s)).empty());
}

TEST(Placement, ItsFirstEdgeBringsANodeAmongTheConnected) {
    FakeView view;
    Placement placement;
    for (int i = 0; i < 200; ++i) process(view, "p" + std::to_string(i), "idle-" + std::to_string(i), "h1");
    placement.apply(view, view.news(), at(0s));
    const Positions before = positions(view);
    view.edge_at("p150", "p199", 80);
    EXPECT_EQ(placement.apply(view, view.news(), at(1s)), (std::vector<std::string>{"p150", "p199"}));
    const Positions after = positions(view);
    const auto [ax, ay] = after.at("p150");
    const auto [bx, by] = after.at("p199");
    EXPECT_LE(std::max(std::abs(ax - bx), std::abs(ay - by)), 2 * 90 * 16) << "neighbours in the middle";
    for (const auto& [id, place] : before) {
        const bool touched = id == "p150" || id == "p199";
        EXPECT_TRUE(touched || after.at(id) == place) << id;
    }
    view.edge_at("p199", "p150", 81);
    placement.apply(view, view.news(), at(2s));
    EXPECT_EQ(positions(view), after) << "and there it stays";
}

TEST(Placement, AReplacementTakesThePlaceOfItsPredecessor) {
    FakeView view;
    Placement placement;
    for (int i = 0; i < 5; ++i) process(view, "p" + std::to_string(i), "worker-" + std::to_string(i), "h1");
    placement.apply(view, view.news(), at(0s));
    const Positions before = positions(view);
    view.drop_node("p3");
    placement.apply(view, view.news(), at(1s));
    process(view, "q", "other", "h1");
    process(view, "r", "worker-9", "h1");
    placement.apply(view, view.news(), at(60s));
    EXPECT_EQ(positions(view)["r"], before.at("p3"));
    EXPECT_NE(positions(view)["q"], before.at("p3"));
}

TEST(Placement, APlaceIsFreeAfterTenMinutes) {
    FakeView view;
    Placement placement;
    process(view, "a", "one", "h1");
    placement.apply(view, view.news(), at(0s));
    const auto place = positions(view)["a"];
    view.drop_node("a");
    placement.apply(view, view.news(), at(1s));
    placement.apply(view, {}, at(602s));
    // The group is gone with its last tombstone, so another one may stand there.
    process(view, "a", "two", "h2");
    placement.apply(view, view.news(), at(603s));
    EXPECT_EQ(positions(view)["a"], place);
}

TEST(Placement, WhatLiesOutsideStandsAround) {
    FakeView view;
    Placement placement;
    for (int i = 0; i < 30; ++i) process(view, "p" + std::to_string(i), "nginx", "h1");
    view.node_at("in-theinternet").kind = NodeKind::internet;
    view.node_at("out-theinternet").kind = NodeKind::internet;
    view.node_at("service-db").kind = NodeKind::service;
    view.node_at("lan::10.0.0.9").kind = NodeKind::lan_host;
    placement.apply(view, view.news(), at(0s));
    Positions all = positions(view);
    const auto in = all["in-theinternet"], out = all["out-theinternet"], db = all["service-db"],
               lan = all["lan::10.0.0.9"];
    for (int i = 0; i < 30; ++i) {
        const auto [x, y] = all["p" + std::to_string(i)];
        EXPECT_LT(in.first, x);
        EXPECT_GT(out.first, x);
        EXPECT_GT(db.first, x);
        EXPECT_GT(lan.second, y);
    }
}

TEST(Placement, GroupsDoNotOverlap) {
    FakeView view;
    Placement placement;
    for (int host = 0; host < 20; ++host) {
        for (int i = 0; i < 5 + host * 3; ++i) {
            process(view, std::to_string(host) + "/" + std::to_string(i), "p", "h" + std::to_string(host));
        }
    }
    placement.apply(view, view.news(), at(0s));
    struct Box {
        int left = 1 << 30, top = 1 << 30, right = -(1 << 30), bottom = -(1 << 30);
    };
    std::map<std::string, Box> boxes;
    view.for_each_node([&](const ViewNode& node) {
        Box& box = boxes[node.group];
        box = {std::min(box.left, node.x), std::min(box.top, node.y), std::max(box.right, node.x),
               std::max(box.bottom, node.y)};
    });
    for (const auto& [one, a] : boxes) {
        for (const auto& [other, b] : boxes) {
            if (one >= other) continue;
            EXPECT_TRUE(a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top);
        }
    }
}

/// One random history, made twice from equal seeds.
struct History {
    explicit History(std::uint64_t seed) : state(seed * 2 + 1) {}
    int pick(int choices) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int>((state >> 33U) % static_cast<std::uint64_t>(choices));
    }
    void step(FakeView& view) {
        const std::string id = "n" + std::to_string(pick(60));
        if (pick(3) == 0) {
            view.drop_node(id);
            return;
        }
        if (view.node(id) == nullptr) {
            process(view, id, "w" + std::to_string(pick(3)), "h" + std::to_string(pick(4)));
            if (pick(8) == 0) view.node_at(id).kind = pick(2) == 0 ? NodeKind::service : NodeKind::lan_host;
        }
        const std::string other = "n" + std::to_string(pick(60));
        if (view.node(other) != nullptr) view.edge_at(id, other, 80);
    }
    std::uint64_t state;
};

RC_GTEST_PROP(PlacementProperty, SurvivorsStayAndNobodySharesAPlace, (std::uint64_t seed)) {
    History history(seed);
    FakeView view;
    Placement placement;
    Positions known;
    std::map<std::string, int> moves;
    std::map<std::string, std::string> homes;
    for (int step = 0; step < 100; ++step) {
        for (int i = 0; i < 4; ++i) history.step(view);
        const app::ViewDelta news = view.news();
        const auto placed = placement.apply(view, news, at(std::chrono::seconds(step * 30)));
        const Positions now = positions(view);
        std::set<std::pair<int, int>> places;
        for (const auto& [id, place] : now) {
            RC_ASSERT(places.insert(place).second);
            const auto before = known.find(id);
            // One that went and came back elsewhere between two deltas is another.
            const std::string home =
                view.node(id)->group + "/" + std::string(node_kind_name(view.node(id)->kind));
            if (before == known.end() || std::exchange(homes[id], home) != home) {
                homes[id] = home;
                RC_ASSERT(std::ranges::binary_search(placed, id));
                moves[id] = 0;
                continue;
            }
            if (before->second == place) continue;
            // The one move of a survivor: from where the hidden stand to where the connected are drawn.
            RC_ASSERT(std::ranges::binary_search(placed, id));
            RC_ASSERT(++moves[id] == 1);
            RC_ASSERT(view.node(id)->degree > 0);
        }
        known = now;
    }
}

RC_GTEST_PROP(PlacementProperty, EqualHistoriesGiveEqualMaps, (std::uint64_t seed)) {
    const auto map = [&] {
        History history(seed);
        FakeView view;
        Placement placement;
        for (int step = 0; step < 60; ++step) {
            history.step(view);
            placement.apply(view, view.news(), at(std::chrono::seconds(step * 30)));
        }
        return positions(view);
    };
    RC_ASSERT(map() == map());
}

}  // namespace
}  // namespace reticle::test
