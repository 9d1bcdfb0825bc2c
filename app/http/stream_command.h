#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/viewers.h"
#include "report/base/time.h"

namespace reticle::app {

struct UnsubscribeCommand {
    std::uint32_t sub = 0;
};

/// What is wrong with a client's message, for its `error` answer.
struct BadCommand {
    std::optional<std::uint32_t> sub;  ///< where the message got far enough to name one
    std::string message;
};

using StreamCommand = std::variant<SubscribeCommand, UnsubscribeCommand, BadCommand>;

/// Reads one message of `WS /api/v1/stream` (docs/api.md). Strict: unknown members and wrong types are named.
StreamCommand parse_stream_command(std::string_view text);

/// How many messages a client may send: a burst, then so many a second.
class MessageRate {
  public:
    MessageRate(double burst, double per_second, MonoTime now);
    /// Whether one more is within the rate.
    bool allow(MonoTime now);

  private:
    double burst_;
    double per_second_;
    double tokens_;
    MonoTime last_;
};

}  // namespace reticle::app
