// A real server on a real socket: what well-behaved clients get.
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/http/gzip.h"
#include "tests/support/app_server.h"

namespace reticle::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReport =
    R"({"writer":"script-1","window_seconds":60,"nodes":[{"topology":"host","id":"script-1"}]})";

TEST(Server, AnswersSeveralRequestsOnOneConnection) {
    AppServer server;
    RawClient client(server.port());
    for (int i = 0; i < 3; ++i) {
        const HttpAnswer answer = client.get("/api/v1/views");
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.headers.at("content-type"), "application/json");
        EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
        EXPECT_NE(answer.body.find("\"processes\""), std::string::npos);
    }
}

TEST(Server, ListensOnSeveralAddressesAndIpv6) {
    app::Config config = server_config();
    config.listen.push_back(*app::parse_listen("[::1]:0"));
    AppServer server(config);
    ASSERT_EQ(server->addresses().size(), 2u);
    EXPECT_TRUE(server->addresses()[1].starts_with("http://[::1]:"));
}

TEST(Server, ATakenPortIsAClearError) {
    AppServer first;
    app::Config config = server_config();
    config.listen[0].port(first.port());
    const auto second = app::Server::start(config);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("cannot listen on 127.0.0.1 port"), std::string::npos);
}

TEST(Server, HeadHasNoBody) {
    AppServer server;
    RawClient client(server.port());
    client.request("HEAD", "/api/v1/views");
    const HttpAnswer head = client.answer(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_NE(head.headers.at("content-length"), "0");
    EXPECT_EQ(client.get("/healthz").body, "ok\n");
}

TEST(Server, ZipsLargerJsonForWhoTakesIt) {
    AppServer server;
    RawClient client(server.port());
    const HttpAnswer plain = client.get("/api/v1/views");
    const HttpAnswer zipped = client.get("/api/v1/views", "Accept-Encoding: gzip\r\n");
    EXPECT_FALSE(plain.headers.contains("content-encoding"));
    ASSERT_EQ(zipped.headers.at("content-encoding"), "gzip");
    EXPECT_TRUE(app::gunzip(zipped.body, 1 << 20));
}

TEST(Server, IsHealthyAndReady) {
    AppServer server;
    RawClient client(server.port());
    EXPECT_EQ(client.get("/healthz").status, 200);
    EXPECT_EQ(client.get("/readyz").status, 200);
    EXPECT_GE(server.metric("connections"), 1);
    EXPECT_GE(server.metric("strand_wait_seconds_count"), 1);
    EXPECT_GT(server.metric("process_resident_memory_bytes"), 0);
}

TEST(Server, TakesAPostedReport) {
    AppServer server;
    RawClient client(server.port());
    const HttpAnswer answer = client.post("/api/v1/report", kReport);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, R"({"accepted":1})");
    const std::string zipped = app::gzip(kReport);
    EXPECT_EQ(client.post("/api/v1/report", zipped, "Content-Encoding: gzip\r\n").status, 200);
    EXPECT_EQ(server.metric("reports_total"), 2);
    EXPECT_EQ(server.metric("world_nodes"), 1);
}

TEST(Server, WaitsForTheBodyBehindExpectContinue) {
    AppServer server;
    RawClient client(server.port());
    client.send(
        "POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: " +
        std::to_string(kReport.size()) + "\r\n\r\n");
    EXPECT_EQ(client.answer().status, 100);
    client.send(kReport);
    EXPECT_EQ(client.answer().status, 200);
}

TEST(Server, TakesAChunkedBody) {
    AppServer server;
    RawClient client(server.port());
    client.send("POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char c : kReport) client.send(std::string("1\r\n") + c + "\r\n");
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200);
}

TEST(Server, StopsWithinASecondAndCanBeStartedAgain) {
    app::Config config = server_config();
    AppServer first(config);
    config.listen[0].port(first.port());
    RawClient idle(first.port());
    EXPECT_EQ(idle.get("/healthz").status, 200);
    first.stop();
    EXPECT_TRUE(idle.ended());
    AppServer second(config);
    RawClient again(second.port());
    EXPECT_EQ(again.get("/healthz").status, 200);
}

TEST(Server, EveryRouteIsDocumented) {
    AppServer server;
    std::ifstream document(RETICLE_SOURCE_DIR "/docs/openapi.yaml");
    std::string paths;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("  /")) paths += line.substr(2) + "\n";
    }
    ASSERT_FALSE(paths.empty());
    for (const std::string& route : server->routes()) {
        const std::string path = route.substr(route.find(' ') + 1);
        if (path == "/{path...}") continue;  // the browser view's files
        EXPECT_NE(("\n" + paths).find("\n" + path + ":\n"), std::string::npos) << route;
    }
}

class StaticView : public testing::Test {
  protected:
    StaticView() {
        std::string pattern = (fs::temp_directory_path() / "reticle-web-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
        fs::create_directories(root_ / "web/assets");
        std::ofstream(root_ / "web/index.html") << "<!doctype html>";
        std::ofstream(root_ / "web/assets/app-0a1b2c3d.js") << "plain";
        std::ofstream(root_ / "web/assets/app-0a1b2c3d.js.gz") << app::gzip("plain");
        std::ofstream(root_ / "web/.hidden") << "secret";
        std::ofstream(root_ / "outside") << "secret";
        fs::create_symlink(root_ / "outside", root_ / "web/link");
        config_.web = root_ / "web";
    }
    ~StaticView() override { fs::remove_all(root_); }

    fs::path root_;
    app::Config config_ = server_config();
};

TEST_F(StaticView, IsServedWithAStrictPolicy) {
    AppServer server(config_);
    RawClient client(server.port());
    const HttpAnswer answer = client.get("/");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "<!doctype html>");
    EXPECT_NE(answer.headers.at("content-security-policy").find("script-src 'self'"), std::string::npos);
    EXPECT_EQ(answer.headers.at("cache-control"), "no-cache");
}

TEST_F(StaticView, IsCachedByNameOrByTag) {
    AppServer server(config_);
    RawClient client(server.port());
    const HttpAnswer script = client.get("/assets/app-0a1b2c3d.js", "Accept-Encoding: gzip\r\n");
    EXPECT_NE(script.headers.at("cache-control").find("immutable"), std::string::npos);
    EXPECT_EQ(*app::gunzip(script.body, 100), "plain");
    const std::string tag = client.get("/").headers.at("etag");
    const HttpAnswer unchanged = client.get("/", "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(unchanged.status, 304);
    EXPECT_EQ(unchanged.body, "");
}

TEST_F(StaticView, NeverLeavesItsFolder) {
    AppServer server(config_);
    RawClient client(server.port());
    for (const char* path : {"/../outside", "/%2e%2e/outside", "/assets/..%2f..%2foutside", "/.hidden",
                             "/link", "/assets", "//etc/passwd", "/nothing"}) {
        const HttpAnswer answer = client.get(path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.body.find("secret"), std::string::npos) << path;
    }
}

TEST(Server, SaysSoWhereThereIsNoView) {
    app::Config config = server_config();
    config.web = "/nonexistent";
    AppServer server(config);
    RawClient client(server.port());
    EXPECT_NE(client.get("/").body.find("not installed"), std::string::npos);
}

}  // namespace
}  // namespace reticle::test
