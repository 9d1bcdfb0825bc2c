#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "report/address.h"
#include "report/base/time.h"
#include "report/node.h"
#include "report/value.h"
#include "report/version.h"

namespace reticle::report {

enum class Protocol : std::uint8_t { none = 0, tcp = 6, udp = 17 };  ///< IANA protocol numbers
std::string_view protocol_name(Protocol protocol);
std::optional<Protocol> protocol_named(std::string_view name);

/// Which half of a conversation its owner is.
enum class Direction : std::uint8_t {
    unknown = 0,   ///< seen, but not who began
    outbound = 1,  ///< the owner is the client
    inbound = 2,   ///< the owner is the server
};
std::string_view direction_name(Direction direction);
std::optional<Direction> direction_named(std::string_view name);

/// What makes one half of a conversation itself, after its writer.
struct FlowKey {
    /// Who holds this half's sockets: a process, or the host where no process is known.
    NodeKey owner;
    /// The other end, where both ends are on this host and were joined by the full 4-tuple: such a
    /// conversation is one flow, the client's half. None otherwise.
    NodeKey peer_owner;
    /// The namespace number of the owner's network namespace (attribute netns); 0 when unknown.
    std::uint64_t netns = 0;
    IpAddress local;  ///< the owner's own address
    IpAddress peer;   ///< the other end's address, as the owner's socket sees it
    /// The port of the service: the peer's for outbound, the owner's for inbound. Of unknown direction: the
    /// port on the side that looks like a service, for showing only.
    std::uint16_t service_port = 0;
    Protocol protocol = Protocol::none;
    Direction direction = Direction::unknown;

    friend auto operator<=>(const FlowKey&, const FlowKey&) = default;
    friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

/// Why a connect did not become a connection.
enum class Failure : std::uint8_t { refused, timed_out, reset, unreachable, abandoned, no_local_port, other };
inline constexpr std::size_t kFailureKinds = 7;
std::string_view failure_name(Failure failure);

/// What a half counted within one epoch of its writer; every field joins by max.
struct Counters {
    std::uint64_t opened = 0;           ///< connections established in this epoch
    std::uint64_t closed = 0;           ///< of opened and active_at_start
    std::uint64_t bytes_sent = 0;       ///< by the owner
    std::uint64_t bytes_received = 0;   ///< by the owner
    std::uint64_t packets = 0;          ///< both ways
    std::uint64_t retransmits = 0;      ///< segments the owner sent again
    std::uint32_t active_at_start = 0;  ///< open when the writer's epoch began
    std::array<std::uint32_t, kFailureKinds> failed{};

    void join(const Counters& other);
    /// Field-wise sum, for reading over epochs. active_at_start is taken from `later`.
    void add(const Counters& later);
    [[nodiscard]] std::uint64_t failed_total() const;
    friend bool operator==(const Counters&, const Counters&) = default;
};

/// The counters of one epoch.
struct EpochCounters {
    std::uint64_t epoch = 0;
    Counters counters;
    friend bool operator==(const EpochCounters&, const EpochCounters&) = default;
};

/// How a flow came to be known; a set, joined by or.
enum class Evidence : std::uint8_t {
    event = 1,  ///< a kernel event
    sweep = 2,  ///< found open by a sweep
    conntrack = 4,
    dns = 8,
    imported = 16,  ///< stated by a script or a foreign probe
};
std::string_view evidence_name(Evidence evidence);
std::optional<Evidence> evidence_named(std::string_view name);

/// One connection of a flow, seen from either end: a hash of the translated 4-tuple, and whether it is open.
/// Equal at both ends, whoever computes it (flow_witness).
struct Witness {
    std::uint64_t hash = 0;
    UtcNanos seen = 0;  ///< when last seen; a value, for choosing the newest
    bool open = false;
    friend bool operator==(const Witness&, const Witness&) = default;
};

/// How many witnesses a flow keeps: the open connections first, then the lowest hashes.
inline constexpr std::size_t kMaxWitnesses = 64;

/// Sorts witnesses of different hashes and cuts them to the kMaxWitnesses that the rule keeps. The rule is
/// the same at both ends, so that what they keep of many connections usually meets.
void cut_witnesses(std::vector<Witness>& witnesses);

/// The witness hash of a connection: over protocol and both ends, client first (FNV-1a 64; stable on the
/// wire).
std::uint64_t flow_witness(Protocol protocol, const IpAddress& client, std::uint16_t client_port,
                           const IpAddress& server, std::uint16_t server_port);

/// A text with its version, joined by max.
struct VersionedText {
    Version version;
    Text text;
    void join(const VersionedText& other);
    friend bool operator==(const VersionedText&, const VersionedText&) = default;
};

/// One half of a conversation: all connections between one owner and one peer address on one service port.
struct Flow {
    FlowKey key;
    /// Its version moves with every change of the flow, so that a difference can be taken by version.
    Presence presence;
    /// Sorted by epoch; a probe has one, the app several until it folds the finished ones.
    std::vector<EpochCounters> epochs;
    Version rtt_version;
    std::uint32_t rtt_us = 0;      ///< smoothed round trip at rtt_version; 0 = unknown
    std::uint32_t rtt_min_us = 0;  ///< joined by min of the known (0 = unknown)
    UtcNanos first_seen = 0;       ///< joined by min of the known (0 = unknown)
    UtcNanos last_seen = 0;        ///< joined by max
    std::uint8_t evidence = 0;     ///< set of Evidence
    /// Replaced as a whole by the newer version: the rule at the source decides which are kept. What two
    /// statements of one version say is united and cut again: open ones first, then the lowest hashes.
    Version witness_version;
    std::vector<Witness> witnesses;  ///< sorted by hash
    /// What few flows have.
    struct Extra {
        VersionedText container;     ///< container id noted when the flow was first seen
        VersionedText dialled;       ///< "address:port" the client asked for, before translation
        VersionedText dialled_name;  ///< the name the client resolved
        friend bool operator==(const Extra&, const Extra&) = default;
    };
    std::unique_ptr<Extra> extra;

    Flow() = default;
    explicit Flow(FlowKey flow_key) : key(std::move(flow_key)) {}
    Flow(const Flow& other);
    Flow(Flow&&) noexcept = default;
    Flow& operator=(const Flow& other);
    Flow& operator=(Flow&&) noexcept = default;
    ~Flow() = default;

    /// Joins what the same writer says of the same flow. Precondition: equal keys.
    void join(const Flow& other);
    /// The counters of an epoch, made when missing.
    Counters& counters(std::uint64_t epoch);
    /// The sum over all epochs.
    [[nodiscard]] Counters total() const;
    /// Open now: active_at_start + opened - closed of the newest epoch; never below 0, and 0 once ended.
    [[nodiscard]] std::uint64_t active() const;
    /// Adds all epochs below `current` into one, kept under the newest finished epoch's number.
    void fold_epochs(std::uint64_t current);
    [[nodiscard]] std::size_t memory_bytes() const;

    friend bool operator==(const Flow& a, const Flow& b);
};

}  // namespace reticle::report
