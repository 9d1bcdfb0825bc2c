// Probe sessions on a real server.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/wire/codec.h"
#include "tests/support/app_server.h"

namespace reticle::test {
namespace {

namespace wire = report::wire;
using namespace std::chrono_literals;

/// A probe as far as the wire goes.
class FakeProbe {
  public:
    explicit FakeProbe(std::uint16_t port, std::string host_id = "h1", std::string instance = "i1")
        : client_(port), host_id_(std::move(host_id)), instance_(std::move(instance)) {
        client_.upgrade("/api/v1/probe");
    }

    RawClient& client() { return client_; }

    wire::Message greet() {
        wire::Hello hello;
        hello.version = "test";
        hello.host_id = host_id_;
        hello.host_name = host_id_;
        hello.boot_id = "boot";
        hello.instance_id = instance_;
        hello.epoch = 1'700'000'000;
        client_.send_binary(wire::encode(hello));
        wire::Message answer = receive();
        if (const auto* welcome = std::get_if<wire::Welcome>(&answer)) epoch_ = welcome->epoch;
        return answer;
    }

    /// States `hosts` processes; the answer.
    wire::Message state(int processes, bool full = true) {
        client_.send_binary(wire::encode(frame(processes, full)));
        return receive();
    }

    wire::Frame frame(int processes, bool full) {
        wire::Frame frame;
        frame.epoch = epoch_;
        frame.sequence = ++sequence_;
        frame.full = full;
        frame.version = report::Version(epoch_, sequence_);
        const auto alive = report::Presence::alive_at(frame.version);
        frame.report.node({report::Topology::host, report::Text(host_id_)}).presence = alive;
        for (int i = 0; i < processes; ++i) {
            frame.report.node({report::Topology::process, report::Text("boot;" + std::to_string(i) + ";1")})
                .presence = alive;
        }
        return frame;
    }

    wire::Message receive() {
        const WsFrame frame = client_.frame();
        if (frame.opcode != 2) {
            ADD_FAILURE() << "no message of the server; opcode " << frame.opcode;
            return wire::Goodbye{};
        }
        return wire::decode(frame.payload).value();
    }

    void goodbye() { client_.send_binary(wire::encode(wire::Goodbye{0, "stopping", true})); }

