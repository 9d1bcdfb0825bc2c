#include "app/layout/plot.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace reticle::app {
namespace {

RC_GTEST_PROP(TileGrid, SquaresNeverOverlap, ()) {
    TileGrid grid;
    std::set<std::pair<int, int>> taken;
    const auto sides = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 5));
    const Tile near{*rc::gen::inRange(-3, 3), *rc::gen::inRange(-3, 3)};
    std::vector<std::pair<Tile, int>> squares;
    for (const int side : sides) {
        const Tile corner = grid.take(side, squares.size() % 2 == 0 ? Tile{} : near);
        squares.emplace_back(corner, side);
        for (int x = 0; x < side; ++x) {
            for (int y = 0; y < side; ++y) RC_ASSERT(taken.emplace(corner.x + x, corner.y + y).second);
        }
    }
    for (const auto& [corner, side] : squares) grid.release(corner, side);
    RC_ASSERT(grid.empty());
    if (!squares.empty()) RC_ASSERT(grid.take(1, {}) == Tile{});
}

RC_GTEST_PROP(Plot, NoTwoNodesShareAPlace, (std::vector<bool> kinds)) {
    TileGrid grid;
    Plot plot(grid, {}, 3, 3);
    std::set<std::pair<int, int>> places;
    for (std::size_t i = 0; i < kinds.size() * 10; ++i) {
        const Slot slot = plot.take(grid, kinds[i / 10], i * 7919);
        const Position at = plot.position(slot);
        RC_ASSERT(places.emplace(at.x, at.y).second);
    }
}

TEST(Plot, ConnectedNodesHaveRoomForTheirLabels) {
    TileGrid grid;
    Plot plot(grid, {}, 30, 200);
    std::vector<Position> places;
    for (std::uint64_t i = 0; i < 30; ++i) places.push_back(plot.position(plot.take(grid, true, i)));
    for (std::uint64_t i = 0; i < 200; ++i) plot.take(grid, false, i);
    for (const Position& one : places) {
        for (const Position& other : places) {
            if (one == other) continue;
            EXPECT_GE(std::max(std::abs(one.x - other.x), std::abs(one.y - other.y)), Plot::kCellSize);
        }
    }
}

TEST(Plot, ConnectedNodesStandNearerToTheMiddle) {
    TileGrid grid;
    Plot plot(grid, {}, 9, 100);
    const Position middle = plot.position(plot.take(grid, true, 0));
    const auto distance = [&](const Position& p) {
        return std::max(std::abs(p.x - middle.x), std::abs(p.y - middle.y));
    };
    std::int32_t farthest = 0;
    for (std::uint64_t i = 1; i < 9; ++i)
        farthest = std::max(farthest, distance(plot.position(plot.take(grid, true, i))));
    for (std::uint64_t i = 0; i < 100; ++i)
        EXPECT_GT(distance(plot.position(plot.take(grid, false, i))), farthest);
}

}  // namespace
}  // namespace reticle::app
