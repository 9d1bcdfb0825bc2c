#include "app/http/message.h"

#include <gtest/gtest.h>

namespace reticle::app {
namespace {

Request with_query(std::string_view query) {
    Request request;
    request.query = *parse_query(query);
    return request;
}

TEST(PercentDecode, UndoesEscapes) {
    EXPECT_EQ(*percent_decode("a%2Fb%3Bc%20d", false), "a/b;c d");
    EXPECT_EQ(*percent_decode("%c3%A9", false), "\xC3\xA9");
    EXPECT_EQ(*percent_decode("a+b", false), "a+b");
    EXPECT_EQ(*percent_decode("a+b", true), "a b");
}

TEST(PercentDecode, RefusesWhatIsMalformed) {
    for (const char* text : {"%", "%2", "%zz", "a%", "%00", "%ff", "%c3", "%ed%a0%80", "%c0%af"}) {
        EXPECT_FALSE(percent_decode(text, false)) << text;
    }
}

TEST(Utf8, AcceptsExactlyWhatTheRfcDoes) {
    EXPECT_TRUE(valid_utf8("plain"));
    EXPECT_TRUE(valid_utf8("\xF4\x8F\xBF\xBF"));
    EXPECT_FALSE(valid_utf8("\xF4\x90\x80\x80"));
    EXPECT_FALSE(valid_utf8("\x80"));
    EXPECT_FALSE(valid_utf8("\xE0\x80\x80"));
    EXPECT_FALSE(valid_utf8("\xC3"));
}

TEST(Query, SplitsAndDecodes) {
    const Request request = with_query("view=processes&q=a%26b+c&empty&&x=");
    EXPECT_EQ(request.query_value("view"), "processes");
    EXPECT_EQ(request.query_value("q"), "a&b c");
    EXPECT_EQ(request.query_value("empty"), "");
    EXPECT_EQ(request.query_value("x"), "");
    EXPECT_FALSE(request.query_value("absent"));
}

TEST(Query, HasABoundedNumberOfParameters) {
    std::string many;
    for (int i = 0; i < 65; ++i) many += "a=b&";
    EXPECT_FALSE(parse_query(many));
}

TEST(Query, UnknownAndRepeatedParametersAreNamed) {
    EXPECT_TRUE(only_parameters(with_query("view=a"), {"view"}));
    EXPECT_EQ(only_parameters(with_query("vew=a"), {"view"}).error().message, "unknown parameter 'vew'");
    EXPECT_EQ(only_parameters(with_query("view=a&view=b"), {"view"}).error().message,
              "parameter 'view' is given twice");
}

TEST(Query, IntegersAreWholeAndInRange) {
    EXPECT_EQ(*integer_parameter(with_query(""), "limit", 1, 10, 7), 7);
    EXPECT_EQ(*integer_parameter(with_query("limit=10"), "limit", 1, 10, 7), 10);
    for (const char* query :
         {"limit=0", "limit=11", "limit=", "limit=1x", "limit=-1", "limit=99999999999999999999"}) {
        EXPECT_FALSE(integer_parameter(with_query(query), "limit", 1, 10, 7)) << query;
    }
}

TEST(ErrorResponse, HasTheDocumentedShape) {
    const Response response = error_response(fail(Errc::not_found, "there is no \"x\""));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, R"({"error":{"code":"not_found","message":"there is no \"x\""}})");
}

}  // namespace
}  // namespace reticle::app