  private:
    RawClient client_;
    std::string host_id_, instance_;
    std::uint64_t epoch_ = 0, sequence_ = 0;
};

std::uint32_t goodbye_code(const wire::Message& message) {
    const auto* goodbye = std::get_if<wire::Goodbye>(&message);
    return goodbye == nullptr ? 999 : goodbye->code;
}

constexpr auto code(wire::GoodbyeCode code) {
    return static_cast<std::uint32_t>(code);
}

std::string probes(const AppServer& server) {
    RawClient client(server.port());
    return client.get("/api/v1/probes").body;
}

TEST(ProbeRoute, FactsAreInTheWorldOnceAcknowledged) {
    AppServer server;
    FakeProbe probe(server.port());
    ASSERT_TRUE(std::holds_alternative<wire::Welcome>(probe.greet()));
    const auto ack = probe.state(3);
    ASSERT_TRUE(std::holds_alternative<wire::Ack>(ack));
    EXPECT_EQ(std::get<wire::Ack>(ack).sequence, 1u);
    EXPECT_EQ(server.metric("world_nodes"), 4);
    EXPECT_EQ(server.metric("frames_total"), 1);
    EXPECT_NE(probes(server).find(R"("state":"live")"), std::string::npos);
}

TEST(ProbeRoute, AGoodbyeEndsItsThings) {
    AppServer server;
    FakeProbe probe(server.port());
    probe.greet();
    probe.state(1);
    probe.goodbye();
    EXPECT_TRUE(eventually([&] { return probes(server).find(R"("state":"ended")") != std::string::npos; }));
}

TEST(ProbeRoute, ADroppedConnectionEndsNothing) {
    AppServer server;
    {
        FakeProbe probe(server.port());
        probe.greet();
        probe.state(1);
    }
    EXPECT_TRUE(eventually([&] { return server.metric("probe_sessions") == 0; }));
    EXPECT_NE(probes(server).find(R"("state":"live")"), std::string::npos);
    FakeProbe again(server.port());
    EXPECT_TRUE(std::holds_alternative<wire::Welcome>(again.greet()));
}

TEST(ProbeRoute, ATwinIsRefusedAndShown) {
    AppServer server;
    FakeProbe probe(server.port());
    probe.greet();
    probe.state(1);
    FakeProbe twin(server.port(), "h1", "another");
    EXPECT_EQ(goodbye_code(twin.greet()), code(wire::GoodbyeCode::duplicate_host));
    RawClient viewer(server.port());
    viewer.upgrade("/api/v1/stream");
    viewer.frame();
    EXPECT_NE(viewer.frame().payload.find(R"("refused":[{"host_id":"h1")"), std::string::npos);
}

TEST(ProbeRoute, GarbageIsRefusedAndChangesNothing) {
    AppServer server;
    FakeProbe honest(server.port());
    honest.greet();
    honest.state(2);
    const std::string before = server.world();
    rc::check("any bytes", [&](const std::string& bytes) {
        RawClient client(server.port());
        client.upgrade("/api/v1/probe");
        client.send_binary(bytes);
        const WsFrame frame = client.frame();
        RC_ASSERT(frame.opcode == 2);
        const auto words = wire::decode(frame.payload);
        RC_ASSERT(words.has_value());
        RC_ASSERT(goodbye_code(*words) == code(wire::GoodbyeCode::malformed));
    });
    const std::string whole = wire::encode(honest.frame(50, false));
    honest.client().send_binary(whole.substr(0, whole.size() / 2));
    EXPECT_EQ(goodbye_code(honest.receive()), code(wire::GoodbyeCode::malformed));
    EXPECT_EQ(server.world(), before);
    EXPECT_GE(server.metric("frames_refused_total"), 1);
}

TEST(ProbeRoute, AMessageThatIsTooLargeIsRefusedInWords) {
    AppServer server;
    FakeProbe probe(server.port());
    probe.greet();
    // Announces an exabyte and begins to send it.
    probe.client().send(std::string("\x82\xff\x0f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14));
    const std::string part(1 << 20, 'x');
    for (int i = 0; i < 18; ++i) {
        if (!probe.client().send(part)) break;
    }
    EXPECT_EQ(goodbye_code(probe.receive()), code(wire::GoodbyeCode::too_large));
}

TEST(ProbeRoute, TextIsRefused) {
    AppServer server;
    FakeProbe probe(server.port());
    probe.client().send_text("hello");
    EXPECT_EQ(goodbye_code(probe.receive()), code(wire::GoodbyeCode::malformed));
}

TEST(ProbeRoute, SilenceIsNotAHello) {
    AppServer server;
    FakeProbe probe(server.port());
    EXPECT_EQ(goodbye_code(probe.receive()), code(wire::GoodbyeCode::malformed));
    EXPECT_EQ(probe.client().closing_frame().close_code(), 1008);
}

TEST(ProbeRoute, AStopSaysGoodbyeAndAsksToComeBack) {
    AppServer server;
    FakeProbe probe(server.port());
    probe.greet();
    probe.state(1);
    server->stop();
    const auto words = probe.receive();
    EXPECT_EQ(goodbye_code(words), code(wire::GoodbyeCode::stopping));
    EXPECT_TRUE(std::get<wire::Goodbye>(words).retry);
    EXPECT_EQ(probe.client().closing_frame().close_code(), 1001);
    server->wait();
}

TEST(ProbeRoute, ARestartedServerIsToldEverythingAnew) {
    std::string before;
    {
        AppServer server;
        FakeProbe probe(server.port());
        probe.greet();
        probe.state(5);
        before = std::to_string(server.metric("world_nodes"));
    }
    AppServer server;
    FakeProbe probe(server.port());
    probe.greet();
    probe.state(5);
    EXPECT_EQ(std::to_string(server.metric("world_nodes")), before);
}

}  // namespace
}  // namespace reticle::test
