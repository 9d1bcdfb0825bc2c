#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/views/view.h"

namespace reticle::app {

/// Positions of one view's nodes. Simple for now (groups on a grid, nodes on slots inside their group) but
/// already bound by ui.md 2.5: filters and metrics never move a node, a surviving node never moves
/// (but once, when its first edge brings it from among the hidden), a newcomer takes the slot of a vanished
/// predecessor of the same stem, else the nearest free slot by hash; same history, same positions.
class Placement {
  public:
    Placement();
    ~Placement();
    Placement(Placement&&) noexcept;

    /// Follows a view's delta and places what is new; returns ids whose position was set.
    std::vector<std::string> apply(View& view, const ViewDelta& delta, Now now);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reticle::app
