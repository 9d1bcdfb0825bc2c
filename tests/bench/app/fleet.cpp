#include "tests/bench/app/fleet.h"

#include <algorithm>

namespace reticle::bench {
namespace {

using report::Direction;
using report::Evidence;
using report::Flow;
using report::IpAddress;
using report::Key;
using report::Listener;
using report::Node;
using report::NodeKey;
using report::Presence;
using report::Protocol;
using report::Text;
using report::Topology;
using report::Value;
using report::Version;

constexpr std::uint32_t kFirstPid = 1000;
constexpr std::uint32_t kServices = 4;  ///< the first processes of a host listen
constexpr std::uint16_t kFirstPort = 7000;
constexpr std::uint64_t kNamespace = 4026531840;

std::uint16_t service_port(std::uint32_t service) {
    return static_cast<std::uint16_t>(kFirstPort + service);
}

std::uint16_t client_port(std::uint32_t process, std::uint32_t flow) {
    return static_cast<std::uint16_t>(32768 + (process * 16 + flow) % 28000);
}

}  // namespace

SimulatedHost::SimulatedHost(FleetShape shape, std::uint32_t index)
    : shape_(shape), index_(index), random_(index + 1) {
    for (std::uint32_t i = 0; i < shape.processes; ++i) processes_.push_back({kFirstPid + i, 0});
}

std::string SimulatedHost::name_of(std::uint32_t index) {
    return "sim-" + std::to_string(index);
}

IpAddress SimulatedHost::address_of(std::uint32_t index) {
    return IpAddress::v4({10, static_cast<std::uint8_t>(index >> 16), static_cast<std::uint8_t>(index >> 8),
                          static_cast<std::uint8_t>(index)});
}

NodeKey SimulatedHost::key(const Process& process) const {
    return {Topology::process,
            Text("5e1f0b07;" + std::to_string(process.pid) + ";" + std::to_string(process.generation))};
}

std::uint32_t SimulatedHost::distance(std::uint32_t process, std::uint32_t flow) const {
    return 1 + (process * 7 + flow * 13) % std::max(1u, shape_.hosts - 1);
}

std::uint32_t SimulatedHost::peer_of(std::uint32_t host, std::uint32_t process, std::uint32_t flow) const {
    return (host + distance(process, flow)) % shape_.hosts;
}

std::uint32_t SimulatedHost::client_of(std::uint32_t host, std::uint32_t process, std::uint32_t flow) const {
    return (host + shape_.hosts - distance(process, flow)) % shape_.hosts;
}

Node SimulatedHost::process_node(const Process& process, Version version, bool with_attributes) {
    Node node(key(process));
    node.presence = Presence::alive_at(version);
    const std::string name = process.pid < kFirstPid + kServices
                                 ? "service" + std::to_string(process.pid - kFirstPid)
                                 : "worker" + std::to_string(process.pid % 10);
    if (with_attributes) {
        node.set(Key::pid, version, Value::integer(process.pid));
        node.set(Key::ppid, version, Value::integer(1));
        node.set(Key::name, version, Value::string(Text(name)));
        node.set(Key::cmdline, version,
                 Value::string(Text("/usr/bin/" + name + " --config /etc/" + name + ".conf")));
        node.set(Key::exe, version, Value::string(Text("/usr/bin/" + name)));
        node.set(Key::user, version, Value::string(Text("www-data")));
        node.set(Key::threads, version, Value::integer(4));
        node.set(Key::start_time, version, Value::time(1'700'000'000'000'000'000 + process.pid));
        node.set(Key::cgroup, version, Value::string(Text("/system.slice/" + name + ".service")));
        node.set(Key::netns, version, Value::integer(static_cast<std::int64_t>(kNamespace)));
    }
    node.set_metric(Key::process_cpu_usage_percent, version, static_cast<double>(random_() % 1000) / 10);
    node.set_metric(Key::process_memory_usage_bytes, version, static_cast<double>((random_() % 4096) << 16));
    return node;
}

Flow SimulatedHost::client_half(const Process& process, std::uint32_t flow, Version version) const {
    const std::uint32_t number = process.pid - kFirstPid;
    const std::uint32_t peer = peer_of(index_, number, flow);
    Flow half;
    half.key.owner = key(process);
    half.key.netns = kNamespace;
    half.key.local = address_of(index_);
    half.key.peer = address_of(peer);
    half.key.service_port = service_port(number % kServices);
    half.key.protocol = Protocol::tcp;
    half.key.direction = Direction::outbound;
    half.presence = Presence::alive_at(version);
    half.evidence = static_cast<std::uint8_t>(Evidence::sweep);
    auto& counters = half.counters(version.epoch());
    counters.opened = 1;
    counters.bytes_sent = bytes_;
    counters.bytes_received = bytes_ * 3;
    half.witness_version = Version(version.epoch(), 1);
    half.witnesses.push_back(
        {.hash = report::flow_witness(Protocol::tcp, half.key.local, client_port(number, flow), half.key.peer,
                                      half.key.service_port),
         .seen = 0,
         .open = true});
    return half;
}

void SimulatedHost::add_server_halves(report::Report& report, Version version) const {
    for (std::uint32_t process = kServices; process < shape_.processes; ++process) {
        for (std::uint32_t flow = 0; flow < shape_.flows; ++flow) {
            const std::uint32_t host = client_of(index_, process, flow);
            if (host == index_) continue;
            Flow half;
            half.key.owner = key(processes_[process % kServices]);
            half.key.netns = kNamespace;
            half.key.local = address_of(index_);
            half.key.peer = address_of(host);
            half.key.service_port = service_port(process % kServices);
            half.key.protocol = Protocol::tcp;
            half.key.direction = Direction::inbound;
            half.presence = Presence::alive_at(version);
            half.evidence = static_cast<std::uint8_t>(Evidence::sweep);
            half.counters(version.epoch()).opened = 1;
            half.witness_version = version;
            half.witnesses.push_back(
                {.hash = report::flow_witness(Protocol::tcp, half.key.peer, client_port(process, flow),
                                              half.key.local, half.key.service_port),
                 .seen = 0,
                 .open = true});
            report.flows.push_back(std::move(half));
        }
    }
}

report::Report SimulatedHost::full(Version version) {
    report::Report report;
    Node host({Topology::host, Text(id())});
    host.presence = Presence::alive_at(version);
    host.set(Key::host_name, version, Value::string(Text(id())));
    host.set(Key::host_cpu_count, version, Value::integer(8));
    host.set_metric(Key::load1, version, 1.5);
    report.nodes.push_back(std::move(host));
    Node netns({Topology::network_namespace, Text(std::to_string(kNamespace))});
    netns.presence = Presence::alive_at(version);
    netns.set(Key::addresses, version, Value::list({address_of(index_).to_string() + "/8", "127.0.0.1/8"}));
    report.nodes.push_back(std::move(netns));
    for (const Process& process : processes_) report.nodes.push_back(process_node(process, version, true));
    for (std::uint32_t service = 0; service < kServices; ++service) {
        Listener listener;
        listener.key = {.owner = key(processes_[service]),
                        .netns = kNamespace,
                        .address = IpAddress::v4({0, 0, 0, 0}),
                        .port = service_port(service),
                        .protocol = Protocol::tcp};
        listener.presence = Presence::alive_at(version);
        report.listeners.push_back(listener);
    }
    for (std::uint32_t process = kServices; process < shape_.processes; ++process) {
        for (std::uint32_t flow = 0; flow < shape_.flows; ++flow) {
            report.flows.push_back(client_half(processes_[process], flow, version));
        }
    }
    add_server_halves(report, version);
    report.normalise();
    return report;
}

report::Report SimulatedHost::churn(Version version) {
    report::Report report;
    bytes_ += 1 + random_() % 5000;
    const std::size_t moved = std::max<std::size_t>(1, processes_.size() / 10);
    for (std::size_t i = 0; i < moved; ++i) {
        const std::size_t pick = kServices + random_() % (processes_.size() - kServices);
        Process& process = processes_[pick];
        if (random_() % 50 == 0) {
            Node gone(key(process));
            gone.presence = Presence::ended_at(version);
            report.nodes.push_back(std::move(gone));
            ++process.generation;
            report.nodes.push_back(process_node(process, version, true));
        } else {
            Node node = process_node(process, version, false);
            node.presence = Presence();
            report.nodes.push_back(std::move(node));
        }
        report.flows.push_back(
            client_half(process, static_cast<std::uint32_t>(random_() % shape_.flows), version));
    }
    report.normalise();
    return report;
}

report::Report SimulatedHost::newcomer(Version version, const std::string& name) {
    report::Report report;
    Process process{kFirstPid + 100'000 + static_cast<std::uint32_t>(version.tick()), 0};
    Node node = process_node(process, version, true);
    node.set(Key::name, Version(version.epoch(), version.tick() + 1), Value::string(Text(name)));
    report.nodes.push_back(std::move(node));
    report.flows.push_back(client_half(process, 0, version));
    report.normalise();
    return report;
}

}  // namespace reticle::bench
