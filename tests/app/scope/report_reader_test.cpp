#include "app/scope/report_reader.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reticle::app::scope {
namespace {

using nlohmann::json;

std::string recorded(const std::string& name) {
    std::ifstream file(std::string(RETICLE_TEST_DATA "/scope/") + name, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

std::string error_of(std::string_view body, ScopeEncoding encoding, const ScopeLimits& limits = {}) {
    const auto report = read_scope_report(body, encoding, limits);
    return report ? "accepted" : report.error().message;
}

TEST(ScopeReport, JsonAndMsgpackOfOneReportReadAlike) {
    const json document = json::parse(recorded("fixture/post-1.json"));
    const auto from_json = read_scope_report(document.dump(), ScopeEncoding::json);
    const auto bytes = json::to_msgpack(document);
    const auto from_msgpack = read_scope_report({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                                ScopeEncoding::msgpack);
    ASSERT_TRUE(from_json);
    ASSERT_TRUE(from_msgpack);
    ASSERT_EQ(from_json->topologies.at("process").size(), 4u);
    EXPECT_EQ(from_msgpack->topologies.at("process").at("server.hostname.com;215").latest,
              from_json->topologies.at("process").at("server.hostname.com;215").latest);
    EXPECT_EQ(from_msgpack->topologies.at("endpoint").size(), from_json->topologies.at("endpoint").size());
    const auto& host = from_json->topologies.at("host").at("client.hostname.com;<host>");
    EXPECT_EQ(host.sets.at("local_networks"), std::vector<std::string>{"10.10.10.0/24"});
    EXPECT_DOUBLE_EQ(host.metrics.at("load1").value, 0.09);
}

TEST(ScopeReport, EmptyReportsAreTaken) {
    EXPECT_EQ(error_of("{}", ScopeEncoding::json), "accepted");
    EXPECT_EQ(error_of("[]", ScopeEncoding::json), "accepted");
    EXPECT_EQ(error_of("", ScopeEncoding::msgpack), "EOF");
}

TEST(ScopeReport, UnknownMembersAreIgnored) {
    EXPECT_EQ(
        error_of(
            R"({"Surprise": [1, {"a": null}], "Process": {"edges": {}, "nodes": {"h;1": {"edges": 4}}}})",
            ScopeEncoding::json),
        "accepted");
}

TEST(ScopeReport, WrongTypesAreNamedByPlace) {
    EXPECT_EQ(error_of(R"({"Process": {"nodes": {"h;1": {"latest": {"pid": 7}}}}})", ScopeEncoding::json),
              "Process.nodes.h;1.latest.pid: expected an object with a string value");
    EXPECT_EQ(
        error_of(R"({"Host": {"nodes": {"h": {"sets": {"local_networks": "10/8"}}}}})", ScopeEncoding::json),
        "Host.nodes.h.sets.local_networks: expected a list");
    EXPECT_EQ(error_of(R"({"Process": []})", ScopeEncoding::json),
              "Process: expected an object with an object `nodes`");
    EXPECT_EQ(error_of("17", ScopeEncoding::json), "a report is an object");
}

TEST(ScopeReport, DeepNestingIsRefusedBeforeItCostsStack) {
    const std::string arrays(200'000, '\x91');  // msgpack: arrays of one element, one inside the other
    EXPECT_EQ(error_of(arrays, ScopeEncoding::msgpack), "nested deeper than 24");
    EXPECT_EQ(error_of(std::string(200'000, '['), ScopeEncoding::json), "nested deeper than 24");
}

TEST(ScopeReport, AnnouncedLengthsAreNotTrusted) {
    EXPECT_EQ(error_of(std::string("\xdf\xff\xff\xff\xff", 5), ScopeEncoding::msgpack),
              "a container announces 4294967295 members");
}

TEST(ScopeReport, LimitsAreEnforced) {
    ScopeLimits limits;
    limits.max_nodes = 2;
    EXPECT_EQ(
        error_of(R"({"Process": {"nodes": {"h;1": {}, "h;2": {}, "h;3": {}}}})", ScopeEncoding::json, limits),
        "more than 2 nodes");
    limits.max_string_bytes = 8;
    EXPECT_EQ(error_of(R"({"ID": "123456789"})", ScopeEncoding::json, limits),
              "a string of 9 bytes is longer than 8");
    limits.max_values = 3;
    EXPECT_EQ(error_of("[1, 2, 3, 4]", ScopeEncoding::json, limits), "more than 3 values");
}

TEST(ScopeReport, TruncatedBodiesSayWhere) {
    const std::string whole = recorded("fixture/post-1.json");
    for (const std::size_t cut : {std::size_t{1}, std::size_t{100}, whole.size() / 2, whole.size() - 2}) {
        EXPECT_TRUE(error_of(whole.substr(0, cut), ScopeEncoding::json).starts_with("at byte ")) << cut;
    }
}

TEST(ScopeReport, LaterStatementsWinAndSetsUnite) {
    ScopeNode node;
    node.latest = {{"name", "old"}, {"pid", "1"}};
    node.adjacency = {"b"};
    ScopeNode later;
    later.complete = true;
    later.latest = {{"name", "new"}};
    later.adjacency = {"a", "b"};
    node.merge(later);
    EXPECT_TRUE(node.complete);
    EXPECT_EQ(node.latest.at("name"), "new");
    EXPECT_EQ(node.latest.at("pid"), "1");
    EXPECT_EQ(node.adjacency, (std::vector<std::string>{"a", "b"}));
}

TEST(ScopeEncodingOf, TypesAreKnownByTheirBeginning) {
    EXPECT_EQ(scope_encoding("application/json; charset=utf-8"), ScopeEncoding::json);
    EXPECT_EQ(scope_encoding("application/msgpack"), ScopeEncoding::msgpack);
    EXPECT_EQ(scope_encoding("application/binary"), std::nullopt);
    EXPECT_EQ(scope_encoding(""), std::nullopt);
}

}  // namespace
}  // namespace reticle::app::scope
