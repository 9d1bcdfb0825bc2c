#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "probe/local_state.h"
#include "report/base/result.h"
#include "report/base/time.h"

namespace reticle::probe {

/// A source of facts. Sources write into the LocalState and know nothing of each other. The loop calls
/// collect() every interval() on its own thread, passes losses() on to LocalState::lost, and flushes after.
class Source {
  public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// One word, as in configuration and logs: "processes".
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// How often it wants to be asked.
    [[nodiscard]] virtual std::chrono::milliseconds interval() const = 0;
    /// Looks at the world and states what differs. A failure leaves what was stated before; partial truth is
    /// no failure.
    virtual Result<void> collect(LocalState& state, Now now) = 0;
    /// What it knows it missed since the program began.
    [[nodiscard]] virtual std::uint64_t losses() const = 0;
    /// One line for `--check`: what this source can see here, and if less than all, why and the remedy.
    /// Meaningful after the first collect().
    [[nodiscard]] virtual std::string status() const = 0;
};

}  // namespace reticle::probe
