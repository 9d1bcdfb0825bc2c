#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <unordered_map>

#include "app/scope/report_reader.h"
#include "report/base/time.h"
#include "report/report.h"

namespace reticle::app::scope {

/// Turns a Scope report into facts of one writer at `version`:
///
/// | Scope | fact |
/// |---|---|
/// | node of a topology | Node; `latest` and `sets` become attributes where the key is known, else labels |
/// | endpoint with host_node_id | an address of the host's network namespace |
/// | edge between endpoints | the client's half, and the server's if its owner is known; `conn_count` added |
/// | both owners known | one flow with both owners (exact) |
/// | ephemeral port | the flow's witness |
/// | `copy_of` | Alias |
/// | DNS | the dialled name of flows to that address |
///
/// A client endpoint that talks to several servers (its port was used again within the window) keeps only its
/// host as owner, as Scope's process view drops it. Nodes that no complete statement named are left out.
report::Report import_scope(const ScopeReport& report, report::Version version);

/// How long a post holds without being repeated: Scope's `app.window`.
inline constexpr std::chrono::seconds kScopeWindow{15};

/// The reports each Scope probe posted within Scope's window: a probe sends a full report and then
/// deltas to it, so what it states now is their union.
class ScopeWindow {
  public:
    /// Notes a report of a writer and returns the union of its window.
    ScopeReport add(const std::string& writer, ScopeReport report, MonoTime now);
    /// Forgets what has left the window.
    void expire(MonoTime now);

  private:
    struct Posted {
        MonoTime at;
        ScopeReport report;
    };
    std::unordered_map<std::string, std::deque<Posted>> posted_;
};

}  // namespace reticle::app::scope
