#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/layout/tile_grid.h"

namespace reticle::app {

/// A place for one node inside a plot: a whole cell, or a quarter of one.
struct Slot {
    std::uint32_t cell = 0;
    std::uint8_t quarter = kWhole;
    static constexpr std::uint8_t kWhole = 4;
};

/// A position in 1/16 px.
struct Position {
    std::int32_t x = 0, y = 0;
    friend bool operator==(const Position&, const Position&) = default;
};

/// The ground of one group, cut into cells of 90 px, from the middle outwards. Connected nodes take the
/// nearest free cell, which leaves room for their labels. Nodes without an edge, which are hidden unless
/// asked for, share a cell by four, outside of what is kept for the connected ones.
class Plot {
  public:
    /// Cells along the side of a tile; the last row and column of a block stay empty, as a lane between
    /// groups.
    static constexpr int kTileCells = 4;
    static constexpr std::int32_t kCellSize = 90 * 16;

    /// A plot with room for 1.3 times as many nodes as there are now, on ground nearest to `near`.
    Plot(TileGrid& grid, Tile near, std::size_t connected, std::size_t unconnected);

    /// Takes the nearest free slot of the kind, `hash` choosing among equally near ones; grows when none is
    /// left.
    Slot take(TileGrid& grid, bool connected, std::uint64_t hash);
    void release(Slot slot);
    [[nodiscard]] Position position(Slot slot) const;
    /// Gives all ground back.
    void leave(TileGrid& grid) const;

  private:
    struct Cell {
        std::int32_t x = 0, y = 0;  ///< middle, in 1/16 px
        std::uint8_t taken = 0;     ///< bits of the quarters, or kTakenWhole
    };
    struct Block {
        Tile corner;
        int side = 0;
    };
    static constexpr std::uint8_t kTakenWhole = 0x1f;
    static constexpr std::uint8_t kQuartersTaken = 0x0f;

    void add_block(TileGrid& grid, int side, Tile near);
    void grow(TileGrid& grid);
    std::optional<Slot> take_cell(std::uint64_t hash);
    std::optional<Slot> take_quarter(std::uint64_t hash, std::size_t from_cell);
    template <class Usable>
    std::optional<std::uint32_t> nearest(std::size_t& first_ring, std::uint64_t hash, Usable usable) const;

    std::vector<Cell> cells_;
    std::vector<std::uint32_t> rings_;  ///< first cell of each ring of equally near cells
    std::vector<Block> blocks_;
    std::size_t kept_cells_ = 0;          ///< the first cells, kept for connected nodes
    std::size_t first_cell_ring_ = 0;     ///< no free cell before it
    std::size_t first_quarter_ring_ = 0;  ///< no free quarter before it, outside the kept cells
};

}  // namespace reticle::app
