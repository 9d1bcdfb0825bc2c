// The bytes of protocol 1 as first released: a build that no longer reads them breaks every probe in the
// field. A new protocol gets a folder of its own, written once with RETICLE_WRITE_GOLDEN=1; the old ones
// stay.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "report/wire/codec.h"

namespace reticle::report::wire {
namespace {

constexpr std::uint64_t kEpoch = 1'795'300'000;
constexpr UtcNanos kNow = 1'795'311'324'123'456'789;

Report golden_report() {
    const Version born(kEpoch, 1);
    const Version now(kEpoch, 5);
    Report report;
    Node& host = report.node({Topology::host, "h1"});
    host.presence = Presence::alive_at(born);
    host.set(Key::host_name, born, Value::string("web-1"));
    host.set(Key::boot_time, born, Value::time(kNow - 3'600'000'000'000));
    host.set(Key::local_networks, born, Value::list({"10.0.0.1/24", "fe80::1/64"}));
    host.set_metric(Key::load1, now, 0.25);
    host.set_metric(Key::host_mem_usage_bytes, now, 7340032);
    Node& process = report.node({Topology::process, "8f3a9c1e;1234;88123"});
    process.presence = Presence::alive_at(Version(kEpoch, 3));
    process.set(Key::pid, Version(kEpoch, 3), Value::integer(1234));
    process.set(Key::cmdline, Version(kEpoch, 3), Value::string("nginx -g 'daemon off;' # ä"));
    process.set(Key::kernel_thread, Version(kEpoch, 3), Value::boolean(false));
    process.set_metric(Key::process_cpu_usage_percent, Version(kEpoch, 4), 12.5);
    process.set_metric(Key::process_cpu_usage_percent, now, 1.0 / 3);
    process.set_label("team", now, Value::real(2.5));
    process.set_parent({Topology::container, "c1"}, Presence::alive_at(now));
    report.node({Topology::process, "8f3a9c1e;1;7"}).presence = Presence::ended_at(now);

    FlowKey key;
    key.owner = {Topology::process, "8f3a9c1e;1234;88123"};
    key.netns = 4'026'531'840;
    key.local = IpAddress::v4({10, 0, 0, 1});
    key.peer = *IpAddress::parse("2001:db8::2");
    key.service_port = 5432;
    key.protocol = Protocol::tcp;
    key.direction = Direction::outbound;
    Flow& flow = report.flow(key);
    flow.presence = Presence::alive_at(now);
    flow.counters(kEpoch).opened = 10;
    flow.counters(kEpoch).bytes_sent = 123'456;
    flow.counters(kEpoch).failed[static_cast<std::size_t>(Failure::refused)] = 2;
    flow.rtt_version = now;
    flow.rtt_us = 310;
    flow.rtt_min_us = 120;
    flow.first_seen = kNow - 5'000'000'000;
    flow.last_seen = kNow;
    flow.evidence = static_cast<std::uint8_t>(Evidence::sweep);
    flow.witness_version = now;
    flow.witnesses = {{17, kNow, false}, {0xfedcba9876543210, kNow - 1, true}};
    flow.extra = std::make_unique<Flow::Extra>();
    flow.extra->dialled = {now, "10.0.0.9:5432"};
    key.peer_owner = {Topology::process, "8f3a9c1e;1;7"};
    key.protocol = Protocol::udp;
    key.direction = Direction::unknown;
    report.flow(key).presence = Presence::ended_at(now);

    const ListenerKey listener{
        {Topology::process, "8f3a9c1e;1234;88123"}, 0, IpAddress::v4({0, 0, 0, 0}), 80, Protocol::tcp};
    report.listener(listener).presence = Presence::alive_at(born);
    report.aliases.push_back({{0, IpAddress::v4({10, 0, 0, 9}), IpAddress::v4({172, 17, 0, 2}), 80, 8080,
                               Protocol::tcp, AliasKind::dnat},
                              Presence::alive_at(now),
                              4});
    return report;
}

Frame golden_frame() {
    Frame frame;
    frame.epoch = kEpoch;
    frame.sequence = 1;
    frame.full = true;
    frame.version = Version(kEpoch, 5);
    frame.now = kNow;
    frame.report = golden_report();
    return frame;
}

Frame golden_change() {
    Frame frame = golden_frame();
    frame.sequence = 2;
    frame.full = false;
    frame.report = changed_since(golden_report(), Version(kEpoch, 4));
    return frame;
}

Hello golden_hello() {
    Hello hello;
    hello.protocol_min = hello.protocol_max = 1;
    hello.version = "0.1.0";
    hello.host_id = "h1";
    hello.host_name = "web-1";
    hello.boot_id = "8f3a9c1e-0000";
    hello.instance_id = "42";
    hello.token = "secret";
    hello.epoch = kEpoch;
    hello.now = kNow;
    hello.capabilities = {"sock_diag"};
    return hello;
}

std::map<std::string, Message> golden_messages() {
    return {{"hello", golden_hello()},        {"welcome", Welcome{1, "0.1.0", "app-1", kEpoch, 0, kNow}},
            {"frame-full", golden_frame()},   {"frame-change", golden_change()},
            {"ack", Ack{kEpoch, 1, 0, true}}, {"goodbye", Goodbye{0, "stopping", true}}};
}

std::filesystem::path golden_file(const std::string& name) {
    return std::filesystem::path(RETICLE_TEST_DATA) / "report" / "protocol-1" / (name + ".bin");
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void expect_same(const Frame& read, const Frame& meant) {
    EXPECT_EQ(read.epoch, meant.epoch);
    EXPECT_EQ(read.sequence, meant.sequence);
    EXPECT_EQ(read.full, meant.full);
    EXPECT_EQ(read.version, meant.version);
    EXPECT_EQ(read.now, meant.now);
    EXPECT_EQ(read.report, meant.report);
}

TEST(Golden, BytesOfProtocol1StillSayTheSame) {
    for (const auto& [name, message] : golden_messages()) {
        SCOPED_TRACE(name);
        if (std::getenv("RETICLE_WRITE_GOLDEN") != nullptr) {
            std::filesystem::create_directories(golden_file(name).parent_path());
            std::ofstream(golden_file(name), std::ios::binary) << encode(message);
        }
        const std::string bytes = bytes_of(golden_file(name));
        ASSERT_FALSE(bytes.empty());
        const auto read = decode(bytes);
        ASSERT_TRUE(read) << read.error().message;
        ASSERT_EQ(read->index(), message.index());
        if (const auto* frame = std::get_if<Frame>(&message)) expect_same(std::get<Frame>(*read), *frame);
        if (const auto* hello = std::get_if<Hello>(&message)) {
            EXPECT_EQ(std::get<Hello>(*read).host_id, hello->host_id);
            EXPECT_EQ(std::get<Hello>(*read).capabilities, hello->capabilities);
            EXPECT_EQ(std::get<Hello>(*read).now, hello->now);
        }
    }
}

TEST(Golden, WhatThisBuildWritesReadsTheSame) {
    for (const Frame& frame : {golden_frame(), golden_change()}) {
        const auto read = decode(encode(frame));
        ASSERT_TRUE(read) << read.error().message;
        expect_same(std::get<Frame>(*read), frame);
    }
}

}  // namespace
}  // namespace reticle::report::wire
