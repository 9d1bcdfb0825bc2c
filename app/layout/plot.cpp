#include "app/layout/plot.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace reticle::app {
namespace {

constexpr std::size_t kLeastCells = 9;
constexpr std::size_t kLeastKept = 4;
constexpr std::size_t kQuarters = 4;

/// 1.3 times, rounded up (ui.md 2.5).
std::size_t with_reserve(std::size_t nodes) {
    return (nodes * 13 + 9) / 10;
}

/// The least side in tiles whose square has that many usable cells.
int side_for(std::size_t cells) {
    int side = 1;
    const auto usable = [&] { return static_cast<std::size_t>(side * Plot::kTileCells - 1); };
    while (usable() * usable() < cells) ++side;
    return side;
}

Tile middle_of(Tile corner, int side) {
    return {corner.x + side / 2, corner.y + side / 2};
}

}  // namespace

Plot::Plot(TileGrid& grid, Tile near, std::size_t connected, std::size_t unconnected) {
    kept_cells_ = std::max(kLeastKept, with_reserve(connected));
    const std::size_t shared = (with_reserve(unconnected) + kQuarters - 1) / kQuarters;
    add_block(grid, side_for(std::max(kLeastCells, kept_cells_ + shared)), near);
}

void Plot::add_block(TileGrid& grid, int side, Tile near) {
    const Tile corner = grid.take(side, near);
    blocks_.push_back({corner, side});
    const int cells = side * kTileCells - 1;
    const int middle = cells / 2;
    const auto ring_of = [&](int x, int y) { return std::max(std::abs(x - middle), std::abs(y - middle)); };
    for (int ring = 0; ring <= middle; ++ring) {
        rings_.push_back(static_cast<std::uint32_t>(cells_.size()));
        for (int y = middle - ring; y <= middle + ring; ++y) {
            for (int x = middle - ring; x <= middle + ring; ++x) {
                if (ring_of(x, y) != ring) continue;
                cells_.push_back(
                    {(corner.x * kTileCells + x) * kCellSize, (corner.y * kTileCells + y) * kCellSize, 0});
            }
        }
    }
}

// A plot that is full takes more ground where the map has some: a quarter more, nearest to its middle, which
// may lie apart from the rest when neighbours are in between. Nobody moves for it. The map issue's layout
// replaces this: it packs groups as discs, grows them in place and pushes neighbours apart.
void Plot::grow(TileGrid& grid) {
    const Block first = blocks_.front();
    add_block(grid, side_for(std::max(kLeastCells, cells_.size() / 4)), middle_of(first.corner, first.side));
}

Slot Plot::take(TileGrid& grid, bool connected, std::uint64_t hash) {
    for (;;) {
        std::optional<Slot> slot = connected ? take_cell(hash) : take_quarter(hash, kept_cells_);
        if (!slot && connected) slot = take_quarter(hash, 0);
        if (slot) return *slot;
        grow(grid);
    }
}

void Plot::release(Slot slot) {
    Cell& cell = cells_[slot.cell];
    if (slot.quarter == Slot::kWhole) {
        cell.taken = 0;
    } else {
        cell.taken = static_cast<std::uint8_t>(cell.taken & ~(1U << slot.quarter));
    }
    const auto after = std::ranges::upper_bound(rings_, slot.cell);
    const auto ring = static_cast<std::size_t>(after - rings_.begin()) - 1;
    first_cell_ring_ = std::min(first_cell_ring_, ring);
    first_quarter_ring_ = std::min(first_quarter_ring_, ring);
}

Position Plot::position(Slot slot) const {
    const Cell& cell = cells_[slot.cell];
    if (slot.quarter == Slot::kWhole) return {cell.x, cell.y};
    constexpr std::int32_t kOff = kCellSize / 4;
    return {cell.x + ((slot.quarter & 1U) != 0 ? kOff : -kOff),
            cell.y + ((slot.quarter & 2U) != 0 ? kOff : -kOff)};
}

void Plot::leave(TileGrid& grid) const {
    for (const Block& block : blocks_) grid.release(block.corner, block.side);
}

std::optional<Slot> Plot::take_cell(std::uint64_t hash) {
    const auto cell = nearest(first_cell_ring_, hash, [&](std::uint32_t i) { return cells_[i].taken == 0; });
    if (!cell) return std::nullopt;
    cells_[*cell].taken = kTakenWhole;
    return Slot{*cell, Slot::kWhole};
}

std::optional<Slot> Plot::take_quarter(std::uint64_t hash, std::size_t from_cell) {
    std::size_t from_start = 0;
    std::size_t& first_ring = from_cell == kept_cells_ ? first_quarter_ring_ : from_start;
    const auto cell = nearest(first_ring, hash, [&](std::uint32_t i) {
        return i >= from_cell && (cells_[i].taken & kQuartersTaken) != kQuartersTaken;
    });
    if (!cell) return std::nullopt;
    const auto quarter = static_cast<std::uint8_t>(std::countr_one(cells_[*cell].taken));
    cells_[*cell].taken = static_cast<std::uint8_t>(cells_[*cell].taken | 1U << quarter);
    return Slot{*cell, quarter};
}

template <class Usable>
std::optional<std::uint32_t> Plot::nearest(std::size_t& first_ring, std::uint64_t hash, Usable usable) const {
    for (std::size_t ring = first_ring; ring < rings_.size(); ++ring) {
        const std::uint32_t begin = rings_[ring];
        const auto end =
            ring + 1 < rings_.size() ? rings_[ring + 1] : static_cast<std::uint32_t>(cells_.size());
        const std::uint32_t count = end - begin;
        for (std::uint32_t step = 0; step < count; ++step) {
            const std::uint32_t cell = begin + static_cast<std::uint32_t>((hash + step) % count);
            if (!usable(cell)) continue;
            first_ring = ring;
            return cell;
        }
    }
    first_ring = rings_.size();
    return std::nullopt;
}

}  // namespace reticle::app
