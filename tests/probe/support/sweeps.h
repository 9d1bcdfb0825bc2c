#pragma once

#include <map>
#include <string>
#include <vector>

#include "probe/connections/flow_table.h"
#include "probe/local_state.h"
#include "tests/probe/support/sockets.h"
#include "tests/probe/support/times.h"

namespace reticle::test {

/// The connection source without a kernel: sockets and their holders in, flows in words out.
class Sweeps {
  public:
    static constexpr std::string_view kBoot = "b00t";

    explicit Sweeps(std::size_t max_peers = probe::FlowTable::kMaxPeers)
        : flows_(state_.host(), std::string(kBoot), max_peers) {}

    /// Says which socket inodes a process holds; its start time is its pid unless told otherwise.
    void process(pid_t pid, std::vector<std::uint64_t> inodes, std::uint64_t start = 0) {
        probe::Process process;
        process.pid = pid;
        process.start_ticks = start != 0 ? start : static_cast<std::uint64_t>(pid);
        process.cpu_nanos = ++cpu_;  // it ran
        processes_[pid] = process;
        std::sort(inodes.begin(), inodes.end());
        held_[pid] = std::move(inodes);
    }
    void exit(pid_t pid) {
        processes_.erase(pid);
        held_.erase(pid);
    }

    void sweep(const std::vector<probe::Socket>& sockets) {
        second_ += 2;
        sockets_.begin_sweep();
        listeners_.begin_sweep();
        for (const probe::Socket& socket : sockets) {
            if (probe::is_listener(socket)) {
                listeners_.seen(socket);
            } else {
                sockets_.seen(socket);
            }
        }
        sockets_.end_sweep({});
        listeners_.end_sweep({}, now().mono);
        std::vector<probe::Process> rows;
        for (const auto& [pid, process] : processes_) rows.push_back(process);
        table_.begin_refresh();
        table_.reconcile(rows);
        owners_.follow(table_);
        owners_.walk(table_);
        flows_.sweep(sockets_, listeners_, owners_, first_, now());
        first_ = false;
        listeners_.state(state_, owners_, kBoot);
        flows_.state(state_, now());
        state_.flush(now());
    }

    [[nodiscard]] Now now() const { return at_second(second_); }
    void pass(double seconds) { second_ += seconds; }
    [[nodiscard]] const probe::LocalState& state() const { return state_; }
    [[nodiscard]] probe::LocalState& state() { return state_; }
    [[nodiscard]] const probe::FlowTable& flows() const { return flows_; }

    /// The living flows, one word each: "7 -> 8 10.0.0.2:80" (owner, direction, peer's owner, peer, service).
    [[nodiscard]] std::vector<std::string> living() const {
        std::vector<std::string> words;
        for (const report::Flow& flow : state_.state().flows)
            if (flow.presence.alive()) words.push_back(word(flow));
        return words;
    }
    static std::string word(const report::Flow& flow) {
        std::string text = owner(flow.key.owner);
        text += flow.key.direction == report::Direction::outbound  ? " -> "
                : flow.key.direction == report::Direction::inbound ? " <- "
                                                                   : " -- ";
        if (!flow.key.peer_owner.none()) text += owner(flow.key.peer_owner) + " ";
        return text + flow.key.peer.to_string() + ":" + std::to_string(flow.key.service_port);
    }
    /// The one flow there is, living or not.
    [[nodiscard]] const report::Flow& only() const { return state_.state().flows.at(0); }

  private:
    static std::string owner(const report::NodeKey& key) {
        if (key.topology == report::Topology::host) return "host";
        const std::string_view id = key.id.view();
        const auto begin = id.find(';') + 1;
        return std::string(id.substr(begin, id.rfind(';') - begin));
    }

    double second_ = 0;
    bool first_ = true;
    std::uint64_t cpu_ = 0;
    std::map<pid_t, probe::Process> processes_;
    std::map<pid_t, std::vector<std::uint64_t>> held_;
    probe::LocalState state_{"h1", 1};
    probe::SocketTable sockets_;
    probe::ListenerTable listeners_;
    probe::ProcessTable table_;
    probe::OwnerIndex owners_{[this](pid_t pid, std::vector<std::uint64_t>& inodes) {
        inodes = held_[pid];
        return true;
    }};
    probe::FlowTable flows_;
};

}  // namespace reticle::test
