#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "probe/host/host_facts.h"
#include "probe/host/interfaces.h"
#include "probe/os/clocks.h"
#include "probe/processes/net_namespaces.h"
#include "probe/processes/process_watch.h"
#include "probe/source.h"

namespace reticle::probe {

/// The source `host`: the machine itself, its network namespaces with the addresses they own, and what this
/// probe costs.
class Host final : public Source {
  public:
    /// What never changes while the probe runs.
    struct Options {
        std::string version = {};    ///< of this program
        std::string cluster = {};    ///< the label, if any
        std::string host_name = {};  ///< instead of the kernel's, if not empty
        std::string os_release = "/etc/os-release";
        std::chrono::milliseconds interval{std::chrono::seconds(2)};
        std::int64_t (*boot_nanos)() = os::boot_nanos;  ///< a parameter for tests
    };

    /// Addresses are read this often; those of a namespace not seen before at once.
    static constexpr std::chrono::seconds kAddressPace{10};

    /// `watch` may be shared with other sources.
    Host(std::shared_ptr<ProcessWatch> watch, Options options);

    [[nodiscard]] std::string_view name() const override { return "host"; }
    [[nodiscard]] std::chrono::milliseconds interval() const override { return options_.interval; }
    Result<void> collect(LocalState& state, Now now) override;
    [[nodiscard]] std::uint64_t losses() const override { return 0; }
    [[nodiscard]] std::string status() const override;

  private:
    struct Known {
        MonoTime read{};
        bool present = false;
    };

    void state_identity(LocalState& state);
    void state_clock(LocalState& state, Now now);
    void state_load(LocalState& state, Now now);
    void state_probe(LocalState& state, Now now);
    void state_namespaces(LocalState& state, Now now);
    Result<void> state_addresses(LocalState& state, const NetNamespace& ns);
    bool read(const char* path);

    std::shared_ptr<ProcessWatch> watch_;
    Options options_;
    std::uint64_t own_namespace_;
    os::BootClock clock_;
    std::optional<MachineTime> machine_time_;
    std::optional<std::uint64_t> probe_nanos_;
    MonoTime probe_sampled_{};
    std::map<std::uint64_t, Known> namespaces_;
    std::string addresses_missing_;  // why those of some namespaces are not known
    std::string buffer_;
};

/// The boot id of the kernel behind a /proc, or empty.
std::string read_boot_id(const os::ProcFs& proc);

}  // namespace reticle::probe
