#include "app/http/origin.h"

#include <gtest/gtest.h>

namespace reticle::app {
namespace {

Request from(std::vector<std::pair<std::string, std::string>> headers) {
    Request request;
    request.headers = std::move(headers);
    return request;
}

TEST(HostOf, TakesTheNameApart) {
    EXPECT_EQ(host_of("LocalHost:4040"), "localhost");
    EXPECT_EQ(host_of("map.lan."), "map.lan");
    EXPECT_EQ(host_of("[::1]:4040"), "::1");
    EXPECT_EQ(host_of("[::1"), "");
    EXPECT_EQ(host_of("::1"), "");
    EXPECT_EQ(host_of("[::1]x"), "");
}

TEST(OriginPolicy, AnswersToLoopbackItsOwnAddressAndConfiguredNames) {
    const OriginPolicy policy({"map.lan", "192.0.2.7"});
    for (const char* host :
         {"localhost", "localhost:1", "127.0.0.1:4040", "127.9.9.9", "[::1]:4040", "a.localhost",
          "map.lan:4040", "MAP.LAN", "192.0.2.7", "10.1.2.3:80", "[::ffff:10.1.2.3]"}) {
        EXPECT_TRUE(policy.check_host(from({{"host", host}}), "10.1.2.3")) << host;
    }
}

TEST(OriginPolicy, RefusesForeignNames) {
    const OriginPolicy policy({"map.lan"});
    for (const char* host :
         {"evil.example", "localhost.evil.example", "map.lan.evil", "10.9.9.9", "", "[::2]"}) {
        EXPECT_FALSE(policy.check_host(from({{"host", host}}), "127.0.0.1")) << host;
    }
    EXPECT_FALSE(policy.check_host(from({}), "127.0.0.1"));
}

TEST(OriginPolicy, PagesMustBeOurOwn) {
    const OriginPolicy policy({});
    EXPECT_TRUE(policy.check_origin(from({{"host", "localhost:1"}})));
    EXPECT_TRUE(policy.check_origin(from({{"host", "localhost:1"}, {"origin", "http://localhost:1"}})));
    for (const char* origin :
         {"http://localhost:2", "null", "http://evil.example", "file://localhost:1", ""}) {
        EXPECT_FALSE(policy.check_origin(from({{"host", "localhost:1"}, {"origin", origin}}))) << origin;
    }
}

}  // namespace
}  // namespace reticle::app
