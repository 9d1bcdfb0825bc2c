// The viewers' WebSocket of a real server.
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/app_server.h"

namespace reticle::test {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

Json next_of_type(RawClient& client, const std::string& type) {
    while (true) {
        const WsFrame frame = client.frame();
        if (frame.opcode != 1) return Json{{"type", "none"}, {"opcode", frame.opcode}};
        Json message = Json::parse(frame.payload);
        if (message["type"] == type) return message;
    }
}

void post_hosts(AppServer& server, int count) {
    Json report{{"writer", "script-1"}, {"window_seconds", 60}, {"nodes", Json::array()}};
    for (int i = 0; i < count; ++i) {
        report["nodes"].push_back({{"topology", "process"},
                                   {"id", "boot;" + std::to_string(i) + ";1"},
                                   {"attributes", {{"name", "p" + std::to_string(i)}, {"pid", i}}}});
    }
    report["nodes"].push_back({{"topology", "host"}, {"id", "script-1"}});
    RawClient client(server.port());
    client.deadline(60s);  // sanitizers on a busy machine
    const HttpAnswer answer = client.post("/api/v1/report", report.dump());
    ASSERT_EQ(answer.status, 200) << answer.body;
}

TEST(Stream, BeginsWithHelloAndStatus) {
    AppServer server;
    RawClient client(server.port());
    ASSERT_EQ(client.upgrade("/api/v1/stream").status, 101);
    const Json hello = Json::parse(client.frame().payload);
    EXPECT_EQ(hello["type"], "hello");
    EXPECT_EQ(hello["app_epoch"].get<std::string>().size(), 8u);
    const Json status = Json::parse(client.frame().payload);
    EXPECT_EQ(status["type"], "status");
    EXPECT_EQ(status["probes"], (Json{{"live", 0}, {"stale", 0}, {"ended", 0}}));
    EXPECT_TRUE(status["views"].contains("processes"));
    EXPECT_EQ(next_of_type(client, "status")["type"], "status") << "and about once a second";
}

TEST(Stream, ASubscriptionStartsWithAResetAndFollows) {
    AppServer server;
    RawClient client(server.port());
    client.upgrade("/api/v1/stream");
    client.send_text(R"({"type":"subscribe","sub":5,"view":"processes","options":{"unconnected":"show"}})");
    Json delta = next_of_type(client, "delta");
    EXPECT_EQ(delta["sub"], 5);
    EXPECT_EQ(delta["reset"], true);
    post_hosts(server, 3);
    std::size_t put = 0;
    while (put < 3) {
        delta = next_of_type(client, "delta");
        ASSERT_EQ(delta["type"], "delta");
        if (delta.contains("nodes")) put += delta["nodes"].value("put", Json::array()).size();
    }
    EXPECT_EQ(put, 3u);
}

TEST(Stream, MistakesAreAnsweredWithErrors) {
    AppServer server;
    RawClient client(server.port());
    client.upgrade("/api/v1/stream");
    const std::pair<const char*, const char*> cases[] = {
        {"nonsense", "bad_message"},
        {R"({"type":"subscribe","sub":1,"view":"nope"})", "unknown_view"},
        {R"({"type":"subscribe","sub":1,"view":"hosts","options":{"nope":"x"}})", "unknown_option"},
        {R"({"type":"subscribe","sub":1,"view":"processes","options":{"unconnected":"x"}})",
         "unknown_option"},
        {R"({"type":"subscribe","sub":65,"view":"hosts"})", "bad_message"},
        {R"({"type":"unsubscribe","sub":9})", "unknown_subscription"},
    };
    for (const auto& [message, code] : cases) {
        client.send_text(message);
        const Json error = next_of_type(client, "error");
        EXPECT_EQ(error["code"], code) << message;
        EXPECT_FALSE(error["message"].get<std::string>().empty());
    }
}

TEST(Stream, UnsubscribingEndsTheDeltas) {
    AppServer server;
    RawClient client(server.port());
    client.upgrade("/api/v1/stream");
    client.send_text(R"({"type":"subscribe","sub":1,"view":"hosts"})");
    next_of_type(client, "delta");
    EXPECT_EQ(server.metric("subscriptions"), 1);
    client.send_text(R"({"type":"unsubscribe","sub":1})");
    EXPECT_TRUE(eventually([&] { return server.metric("subscriptions") == 0; }));
}

TEST(Stream, AClientThatGoesLeavesNothingBehind) {
    AppServer server;
    {
        RawClient client(server.port());
        client.upgrade("/api/v1/stream");
        client.send_text(R"({"type":"subscribe","sub":1,"view":"hosts"})");
        next_of_type(client, "delta");
        EXPECT_EQ(server.metric("streams"), 1);
    }
    EXPECT_TRUE(
        eventually([&] { return server.metric("streams") == 0 && server.metric("subscriptions") == 0; }));
}

TEST(Stream, TooManyMessagesCloseItWithWords) {
    AppServer server;
    RawClient client(server.port());
    client.upgrade("/api/v1/stream");
    for (int i = 0; i < 500; ++i) client.send_text(R"({"type":"unsubscribe","sub":1})");
    const WsFrame close = client.closing_frame();
    EXPECT_EQ(close.close_code(), 1008);
    EXPECT_FALSE(close.close_reason().empty());
}

TEST(Stream, WrongFramesCloseIt) {
    AppServer server;
    const std::pair<std::string, int> cases[] = {
        {std::string("\x82\x81\0\0\0\0x", 7), 1003},                                             // binary
        {std::string("\x81\xff\0\0\0\0\0\1\0\1\0\0\0\0", 14) + std::string(65'537, 'a'), 1009},  // too large
        {std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14) + std::string(100'000, 'a'),
         1009},
        {std::string("\x81\x82\0\0\0\0\xff\xfe", 8), 1007},  // not UTF-8
        {std::string("\x81\x01x", 3), 1002},                 // not masked
        {std::string("\xf1\x80\0\0\0\0", 6), 1002},          // reserved bits
        {std::string("\x83\x80\0\0\0\0", 6), 1002},          // reserved opcode
    };
    for (const auto& [bytes, code] : cases) {
        RawClient client(server.port());
        client.upgrade("/api/v1/stream");
        client.send(bytes);
        EXPECT_EQ(client.closing_frame().close_code(), code) << testing::PrintToString(bytes.substr(0, 14));
    }
    EXPECT_TRUE(eventually([&] { return server.metric("streams") == 0; }));
}

TEST(Stream, ATruncatedFrameIsJustAGoneClient) {
    AppServer server;
    {
        RawClient client(server.port());
        client.upgrade("/api/v1/stream");
        client.send(std::string("\x81\xfe\x01", 3));
    }
    EXPECT_TRUE(eventually([&] { return server.metric("streams") == 0; }));
}

TEST(Stream, AClientThatDoesNotReadCostsABoundedBuffer) {
    AppServer server;
    RawClient client(server.port());
    const int small = 4096;
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    client.upgrade("/api/v1/stream");
    for (int sub = 1; sub <= 64; ++sub) {
        client.send_text(R"({"type":"subscribe","sub":)" + std::to_string(sub) +
                         R"(,"view":"processes","options":{"unconnected":"show"}})");
    }
    EXPECT_TRUE(eventually([&] { return server.metric("subscriptions") == 64; }));
    post_hosts(server, 400);
    const double before = server.metric("sent_bytes_total");
    for (int round = 1; round <= 3; ++round) post_hosts(server, 400 + round);
    // What the client was sent is at most what the kernel took: news waits as ids, not as messages.
    EXPECT_LT(server.metric("sent_bytes_total") - before, 4e6);
    RawClient other(server.port());
    EXPECT_EQ(other.get("/api/v1/views").status, 200) << "and nobody else waits for it";
}

TEST(Stream, AClientThatReadsNothingIsDropped) {
    app::Config config = server_config();
    config.http.write_timeout = 1s;
    AppServer server(config);
    post_hosts(server, 800);
    RawClient client(server.port());
    const int small = 4096;
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    client.upgrade("/api/v1/stream");
    for (int sub = 1; sub <= 20; ++sub) {
        client.send_text(R"({"type":"subscribe","sub":)" + std::to_string(sub) +
                         R"(,"view":"processes","options":{"unconnected":"show"}})");
    }
    EXPECT_TRUE(eventually([&] { return server.metric("slow_clients_total") == 1; }));
    EXPECT_TRUE(eventually([&] { return server.metric("streams") == 0; }));
}

TEST(Stream, StopClosesItAsGoingAway) {
    AppServer server;
    RawClient client(server.port());
    client.upgrade("/api/v1/stream");
    client.frame();
    server->stop();
    EXPECT_EQ(client.closing_frame().close_code(), 1001);
    client.send_frame(8, std::string("\x03\xe9", 2));
    server->wait();
}

}  // namespace
}  // namespace reticle::test
