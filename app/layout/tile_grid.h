#pragma once

#include <compare>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>

namespace reticle::app {

/// A tile of the map: the unit in which groups own ground.
struct Tile {
    int x = 0, y = 0;
    friend auto operator<=>(const Tile&, const Tile&) = default;
    friend bool operator==(const Tile&, const Tile&) = default;
};

/// Who owns which ground: squares of tiles that never overlap.
class TileGrid {
  public:
    /// Takes the free square of side x side tiles whose middle is nearest to `near`, in rings around it;
    /// returns its upper left tile.
    Tile take(int side, Tile near);
    /// Gives a square back. Precondition: it was taken with this corner and side.
    void release(Tile corner, int side);

    [[nodiscard]] bool empty() const { return taken_.empty(); }
    /// The corners of the smallest rectangle that ever held all that was taken; it does not shrink.
    [[nodiscard]] Tile least() const { return least_; }
    [[nodiscard]] Tile greatest() const { return greatest_; }

  private:
    struct TileHash {
        std::size_t operator()(const Tile& tile) const noexcept;
    };
    [[nodiscard]] bool fits(Tile corner, int side) const;
    void mark(Tile corner, int side);

    std::unordered_set<Tile, TileHash> taken_;
    /// Per side, the ring around the origin within which all is known to be full.
    std::unordered_map<int, int> full_within_;
    Tile least_, greatest_;
};

}  // namespace reticle::app
