#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "probe/connections/flow_table.h"
#include "probe/connections/listener_table.h"
#include "probe/connections/owner_index.h"
#include "probe/connections/socket_reader.h"
#include "probe/connections/socket_table.h"
#include "probe/processes/process_watch.h"
#include "probe/source.h"

namespace reticle::probe {

/// The source `connections`: TCP and UDP conversations and listeners of every network namespace that our
/// processes live in, found by sweeps and stated as flows.
class Connections final : public Source {
  public:
    /// How often owners are looked for although no socket lacks one: sockets change hands.
    static constexpr std::chrono::seconds kOwnerRotation{10};

    /// `watch` may be shared with other sources. Without `use_diag` only /proc is read.
    Connections(std::shared_ptr<ProcessWatch> watch, report::NodeKey host, std::string_view boot_id,
                std::chrono::milliseconds interval, bool use_diag = true);

    [[nodiscard]] std::string_view name() const override { return "connections"; }
    [[nodiscard]] std::chrono::milliseconds interval() const override { return interval_; }
    Result<void> collect(LocalState& state, Now now) override;
    [[nodiscard]] std::uint64_t losses() const override { return reader_.failures() + flows_.collapsed(); }
    [[nodiscard]] std::string status() const override;

  private:
    void sweep_sockets(Now now);
    Result<void> find_owners(Now now);
    [[nodiscard]] bool owners_wanted() const;
    [[nodiscard]] std::string source_sentence() const;

    std::shared_ptr<ProcessWatch> watch_;
    std::string boot8_;
    std::chrono::milliseconds interval_;
    SocketReader reader_;
    SocketTable sockets_;
    ListenerTable listeners_;
    OwnerIndex owners_;
    FlowTable flows_;
    bool first_ = true;
    MonoTime walked_{};
};

}  // namespace reticle::probe
