#pragma once

#include <cstdint>
#include <filesystem>

#include "probe/settings.h"
#include "report/base/time.h"

namespace reticle::probe {

/// Where state lives unless told otherwise: /var/lib/reticle for root, else $XDG_STATE_HOME/reticle or
/// ~/.local/state/reticle. Empty if there is no home.
std::filesystem::path default_state_dir(bool root, const Environment& environment);

/// Remembers the epoch across starts, in the file `epoch`. A directory that cannot be written is no failure:
/// the wall clock alone then makes epochs rise, and the app corrects one that does not.
class EpochStore {
  public:
    /// An empty `directory` remembers nothing.
    explicit EpochStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// The epoch of a new start, max(wall seconds, stored + 1), already stored.
    std::uint64_t begin(UtcNanos now);
    /// Stores a later epoch that an app asked for.
    void store(std::uint64_t epoch);

  private:
    [[nodiscard]] std::uint64_t stored() const;

    std::filesystem::path directory_;
};

}  // namespace reticle::probe
