#include "app/http/router.h"

#include <gtest/gtest.h>

namespace reticle::app {
namespace {

Response answer(const Request&, const LiveState&) {
    return {};
}

Router sample() {
    Router router;
    router.add(Method::get, "/api/v1/views", StrandHandler(answer))
        .add(Method::get, "/api/v1/views/{view}", StrandHandler(answer))
        .add(Method::get, "/api/v1/nodes/{id}", StrandHandler(answer))
        .add(Method::post, "/api/v1/report", StrandHandler(answer))
        .add(Method::get, "/{path...}", StrandHandler(answer));
    return router;
}

std::string parameter(const Router& router, std::string_view path, const std::string& name) {
    const auto found = router.find(Method::get, path);
    if (!found) return "error: " + found.error().message;
    for (const auto& [key, value] : found->parameters) {
        if (key == name) return value;
    }
    return "none";
}

TEST(Router, TakesPartsOfThePath) {
    const Router router = sample();
    EXPECT_EQ(parameter(router, "/api/v1/views/hosts", "view"), "hosts");
    EXPECT_EQ(parameter(router, "/api/v1/views", "view"), "none");
}

TEST(Router, AnIdMayHoldEscapedSlashesAndPlainSemicolons) {
    const Router router = sample();
    EXPECT_EQ(parameter(router, "/api/v1/nodes/h1;a%2Fb%3B7", "id"), "h1;a/b;7");
}

TEST(Router, ACatchAllTakesTheRest) {
    const Router router = sample();
    EXPECT_EQ(parameter(router, "/", "path"), "");
    EXPECT_EQ(parameter(router, "/assets/a.js", "path"), "assets/a.js");
}

TEST(Router, TellsUnknownPathsFromWrongMethods) {
    const Router router = sample();
    EXPECT_EQ(router.find(Method::post, "/api/v1/views").error().code, Errc::unsupported);
    EXPECT_EQ(router.find(Method::get, "nowhere").error().code, Errc::invalid);
    EXPECT_EQ(router.find(Method::post, "/nowhere").error().code, Errc::not_found);
    EXPECT_EQ(router.find(Method::get, "/api/v1/nodes/%zz").error().code, Errc::invalid);
    EXPECT_TRUE(router.find(Method::head, "/api/v1/views"));
}

TEST(Router, AWrongMethodIsAnsweredWithAllow) {
    const Response response = routing_error(sample().find(Method::post, "/api/v1/views").error());
    EXPECT_EQ(response.status, 405);
    ASSERT_EQ(response.headers.size(), 1u);
    EXPECT_EQ(response.headers[0], std::pair(std::string("Allow"), std::string("GET")));
}

}  // namespace
}  // namespace reticle::app
