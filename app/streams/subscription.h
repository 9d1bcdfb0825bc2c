#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/views/view.h"
#include "report/base/result.h"
#include "report/base/time.h"

namespace reticle::app {

/// One viewer's subscription to one view: turns what changed into the deltas of docs/api.md (`WS stream`).
/// No sockets in here: the owner feeds news, asks when something is due, and takes messages when the socket
/// can take them. What is pending is a set of ids, so a slow viewer costs freshness, never a growing queue.
class Subscription {
  public:
    /// `number` is the client's; options as the client chose them (already checked against the view's spec).
    Subscription(std::uint32_t number, const View& view, OptionValues options);
    ~Subscription();
    Subscription(Subscription&&) noexcept;
    Subscription& operator=(Subscription&&) noexcept;

    /// Continue after `sequence` if this subscription's own recent past still holds it; false means: start
    /// afresh.
    bool resume(std::uint64_t sequence);

    /// Notes what changed in the view. `structure`: things appeared, changed state or went (10 Hz), else
    /// numbers (1 Hz).
    void note(const ViewDelta& delta);

    /// When the next message is due: nothing pending, now, or later.
    [[nodiscard]] std::optional<MonoTime> due() const;

    /// The next messages (JSON text), each at most 256 KiB; empty when nothing is due yet. Marks them as
    /// sent.
    std::vector<std::shared_ptr<const std::string>> take(Now now);

    [[nodiscard]] std::uint64_t sequence() const;
    [[nodiscard]] std::size_t pending() const;
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reticle::app
