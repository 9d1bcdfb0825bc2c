#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "report/report.h"
#include "report/version.h"

namespace reticle::bench {

/// How large a simulated fleet is.
struct FleetShape {
    std::uint32_t hosts = 10;
    std::uint32_t processes = 100;  ///< per host
    std::uint32_t flows = 2;        ///< per process: each talks to services on other hosts
};

/// One host of a fleet whose processes talk across it: the same seed gives the same facts. The server halves
/// of its peers' conversations are stated too, with equal witnesses, so that the app has real pairing to do.
class SimulatedHost {
  public:
    SimulatedHost(FleetShape shape, std::uint32_t index);

    [[nodiscard]] std::string id() const { return name_of(index_); }
    /// Everything this host states.
    report::Report full(report::Version version);
    /// A second of ordinary life: CPU and memory of a tenth of the processes move, the counters of some flows
    /// rise, and now and then a process is replaced by a successor. At least one fact changes.
    report::Report churn(report::Version version);
    /// A process that was not there before, connected to a service of the next host.
    report::Report newcomer(report::Version version, const std::string& name);

  private:
    struct Process {
        std::uint32_t pid = 0;
        std::uint32_t generation = 0;
    };

    static std::string name_of(std::uint32_t index);
    static report::IpAddress address_of(std::uint32_t index);
    [[nodiscard]] report::NodeKey key(const Process& process) const;
    [[nodiscard]] report::Node process_node(const Process& process, report::Version version,
                                            bool with_attributes);
    [[nodiscard]] report::Flow client_half(const Process& process, std::uint32_t flow,
                                           report::Version version) const;
    /// How many hosts further the server of a process's flow stands; the same on every host.
    [[nodiscard]] std::uint32_t distance(std::uint32_t process, std::uint32_t flow) const;
    [[nodiscard]] std::uint32_t client_of(std::uint32_t host, std::uint32_t process,
                                          std::uint32_t flow) const;
    [[nodiscard]] std::uint32_t peer_of(std::uint32_t host, std::uint32_t process, std::uint32_t flow) const;
    void add_server_halves(report::Report& report, report::Version version) const;

    FleetShape shape_;
    std::uint32_t index_;
    std::mt19937_64 random_;
    std::vector<Process> processes_;
    std::uint64_t bytes_ = 1000;
};

}  // namespace reticle::bench
