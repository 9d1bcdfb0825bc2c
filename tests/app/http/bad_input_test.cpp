// What must not work, said to a real server over real sockets.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "app/http/gzip.h"
#include "tests/support/app_server.h"

namespace reticle::test {
namespace {

using namespace std::chrono_literals;

TEST(BadRequest, IsRefusedInWords) {
    AppServer server;
    const std::pair<const char*, int> cases[] = {
        {"GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n", 400},
        {"NONSENSE\r\n\r\n", 400},
        {"GET /api/v1/views?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/nodes/%zz?view=hosts HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/nodes/%ff?view=hosts HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/nodes/x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/nodes/x?view=nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /api/v1/views/hosts?limit=0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/views/processes?unconnected=maybe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/views/hosts?next=zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/search?view=hosts HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"POST /api/v1/views HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 405},
        {"DELETE /api/v1/views HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
        {"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n", 426},
        {"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n\r\n", 413},
        {"POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 17000000\r\n\r\n", 413},
        {"POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 413},
        {"POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
         400},
        {"POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: br\r\nContent-Length: "
         "2\r\n\r\n{}",
         415},
    };
    for (const auto& [request, status] : cases) {
        RawClient client(server.port());
        client.send(request);
        const HttpAnswer answer = client.answer();
        EXPECT_EQ(answer.status, status) << request;
        EXPECT_TRUE(answer.body.starts_with(R"({"error":{"code":")")) << request << answer.body;
    }
}

TEST(BadRequest, HeaderBombsAreCutOff) {
    AppServer server;
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(100'000, 'a') + "\r\n\r\n");
    EXPECT_EQ(client.answer().status, 431);
    RawClient many(server.port());
    std::string headers;
    for (int i = 0; i < 10'000; ++i) headers += "X" + std::to_string(i) + ": 1\r\n";
    many.send("GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    EXPECT_EQ(many.answer().status, 431);
}

TEST(BadRequest, RandomBytesLeaveTheServerAlone) {
    AppServer server;
    rc::check("any bytes", [&](const std::string& bytes) {
        RawClient client(server.port());
        client.deadline(50ms);
        client.send(bytes + "\r\n\r\n");
        client.answer();
    });
    RawClient client(server.port());
    EXPECT_EQ(client.get("/healthz").status, 200);
}

TEST(BadReport, IsRefusedAndChangesNothing) {
    AppServer server;
    const std::string before = server.world();
    const std::pair<std::string, int> cases[] = {
        {"", 400},
        {"{", 400},
        {"[]", 400},
        {std::string(100'000, '['), 400},
        {R"({"writer":"a b","nodes":[]})", 400},
        {R"({"writer":"w","nodes":{}})", 400},
        {R"({"writer":"w","surprise":1})", 400},
        {R"({"writer":"w","window_seconds":-1})", 400},
        {"{\"writer\":\"\xff\"}", 400},
        {R"({"writer":"w","nodes":[{"topology":"host","id":"h","attributes":{"pid":"x"}}]})", 400},
    };
    for (const auto& [body, status] : cases) {
        RawClient client(server.port());
        const HttpAnswer answer = client.post("/api/v1/report", body);
        EXPECT_EQ(answer.status, status) << body.substr(0, 80) << " " << answer.body;
    }
    EXPECT_EQ(server.world(), before);
    EXPECT_EQ(server.metric("reports_refused_total"), std::size(cases));
}

TEST(BadReport, TheErrorNamesThePlace) {
    AppServer server;
    RawClient client(server.port());
    const HttpAnswer answer = client.post("/api/v1/report", R"({"writer":"w","nodes":[{"topology":7}]})");
    EXPECT_NE(answer.body.find("nodes[0]"), std::string::npos) << answer.body;
}

TEST(BadReport, AZipBombIsTooLarge) {
    AppServer server;
    RawClient client(server.port());
    const std::string bomb = app::gzip(std::string(40'000'000, ' '));
    EXPECT_EQ(client.post("/api/v1/report", bomb, "Content-Encoding: gzip\r\n").status, 413);
    RawClient other(server.port());
    EXPECT_EQ(other.post("/api/v1/report", "not gzip", "Content-Encoding: gzip\r\n").status, 400);
}

TEST(BadOrigin, ForeignNamesAndPagesAreRefused) {
    AppServer server;
    const auto status_of = [&](const std::string& request) {
        RawClient client(server.port());
        client.send(request);
        return client.answer().status;
    };
    const std::string own = "localhost:" + std::to_string(server.port());
    EXPECT_EQ(status_of("GET /api/v1/views HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 403);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 403);
    EXPECT_EQ(status_of("GET /metrics HTTP/1.1\r\n\r\n"), 403);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"), 400);
    EXPECT_EQ(status_of("POST /api/v1/report HTTP/1.1\r\nHost: " + own +
                        "\r\nOrigin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}"),
              403);
    EXPECT_GE(server.metric("refused_origins_total"), 4);
    RawClient foreign(server.port());
    EXPECT_EQ(foreign.upgrade("/api/v1/stream", "Origin: http://evil.example\r\n").status, 403);
    RawClient page(server.port());
    EXPECT_EQ(page.upgrade("/api/v1/probe", "Origin: http://localhost\r\n").status, 403);
    RawClient ours(server.port());
    EXPECT_EQ(ours.upgrade("/api/v1/stream", "Origin: http://localhost\r\n").status, 101);
}

TEST(BadOrigin, ConfiguredNamesAreAnswered) {
    app::Config config = server_config();
    config.allowed_hosts = {"map.lan"};
    AppServer server(config);
    RawClient client(server.port());
    client.send("GET /healthz HTTP/1.1\r\nHost: map.lan:4040\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200);
}

TEST(SlowClient, HeadersMustArriveInTime) {
    app::Config config = server_config();
    config.http.header_timeout = 1s;
    AppServer server(config);
    RawClient drip(server.port());
    drip.send("GET / HTTP/1.1\r\nHost: loc");
    EXPECT_TRUE(drip.ended());
    EXPECT_TRUE(eventually([&] { return server.metric("slow_clients_total") == 1; }));
    RawClient silent(server.port());
    EXPECT_TRUE(silent.ended());
}

TEST(SlowClient, BodiesMustArriveInTime) {
    app::Config config = server_config();
    config.http.body_timeout = 1s;
    AppServer server(config);
    RawClient client(server.port());
    client.send("POST /api/v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
    EXPECT_TRUE(client.ended());
    EXPECT_TRUE(eventually([&] { return server.metric("slow_clients_total") == 1; }));
}

TEST(SlowClient, ConnectionsAreCounted) {
    app::Config config = server_config();
    config.http.max_connections = 4;
    AppServer server(config);
    std::vector<std::unique_ptr<RawClient>> held;
    for (int i = 0; i < 4; ++i) {
        held.push_back(std::make_unique<RawClient>(server.port()));
        EXPECT_EQ(held.back()->get("/healthz").status, 200);
    }
    RawClient fifth(server.port());
    EXPECT_EQ(fifth.answer().status, 503);
    held.pop_back();
    EXPECT_TRUE(eventually([&] {
        RawClient next(server.port());
        return next.get("/healthz").status == 200;
    }));
}

}  // namespace
}  // namespace reticle::test
