#include "app/layout/tile_grid.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace reticle::app {
namespace {

/// Visits the tiles of a square ring around a middle, from its right side on; stops when `visit` is content.
template <class Visit>
std::optional<Tile> search_ring(Tile middle, int ring, Visit visit) {
    if (ring == 0) return visit(middle) ? std::optional(middle) : std::nullopt;
    constexpr int kSides = 4;
    for (int side = 0; side < kSides; ++side) {
        for (int step = 0; step < 2 * ring; ++step) {
            // Along each side from its middle to its end, then from its start: near corners come last.
            const int along = step < ring ? step : ring - 1 - step;
            Tile tile = middle;
            switch (side) {
                case 0:
                    tile = {middle.x + ring, middle.y + along};
                    break;
                case 1:
                    tile = {middle.x - ring, middle.y - along};
                    break;
                case 2:
                    tile = {middle.x - along, middle.y + ring};
                    break;
                default:
                    tile = {middle.x + along, middle.y - ring};
                    break;
            }
            if (visit(tile)) return tile;
        }
    }
    return std::nullopt;
}

}  // namespace

std::size_t TileGrid::TileHash::operator()(const Tile& tile) const noexcept {
    const auto packed = static_cast<std::uint64_t>(static_cast<std::uint32_t>(tile.x)) << 32U |
                        static_cast<std::uint32_t>(tile.y);
    return static_cast<std::size_t>(packed * 0x9e3779b97f4a7c15U >> 16U);
}

Tile TileGrid::take(int side, Tile near) {
    const Tile first{near.x - side / 2, near.y - side / 2};
    const bool from_origin = near == Tile{};
    // Rings grow until one is free, which it is at the latest outside of everything taken.
    for (int ring = from_origin ? full_within_[side] : 0;; ++ring) {
        const std::optional<Tile> corner =
            search_ring(first, ring, [&](Tile tile) { return fits(tile, side); });
        if (!corner) continue;
        if (from_origin) full_within_[side] = ring;
        mark(*corner, side);
        return *corner;
    }
}

void TileGrid::release(Tile corner, int side) {
    for (int x = 0; x < side; ++x) {
        for (int y = 0; y < side; ++y) taken_.erase({corner.x + x, corner.y + y});
    }
    full_within_.clear();
}

bool TileGrid::fits(Tile corner, int side) const {
    for (int x = 0; x < side; ++x) {
        for (int y = 0; y < side; ++y) {
            if (taken_.contains({corner.x + x, corner.y + y})) return false;
        }
    }
    return true;
}

void TileGrid::mark(Tile corner, int side) {
    const Tile last{corner.x + side - 1, corner.y + side - 1};
    least_ = taken_.empty() ? corner : Tile{std::min(least_.x, corner.x), std::min(least_.y, corner.y)};
    greatest_ = taken_.empty() ? last : Tile{std::max(greatest_.x, last.x), std::max(greatest_.y, last.y)};
    for (int x = 0; x < side; ++x) {
        for (int y = 0; y < side; ++y) taken_.insert({corner.x + x, corner.y + y});
    }
}

}  // namespace reticle::app
