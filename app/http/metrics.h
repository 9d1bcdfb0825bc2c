#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace reticle::app {

class Live;
class LiveState;

/// What the server counts, from any thread; `/metrics` shows it beside what the world knows.
struct Metrics {
    using Count = std::atomic<std::uint64_t>;
    Count connections{0};            ///< open now
    Count connections_total{0};      ///< accepted since the start
    Count connections_refused{0};    ///< beyond the limit
    Count probes{0};                 ///< probe sessions open now
    Count streams{0};                ///< viewers' streams open now
    std::array<Count, 5> answers{};  ///< by class of status, 1xx to 5xx
    Count refused_host{0};           ///< by the Host or Origin check
    Count bytes_received{0};
    Count bytes_sent{0};
    Count dropped_slow{0};     ///< clients that did not read or did not finish a message
    Count probes_refused{0};   ///< sessions turned away
    Count frames_refused{0};   ///< malformed or too large messages of probes
    Count reports_refused{0};  ///< posted reports with an error
};

/// One up or down of a count for as long as it lives.
class Gauge {
  public:
    explicit Gauge(Metrics::Count& count) : count_(count) { ++count_; }
    ~Gauge() { --count_; }
    Gauge(const Gauge&) = delete;
    Gauge& operator=(const Gauge&) = delete;

  private:
    Metrics::Count& count_;
};

/// The Prometheus text exposition (format 0.0.4). Called on Live's strand.
std::string exposition(const Metrics& metrics, const Live& live, const LiveState& state);

}  // namespace reticle::app
