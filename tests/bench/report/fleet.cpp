#include "tests/bench/report/fleet.h"

#include <utility>

#include <fmt/format.h>

namespace reticle::bench {
namespace {

using report::Counters;
using report::Direction;
using report::Evidence;
using report::Flow;
using report::FlowKey;
using report::IpAddress;
using report::Key;
using report::Node;
using report::NodeKey;
using report::Presence;
using report::Protocol;
using report::Report;
using report::Text;
using report::Topology;
using report::Value;
using report::Version;
namespace wire = report::wire;

/// Scatters a number, so that neighbours differ like unrelated processes do.
std::uint64_t scattered(std::uint64_t number) {
    number = (number ^ number >> 31) * 0x9e3779b97f4a7c15ULL;
    return number ^ number >> 29;
}

std::uint64_t scattered(int number) {
    return scattered(static_cast<std::uint64_t>(number));
}

void sample_process(Node& node, int number, int metrics, Version version) {
    const std::uint64_t noise = scattered(static_cast<std::uint64_t>(number) * 1000 + version.tick());
    node.set_metric(Key::process_cpu_usage_percent, version, static_cast<double>(noise % 1000) / 100);
    if (metrics > 1) {
        node.set_metric(Key::process_memory_usage_bytes, version,
                        static_cast<double>(1 + noise % 5000) * 4096);
    }
    if (metrics > 2) node.set_metric(Key::open_files_count, version, static_cast<double>(3 + noise % 100));
}

void sample_host(Node& node, Version version) {
    const std::uint64_t noise = scattered(version.tick());
    node.set_metric(Key::host_cpu_usage_percent, version, static_cast<double>(noise % 1000) / 100);
    node.set_metric(Key::host_mem_usage_bytes, version, static_cast<double>(1'000'000 + noise % 5000) * 4096);
    node.set_metric(Key::load1, version, static_cast<double>(noise % 400) / 100);
    node.set_metric(Key::load5, version, static_cast<double>(noise % 300) / 100);
    node.set_metric(Key::probe_cpu_percent, version, static_cast<double>(noise % 50) / 100);
}

}  // namespace

NodeKey process_key(int number) {
    return {Topology::process,
            Text(fmt::format("8f3a9c1e;{};{}", 1000 + number, 20'000 + scattered(number) % 9'000'000))};
}

Node process(int number, Version version) {
    static constexpr const char* kPrograms[] = {"nginx", "postgres", "python3", "java", "node", "sshd"};
    const char* program = kPrograms[scattered(number) % 6];
    Node node(process_key(number));
    node.presence = Presence::alive_at(version);
    node.set(Key::pid, version, Value::integer(1000 + number));
    node.set(Key::ppid, version, Value::integer(1 + number / 10));
    node.set(Key::name, version, Value::string(program));
    node.set(Key::cmdline, version,
             Value::string(
                 fmt::format("/usr/bin/{} --config /etc/{}.conf --worker {}", program, program, number)));
    node.set(Key::exe, version, Value::string(fmt::format("/usr/bin/{}", program)));
    node.set(Key::user, version, Value::string("www-data"));
    node.set(Key::uid, version, Value::integer(33));
    node.set(Key::threads, version, Value::integer(1 + number % 8));
    node.set(Key::start_time, version,
             Value::time(kNow - static_cast<UtcNanos>(scattered(number) % 100'000) * 10'000'000));
    node.set(Key::cgroup, version, Value::string(fmt::format("/system.slice/{}.service", program)));
    node.set(Key::netns, version, Value::integer(4'026'531'840));
    sample_process(node, number, 3, version);
    return node;
}

Flow flow(int number, Version version) {
    FlowKey key;
    key.owner = process_key(number / 4);
    key.netns = 4'026'531'840;
    key.local = IpAddress::v4({10, 0, 0, 1});
    const std::uint64_t noise = scattered(number);
    key.peer =
        IpAddress::v4({10, 0, static_cast<std::uint8_t>(noise >> 8), static_cast<std::uint8_t>(noise)});
    key.service_port = static_cast<std::uint16_t>(number % 4 == 0 ? 5432 : 8000 + number % 4);
    key.protocol = Protocol::tcp;
    key.direction = Direction::outbound;
    Flow made(key);
    made.presence = Presence::alive_at(version);
    Counters& counters = made.counters(version.epoch());
    counters.opened = 1 + noise % 10;
    counters.closed = noise % 10;
    counters.bytes_sent = noise % 1'000'000;
    counters.bytes_received = noise % 10'000'000;
    counters.packets = noise % 10'000;
    made.rtt_version = version;
    made.rtt_us = static_cast<std::uint32_t>(200 + noise % 500);
    made.rtt_min_us = 150;
    made.first_seen = kNow - static_cast<UtcNanos>(noise % 10'000'000'000);
    made.last_seen = kNow;
    made.evidence = static_cast<std::uint8_t>(Evidence::sweep);
    made.witness_version = version;
    made.witnesses = {{noise, kNow, true}};
    return made;
}

Node host(Version version) {
    Node node({Topology::host, "9f2c41aa0b7d4e55"});
    node.presence = Presence::alive_at(version);
    node.set(Key::host_name, version, Value::string("web-1"));
    node.set(Key::os, version, Value::string("linux"));
    sample_host(node, version);
    return node;
}

Report processes(int count, Version version) {
    Report report;
    for (int i = 0; i < count; ++i) report.nodes.push_back(process(i, version));
    report.normalise();
    return report;
}

Report flows(int count, Version version) {
    Report report;
    for (int i = 0; i < count; ++i) report.flows.push_back(flow(i, version));
    report.normalise();
    return report;
}

Report samples(int processes, int step, int metrics, Version version) {
    Report report;
    for (int i = 0; i < processes; i += step) {
        Node node(process_key(i));
        sample_process(node, i, metrics, version);
        report.nodes.push_back(std::move(node));
    }
    report.normalise();
    return report;
}

Report host_samples(Version version) {
    Node node({Topology::host, "9f2c41aa0b7d4e55"});
    sample_host(node, version);
    Report report;
    report.nodes.push_back(std::move(node));
    return report;
}

wire::Frame frame(Report report, Version version) {
    wire::Frame made;
    made.epoch = kEpoch;
    made.sequence = version.tick();
    made.version = version;
    made.now = kNow;
    made.report = std::move(report);
    return made;
}

}  // namespace reticle::bench
