#include "tests/bench/world/fleet.h"

#include <cstdlib>
#include <iostream>
#include <utility>

namespace reticle::bench {

using report::Direction;
using report::Flow;
using report::IpAddress;
using report::Key;
using report::Node;
using report::NodeKey;
using report::Presence;
using report::Topology;
using report::Value;
using report::Version;

namespace {

constexpr std::uint64_t kEpoch = 1000;
constexpr std::uint64_t kNetns = 4026531840;

IpAddress address_of(int host) {
    return IpAddress::v4({10, static_cast<std::uint8_t>(host >> 16), static_cast<std::uint8_t>(host >> 8),
                          static_cast<std::uint8_t>(host)});
}

std::uint16_t port_of(int slot) {
    return static_cast<std::uint16_t>(1000 + slot);
}

}  // namespace

Fleet::Fleet(app::World& world, int hosts) : world_(world), hosts_(static_cast<std::size_t>(hosts)) {
    now_.mono = MonoTime(std::chrono::hours(1));
    now_.utc = 1'800'000'000'000'000'000;
    for (int host = 0; host < hosts; ++host) {
        Host& each = hosts_[static_cast<std::size_t>(host)];
        each.id = "host-" + std::to_string(host);
        for (int slot = 0; slot < kProcesses; ++slot) each.pids.push_back(each.next_pid++);
        report::wire::Hello hello;
        hello.host_id = hello.host_name = each.id;
        hello.boot_id = hello.instance_id = "1";
        hello.epoch = kEpoch;
        if (!world_.open(hello, now_)) std::abort();
    }
    for (int host = 0; host < hosts; ++host) send(host, state(host), true);
}

NodeKey Fleet::key(int host, int slot) const {
    const auto pid = hosts_[static_cast<std::size_t>(host)].pids[static_cast<std::size_t>(slot)];
    return {Topology::process, "9f2c41aa;" + std::to_string(pid) + ";88123"};
}

Node Fleet::process(int host, int slot, Version version) const {
    Node node(key(host, slot));
    node.presence = Presence::alive_at(version);
    const auto pid = hosts_[static_cast<std::size_t>(host)].pids[static_cast<std::size_t>(slot)];
    node.set(Key::pid, version, Value::integer(pid));
    node.set(Key::ppid, version, Value::integer(1));
    node.set(Key::name, version, Value::string("service-" + std::to_string(slot)));
    node.set(Key::cmdline, version, Value::string("/usr/bin/service --shard=" + std::to_string(slot)));
    node.set(Key::exe, version, Value::string("/usr/bin/service"));
    node.set(Key::user, version, Value::string("www-data"));
    node.set(Key::uid, version, Value::integer(33));
    node.set(Key::threads, version, Value::integer(4));
    node.set(Key::netns, version, Value::integer(static_cast<std::int64_t>(kNetns)));
    node.set_metric(Key::process_cpu_usage_percent, version, 1.5);
    node.set_metric(Key::process_memory_usage_bytes, version, 5e6);
    node.set_metric(Key::open_files_count, version, 12);
    return node;
}

Flow Fleet::half(int host, int slot, bool client, Version version) const {
    const int count = hosts();
    const int other = (client ? host + 1 + slot : host - 1 - slot + 4 * count * kProcesses) % count;
    Flow flow;
    flow.key.owner = key(host, slot);
    flow.key.netns = kNetns;
    flow.key.local = address_of(host);
    flow.key.peer = address_of(other);
    flow.key.service_port = port_of(slot);
    flow.key.protocol = report::Protocol::tcp;
    flow.key.direction = client ? Direction::outbound : Direction::inbound;
    flow.presence = Presence::alive_at(version);
    auto& counters = flow.counters(kEpoch);
    counters.opened = 1;
    counters.bytes_sent = version.tick() * 100;
    counters.bytes_received = version.tick() * 1000;
    flow.rtt_version = version;
    flow.rtt_us = 300;
    flow.evidence = static_cast<std::uint8_t>(report::Evidence::sweep);
    flow.witness_version = Version(kEpoch, 1);
    const int from = client ? host : other;
    flow.witnesses = {
        {report::flow_witness(flow.key.protocol, address_of(from), static_cast<std::uint16_t>(40000 + slot),
                              address_of(client ? other : host), port_of(slot)),
         0, true}};
    return flow;
}

report::Report Fleet::state(int host) const {
    const Version version(kEpoch, 1);
    report::Report report;
    const std::string& id = hosts_[static_cast<std::size_t>(host)].id;
    auto& node = report.node({Topology::host, id});
    node.presence = Presence::alive_at(version);
    auto& netns = report.node({Topology::network_namespace, std::to_string(kNetns)});
    netns.presence = Presence::alive_at(version);
    netns.set(Key::addresses, version, Value::list({address_of(host).to_string() + "/8", "127.0.0.1/8"}));
    for (int slot = 0; slot < kProcesses; ++slot) {
        report.nodes.push_back(process(host, slot, version));
        report.flows.push_back(half(host, slot, true, version));
        report.flows.push_back(half(host, slot, false, version));
        report::Listener listener;
        listener.key = {key(host, slot), kNetns, IpAddress::v4({0, 0, 0, 0}), port_of(slot),
                        report::Protocol::tcp};
        listener.presence = Presence::alive_at(version);
        report.listeners.push_back(listener);
    }
    report.normalise();
    return report;
}

std::size_t Fleet::send(int host, report::Report report, bool full) {
    Host& each = hosts_[static_cast<std::size_t>(host)];
    report::wire::Frame frame;
    frame.epoch = kEpoch;
    frame.sequence = ++each.sequence;
    frame.version = Version(kEpoch, each.sequence);
    frame.full = full;
    frame.now = now_.utc;
    frame.report = std::move(report);
    const std::size_t facts = frame.report.size();
    auto applied = world_.apply(each.id, std::move(frame), now_);
    if (!applied || !*applied) std::abort();
    applied_.clear();
    if (!full) applied_.push_back(std::move(**applied));
    return facts;
}

std::size_t Fleet::sample(int host, const std::vector<app::Applied>*& applied) {
    const Version version(kEpoch, hosts_[static_cast<std::size_t>(host)].sequence + 1);
    report::Report report;
    for (int slot = 0; slot < kProcesses; ++slot) {
        Node node(key(host, slot));
        node.set_metric(Key::process_cpu_usage_percent, version,
                        static_cast<double>((version.tick() + slot) % 100));
        report.nodes.push_back(std::move(node));
        if (slot % 5 == 0) report.flows.push_back(half(host, slot, true, version));
    }
    report.normalise();
    const std::size_t facts = send(host, std::move(report), false);
    applied = &applied_;
    return facts;
}

std::size_t Fleet::churn(int host, const std::vector<app::Applied>*& applied) {
    Host& each = hosts_[static_cast<std::size_t>(host)];
    const Version version(kEpoch, each.sequence + 1);
    const int slot = static_cast<int>(each.sequence % kProcesses);
    const auto end = [&](auto fact) {
        fact.presence = Presence::ended_at(version);
        return fact;
    };
    report::Report report;
    report.nodes.push_back(end(Node(key(host, slot))));
    report.flows.push_back(end(half(host, slot, true, version)));
    each.pids[static_cast<std::size_t>(slot)] = each.next_pid++;
    report.nodes.push_back(process(host, slot, version));
    report.flows.push_back(half(host, slot, true, version));
    report.normalise();
    const std::size_t facts = send(host, std::move(report), false);
    applied = &applied_;
    return facts;
}

void Fleet::pass(std::chrono::milliseconds time) {
    now_.mono += time;
    now_.utc += std::chrono::nanoseconds(time).count();
}

}  // namespace reticle::bench
