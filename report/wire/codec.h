#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "report/base/result.h"
#include "report/base/time.h"
#include "report/report.h"
#include "report/version.h"

namespace reticle::report::wire {

/// The protocol this build speaks; it also understands kOldestProtocol up to it.
inline constexpr std::uint32_t kProtocol = 1;
inline constexpr std::uint32_t kOldestProtocol = 1;

/// What a decoder accepts; everything is checked before memory is taken for it.
struct Limits {
    std::size_t max_envelope_bytes = 16u << 20;   ///< one WebSocket message
    std::size_t max_unpacked_bytes = 128u << 20;  ///< one frame after decompression, all columns together
    std::size_t max_facts = 250'000;              ///< per frame
    std::size_t max_attributes = 512;             ///< per node, labels included
    std::size_t max_string_bytes = 16384;
};

/// First message of a probe.
struct Hello {
    std::uint32_t protocol_min = kOldestProtocol;
    std::uint32_t protocol_max = kProtocol;
    std::string version;  ///< of the program, for people
    std::string host_id;  ///< the writer
    std::string host_name;
    std::string boot_id;
    std::string instance_id;  ///< random per start
    std::string cluster;      ///< optional label
    std::string token;        ///< the shared join token; empty when none is configured
    std::uint64_t epoch = 0;  ///< proposed: max(wall seconds at start, stored + 1)
    UtcNanos now = 0;         ///< the probe's clock when sent, for measuring skew
    std::vector<std::string> capabilities;
};

/// The app's answer to a Hello it accepts.
struct Welcome {
    std::uint32_t protocol = kProtocol;
    std::string version;
    std::string app_id;
    std::uint64_t epoch =
        0;  ///< agreed: at least the proposal and above every epoch the app saw of this writer
    std::uint64_t max_nodes = 0;  ///< limits of this writer; 0 = the default
    UtcNanos now = 0;
};

/// A statement of the probe. Sequence numbers rise by one within a connection, starting at 1 with a full
/// frame.
struct Frame {
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;
    bool full = false;  ///< says that nothing else exists (Report::end_absent at `version`)
    Version version;    ///< the probe's tick when it was made
    UtcNanos now = 0;   ///< the probe's clock when sent, for measuring skew
    Report report;
};

/// The app's word that a frame is joined into its world.
struct Ack {
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;          ///< applied
    std::uint64_t durable_sequence = 0;  ///< written to disk; 0 while history is off
    bool watched = false;                ///< someone looks at this host: send metrics at 1 s
};

/// Either side's last word, with the reason. From a probe that stops: its things end.
struct Goodbye {
    std::uint32_t code = 0;  ///< 0 stopping, 1 refused: see GoodbyeCode
    std::string reason;
    bool retry = true;  ///< whether to come back
};

/// Why a side says goodbye.
enum class GoodbyeCode : std::uint32_t {
    stopping = 0,
    bad_token = 1,
    protocol_too_old = 2,
    protocol_too_new = 3,
    duplicate_host = 4,
    malformed = 5,
    too_large = 6,
    superseded = 7,
};

/// One message of the probe's WebSocket (`/api/v1/probe`), binary.
using Message = std::variant<Hello, Welcome, Frame, Ack, Goodbye>;

/// Encodes one message. Never fails on what the model can hold.
std::string encode(const Message& message);

/// Decodes one message from hostile bytes: limits first, then shape, then meaning (sorted keys, known enums,
/// finite numbers, valid UTF-8). The Error says what is wrong; nothing is half-decoded.
Result<Message> decode(std::string_view bytes, const Limits& limits = {});

}  // namespace reticle::report::wire
