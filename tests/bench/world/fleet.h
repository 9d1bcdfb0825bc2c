#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/world/world.h"

namespace reticle::bench {

/// A fleet of alike hosts with 100 processes each. Process i of a host listens on port 1000 + i and talks to
/// process i of another host, so that each has a client's and a server's half, met by a witness.
/// Deterministic; sends frames as probes would.
class Fleet {
  public:
    static constexpr int kProcesses = 100;

    /// Opens the sessions and sends every host's full frame.
    Fleet(app::World& world, int hosts);

    /// One host's samples: CPU of all processes, bytes of a fifth of the flows. Returns the number of facts.
    std::size_t sample(int host, const std::vector<app::Applied>*& applied);
    /// One process of a host exits and another starts and connects. Returns the number of facts.
    std::size_t churn(int host, const std::vector<app::Applied>*& applied);
    /// Moves the app's clock on.
    void pass(std::chrono::milliseconds time);

    [[nodiscard]] int hosts() const { return static_cast<int>(hosts_.size()); }
    [[nodiscard]] const Now& now() const { return now_; }

  private:
    struct Host {
        std::string id;
        std::uint64_t sequence = 0;
        std::vector<std::uint32_t> pids;
        std::uint32_t next_pid = 1;
    };
    [[nodiscard]] report::Report state(int host) const;
    [[nodiscard]] report::Node process(int host, int slot, report::Version version) const;
    [[nodiscard]] report::Flow half(int host, int slot, bool client, report::Version version) const;
    [[nodiscard]] report::NodeKey key(int host, int slot) const;
    std::size_t send(int host, report::Report report, bool full);

    app::World& world_;
    std::vector<Host> hosts_;
    std::vector<app::Applied> applied_;
    Now now_;
};

}  // namespace reticle::bench
