#include <algorithm>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/wire/codec.h"
#include "tests/support/report_generators.h"

namespace reticle::report::wire {
namespace {

constexpr UtcNanos kNow = 1'795'311'324'123'456'789;

Frame frame_of(Report report) {
    Frame frame;
    frame.epoch = 1'795'300'000;
    frame.sequence = 7;
    frame.version = Version(1'795'300'000, 6);
    frame.now = kNow;
    frame.report = std::move(report);
    return frame;
}

Frame decoded(const std::string& bytes, const Limits& limits = {}) {
    auto message = decode(bytes, limits);
    if (!message) throw std::runtime_error(message.error().message);
    return std::get<Frame>(std::move(*message));
}

RC_GTEST_PROP(Wire, FramesComeBackAsTheyWere, (const Report& report)) {
    RC_ASSERT(decoded(encode(frame_of(report))).report == report);
}

RC_GTEST_PROP(Wire, FramesOfAWritersHistoryComeBack, (const std::vector<std::uint64_t>& seeds)) {
    Report state;
    std::uint64_t tick = 0;
    for (const std::uint64_t seed : seeds) test::mutate(state, Version(1'795'300'000, ++tick), seed);
    Frame frame = frame_of(state);
    frame.version = state.newest();
    frame.full = true;
    const Frame back = decoded(encode(frame));
    RC_ASSERT(back.report == state);
    RC_ASSERT(back.full);
    RC_ASSERT(back.version == frame.version);
    RC_ASSERT(back.epoch == frame.epoch);
    RC_ASSERT(back.sequence == frame.sequence);
    RC_ASSERT(back.now == frame.now);
}

TEST(Wire, LargeFramesComeBack) {
    Report report;
    for (int i = 0; i < 5000; ++i) {
        Node node({Topology::process,
                   Text("8f3a9c1e;" + std::to_string(100000 + i) + ";" + std::to_string(i * 31))});
        node.presence = Presence::alive_at(Version(1'795'300'000, 1 + i % 5));
        node.set(Key::pid, Version(1'795'300'000, 1), Value::integer(100000 + i));
        node.set(Key::cmdline, Version(1'795'300'000, 1),
                 Value::string("/usr/bin/worker --id=" + std::to_string(i)));
        report.nodes.push_back(node);
    }
    report.normalise();
    const std::string bytes = encode(frame_of(report));
    EXPECT_LT(bytes.size(), 5000U * 20);
    EXPECT_EQ(decoded(bytes).report, report);
}

TEST(Wire, TextsOfZeroBytesComeBack) {
    Report report;
    report.node({Topology::process, Text(std::string_view("\0\0", 2))}).presence =
        Presence::alive_at(Version(1, 1));
    EXPECT_EQ(decoded(encode(frame_of(report))).report, report);
}

TEST(Wire, FactsOfNothingButZerosComeBack) {
    Report report;
    report.flow({}).counters(1'795'300'000);
    report.flows[0].counters(0);
    report.listener({});
    report.aliases.push_back({});
    EXPECT_EQ(decoded(encode(frame_of(report))).report, report);
}

TEST(Wire, HelloComesBack) {
    Hello hello;
    hello.version = "0.1.0";
    hello.host_id = "h1";
    hello.host_name = "web-1";
    hello.boot_id = "b";
    hello.instance_id = "i";
    hello.cluster = "prod";
    hello.token = "secret";
    hello.epoch = 1'795'300'000;
    hello.now = kNow;
    hello.capabilities = {"sock_diag", "bpf"};
    const auto back = decode(encode(hello));
    ASSERT_TRUE(back);
    const auto& read = std::get<Hello>(*back);
    EXPECT_EQ(read.protocol_max, kProtocol);
    EXPECT_EQ(read.host_id, "h1");
    EXPECT_EQ(read.host_name, "web-1");
    EXPECT_EQ(read.boot_id, "b");
    EXPECT_EQ(read.instance_id, "i");
    EXPECT_EQ(read.cluster, "prod");
    EXPECT_EQ(read.token, "secret");
    EXPECT_EQ(read.epoch, hello.epoch);
    EXPECT_EQ(read.now, kNow);
    EXPECT_EQ(read.capabilities, hello.capabilities);
}

TEST(Wire, WelcomeAckAndGoodbyeComeBack) {
    const auto welcome = decode(encode(Welcome{1, "0.1.0", "app", 9, 1000, -5}));
    ASSERT_TRUE(welcome);
    EXPECT_EQ(std::get<Welcome>(*welcome).max_nodes, 1000U);
    EXPECT_EQ(std::get<Welcome>(*welcome).now, -5);
    const auto ack = decode(encode(Ack{9, 17, 16, true}));
    ASSERT_TRUE(ack);
    EXPECT_EQ(std::get<Ack>(*ack).sequence, 17U);
    EXPECT_EQ(std::get<Ack>(*ack).durable_sequence, 16U);
    EXPECT_TRUE(std::get<Ack>(*ack).watched);
    const auto goodbye = decode(encode(Goodbye{0, "stopping", false}));
    ASSERT_TRUE(goodbye);
    EXPECT_EQ(std::get<Goodbye>(*goodbye).reason, "stopping");
    EXPECT_FALSE(std::get<Goodbye>(*goodbye).retry);
}

TEST(Wire, BytesThatAreNoTextBecomeTextOnTheWay) {
    Report report;
    Node& node = report.node({Topology::process, "1"});
    node.set(Key::cmdline, Version(1, 1), Value::string("bad \xff name"));
    node.set(Key::local_networks, Version(1, 1), Value::list({"\xfe", "ok"}));
    node.set_label("k\xff", Version(1, 1), Value::string(std::string(100'000, 'x')));
    const Report back = decoded(encode(frame_of(report))).report;
    ASSERT_EQ(back.nodes.size(), 1U);
    EXPECT_EQ(back.nodes[0].value(Key::cmdline).as_string(), "bad \xEF\xBF\xBD name");
    EXPECT_EQ(back.nodes[0].labels()[0].value.as_string().size(), Limits().max_string_bytes);
}

TEST(Wire, KeysThatBecomeEqualAsTextAreJoined) {
    Report report;
    report.node({Topology::process, "\xfe"}).presence = Presence::alive_at(Version(1, 1));
    report.node({Topology::process, "\xff"}).presence = Presence::alive_at(Version(1, 2));
    report.node({Topology::process, "\xf0\x9f\x98\x80"}).presence = Presence::alive_at(Version(1, 3));
    const Report back = decoded(encode(frame_of(report))).report;
    ASSERT_EQ(back.nodes.size(), 2U);
    EXPECT_EQ(back.find(NodeKey{Topology::process, "\xEF\xBF\xBD"})->presence,
              Presence::alive_at(Version(1, 2)));
}

TEST(Wire, SamplesThatAreNoNumbersStayAtHome) {
    Report report;
    Node& node = report.node({Topology::host, "h"});
    node.metrics = {{Key::load1, Version(1, 1), std::numeric_limits<double>::infinity(), 1},
                    {Key::load5, Version(1, 1), 2, 2}};
    const Report back = decoded(encode(frame_of(report))).report;
    ASSERT_EQ(back.nodes[0].metrics.size(), 1U);
    EXPECT_EQ(back.nodes[0].metrics[0].key, Key::load5);
}

}  // namespace
}  // namespace reticle::report::wire
