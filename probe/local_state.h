#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "probe/local_state_hash.h"
#include "report/base/time.h"
#include "report/report.h"

namespace reticle::probe {

/// What a source has to add to a flow: counts since it last said something, and newest readings.
struct FlowUpdate {
    report::Counters added;        ///< added to the counters of this epoch
    std::uint32_t rtt_us = 0;      ///< newest smoothed round trip; 0 = nothing to say
    std::uint32_t rtt_min_us = 0;  ///< smallest ever seen; 0 = nothing to say
    UtcNanos first_seen = 0;       ///< 0 = nothing to say
    UtcNanos last_seen = 0;        ///< 0 = nothing to say
    std::uint8_t evidence = 0;     ///< set of report::Evidence
    std::optional<std::vector<report::Witness>> witnesses;  ///< replaces all, when given; sorted by hash
};

/// The report that this host's probe keeps: the only place where sources write and publishers read.
///
/// Life of a tick: sources call setters (each writes only if something differs), then the owner calls
/// flush(), which closes the tick. Everything else reads between ticks only: what a tick says is final once
/// it is closed. Not bound to a thread, has no clock and no lock.
class LocalState {
  public:
    /// `epoch` is the proposed one (see wire::Hello); the host node is made at once.
    LocalState(std::string_view host_id, std::uint64_t epoch);

    /// The key of the host node.
    [[nodiscard]] const report::NodeKey& host() const { return host_; }

    // --- for publishers ---

    /// All that holds as of version(), with the tombstones not yet dropped.
    [[nodiscard]] const report::Report& state() const { return state_; }
    /// The last closed tick in which something changed.
    [[nodiscard]] report::Version version() const { return version_; }
    /// A copy of the state, for a full frame at version().
    [[nodiscard]] report::Report full() const { return state_; }
    /// What changed after `since`. Precondition: !needs_full(since).
    [[nodiscard]] report::Report changed_since(report::Version since) const;
    /// True if a tombstone later than `acknowledged` has been dropped: who holds that version needs a full
    /// frame. Also true for the version none.
    [[nodiscard]] bool needs_full(report::Version acknowledged) const;
    /// Drops the tombstones that every session has acknowledged. With no session, do not call it: they go
    /// after kTombstoneAge.
    void acknowledged(report::Version oldest_ack_of_all_sessions);
    /// Moves to a later epoch (agreed in the Welcome) as a restart would: every fact is restated at its first
    /// tick, and counters begin anew with what is open as active_at_start. Lower or equal epochs do nothing.
    /// Frames still unacknowledged must be made again.
    void raise_epoch(std::uint64_t epoch);
    /// Whether someone looks at this host: metrics then move every second instead of every five.
    void set_watched(bool watched) { watched_ = watched; }
    [[nodiscard]] bool watched() const { return watched_; }

    // --- for the owner of the loop ---

    /// Closes the tick: states metrics that were held back and are due, drops tombstones that are too old,
    /// and returns whether version() rose.
    bool flush(Now now);

    // --- for sources ---

    /// Makes a node, or brings an ended one back.
    void alive(const report::NodeKey& node);
    /// Ends a node: it stays as a tombstone until acknowledged. Unknown nodes are ignored.
    void ended(const report::NodeKey& node);
    /// States an attribute of a node; makes the node if it does not exist. Value none takes the attribute
    /// back.
    void set(const report::NodeKey& node, report::Key key, report::Value value);
    /// Offers a sample. It is stated when it left the dead-band (1 % of `capacity`, or without one 5 % of the
    /// value stated; zero always counts) and the node's metrics were last stated long enough ago; else it is
    /// held back until flush() finds it due, and forgotten if it comes back into the band.
    void metric(const report::NodeKey& node, report::Key key, double sample, double capacity, Now now);

    /// Adds to a flow, making it (or bringing it back) if need be. Counters go on where the same flow left
    /// them in this epoch, even after its tombstone was dropped.
    void flow(const report::FlowKey& key, const FlowUpdate& update);
    /// Ends a flow. Unknown flows are ignored.
    void flow_ended(const report::FlowKey& key);

    void listener(const report::ListenerKey& key);
    void listener_ended(const report::ListenerKey& key);

    /// States how much `source` knows it missed since the program began; the sum stands on the host node.
    void lost(std::string_view source, std::uint64_t total);

    static constexpr std::chrono::seconds kTombstoneAge{60};
    static constexpr std::chrono::seconds kMetricPace{5};
    static constexpr std::chrono::seconds kWatchedMetricPace{1};
    /// How long the counters of an ended flow are remembered, should it come back: longer than the app keeps
    /// an ended thing in its world (10 minutes).
    static constexpr std::chrono::minutes kRetiredAge{15};
    static constexpr std::size_t kMaxRetired = 16'384;

  private:
    struct Held {
        report::Key key;
        double sample;
    };
    struct Pace {
        MonoTime stated{};  // when a metric of the node was last stated
        bool ever = false;
        std::vector<Held> held;

        void drop(report::Key key);
        void hold(report::Key key, double sample);
    };
    struct Retired {
        report::Counters counters;
        MonoTime since;
    };
    /// When a closed tick that holds tombstones was closed.
    struct TombstoneTick {
        report::Version version;
        MonoTime closed;
    };

    /// The version that changes of the open tick carry.
    [[nodiscard]] report::Version open() const { return {epoch_, tick_ + 1}; }
    report::Node* find_node(const report::NodeKey& key);
    report::Node& node_at(const report::NodeKey& key);
    report::Flow* find_flow(const report::FlowKey& key);
    report::Flow& flow_at(const report::FlowKey& key);
    void state_metric(const report::NodeKey& node, report::Key key, double sample);
    void state_held(Now now);
    void close_tick();
    void drop_tombstones(report::Version horizon);
    void retire(const report::Flow& flow);
    void age_retired();
    [[nodiscard]] std::chrono::seconds pace() const { return watched_ ? kWatchedMetricPace : kMetricPace; }

    report::NodeKey host_;
    report::Report state_;
    std::uint64_t epoch_;
    std::uint64_t tick_ = 0;
    report::Version version_;
    report::Version dropped_;  // the newest tombstone that is gone
    bool dirty_ = false;
    bool tombstones_in_tick_ = false;
    bool watched_ = false;

    // Facts first stated in the open tick: appended, found by hash, merged into state_ when the tick closes,
    // so that a thousand births cost one pass.
    report::Report incoming_;
    std::unordered_map<report::NodeKey, std::size_t, NodeKeyHash> incoming_nodes_;
    std::unordered_map<report::FlowKey, std::size_t, FlowKeyHash> incoming_flows_;

    std::unordered_map<report::NodeKey, Pace, NodeKeyHash> paces_;
    std::vector<report::NodeKey> holding_;  // nodes with held metrics
    std::deque<TombstoneTick> tombstone_ticks_;
    std::unordered_map<report::FlowKey, Retired, FlowKeyHash> retired_;
    MonoTime last_flush_{};
    std::map<std::string, std::uint64_t, std::less<>> lost_;
};

}  // namespace reticle::probe
