#include "report/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/report_generators.h"

namespace reticle::report {
namespace {

const Version kVersion(1'795'300'000, 1);

Result<JsonReport> read(std::string_view text, const JsonLimits& limits = {}) {
    return from_json(text, limits, kVersion);
}

void expect_refused(std::string_view text, std::string_view message, Errc code = Errc::invalid,
                    const JsonLimits& limits = {}) {
    const auto result = read(text, limits);
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message.find(message), std::string::npos)
        << text << "\nsays: " << result.error().message;
    EXPECT_EQ(result.error().code, code) << text;
}

constexpr std::string_view kExample = R"({
  "writer": "backup.sh",
  "window_seconds": 60,
  "nodes": [
    {"topology": "host", "id": "nas-1", "attributes": {"host_name": "nas-1", "local_networks": ["10.0.0.9/24"]}},
    {"topology": "process", "id": "backup", "ended": true,
     "attributes": {"pid": 77, "cmdline": "backup --all", "start_time": {"time_ms": 1795311324000}},
     "metrics": {"process_cpu_usage_percent": 12.5},
     "labels": {"team": "storage", "retries": 3, "dry_run": false},
     "parents": [{"topology": "host", "id": "nas-1"}]}],
  "flows": [
    {"owner": {"topology": "process", "id": "backup"}, "direction": "outbound", "protocol": "tcp",
     "local_address": "10.0.0.9", "peer_address": "10.0.0.1", "service_port": 873,
     "opened": 2, "closed": 1, "failed": {"refused": 1}, "bytes_sent": "18446744073709551615",
     "rtt_us": 310, "first_seen_ms": 1795311324000, "last_seen_ms": 1795311325000,
     "evidence": ["sweep", "dns"], "dialled_name": "store.internal",
     "witnesses": [{"hash": "12", "seen_ms": 1795311325000, "open": true}]}],
  "listeners": [
    {"owner": {"topology": "process", "id": "backup"}, "protocol": "tcp", "address": "::", "port": 9100}],
  "aliases": [
    {"kind": "dnat", "protocol": "tcp", "seen_address": "10.0.0.1", "seen_port": 80,
     "meant_address": "172.17.0.2", "meant_port": 8080, "used": 5}]
})";

TEST(Json, ReadsEveryKindOfFact) {
    const auto result = read(kExample);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->writer, "backup.sh");
    EXPECT_EQ(result->window_seconds, 60);
    const Report& report = result->report;
    ASSERT_EQ(report.nodes.size(), 2U);
    const Node& process = report.nodes[1];
    EXPECT_EQ(process.presence, Presence::ended_at(kVersion));
    EXPECT_EQ(process.value(Key::pid).as_integer(), 77);
    EXPECT_EQ(process.value(Key::start_time).as_time(), 1'795'311'324'000'000'000);
    EXPECT_EQ(process.metric(Key::process_cpu_usage_percent)->value, 12.5);
    ASSERT_EQ(process.labels().size(), 3U);
    EXPECT_EQ(process.labels()[0].key, Text("dry_run"));
    EXPECT_EQ(process.parents()[0].key, (NodeKey{Topology::host, "nas-1"}));
    ASSERT_EQ(report.flows.size(), 1U);
    const Flow& flow = report.flows[0];
    EXPECT_EQ(flow.total().bytes_sent, 18446744073709551615U);
    EXPECT_EQ(flow.total().failed_total(), 1U);
    EXPECT_EQ(flow.active(), 1U);
    EXPECT_EQ(flow.rtt_version, kVersion);
    EXPECT_EQ(flow.evidence, 2 | 8);
    EXPECT_EQ(flow.witnesses[0].hash, 12U);
    EXPECT_EQ(flow.extra->dialled_name.text, Text("store.internal"));
    EXPECT_EQ(report.listeners[0].key.port, 9100);
    EXPECT_EQ(report.aliases[0].used, 5U);
}

TEST(Json, ReadsWhatItWrites) {
    const auto first = read(kExample);
    ASSERT_TRUE(first);
    for (const int indent : {-1, 2}) {
        const auto second = read(to_json(*first, indent));
        ASSERT_TRUE(second) << second.error().message;
        EXPECT_EQ(second->report, first->report);
        EXPECT_EQ(second->writer, first->writer);
        EXPECT_EQ(second->window_seconds, first->window_seconds);
    }
}

TEST(Json, TheSmallestReportNamesItsWriter) {
    const auto result = read(R"({"writer": "w"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->window_seconds, 15);
    EXPECT_TRUE(result->report.empty());
    EXPECT_TRUE(read(to_json(*result, -1)));
    expect_refused("{}", "writer: is missing");
}

TEST(Json, FactsStatedTwiceAreJoined) {
    const auto result =
        read(R"({"writer": "w", "nodes": [{"topology": "host", "id": "b", "attributes": {"os": "linux"}},
        {"topology": "host", "id": "a"}, {"topology": "host", "id": "b", "metrics": {"load1": 2}}]})");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->report.nodes.size(), 2U);
    EXPECT_EQ(result->report.nodes[1].value(Key::os).as_string(), "linux");
    EXPECT_EQ(result->report.nodes[1].metric(Key::load1)->value, 2);
}

TEST(Json, WritesHostileNamesAsText) {
    JsonReport report;
    report.writer = "probe";
    report.report.node({Topology::process, "bad\xff"})
        .set(Key::cmdline, kVersion, Value::string("\xc3\x28\n\"<b>"));
    const auto back = read(to_json(report, -1));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->report.nodes[0].key.id.view(), "bad\xEF\xBF\xBD");
    EXPECT_EQ(back->report.nodes[0].value(Key::cmdline).as_string(), "\xEF\xBF\xBD(\n\"<b>");
}

TEST(Json, ErrorsNameThePlace) {
    const auto node = [](const std::string& more) {
        return R"({"writer": "w", "nodes": [{"topology": "host", "id": "a"}, {"topology": "process", "id": "1")" +
               more + "}]}";
    };
    ASSERT_TRUE(read(node("")));
    expect_refused(node(R"(, "attributes": {"pid": "12"})"), "nodes[1].attributes.pid: expected an integer");
    expect_refused(node(R"(, "attributes": {"pid": 1.5})"), "nodes[1].attributes.pid: expected an integer");
    expect_refused(node(R"(, "attributes": {"pid": null})"), "nodes[1].attributes.pid: expected");
    expect_refused(node(R"(, "attributes": {"colour": "red"})"),
                   "nodes[1].attributes.colour: unknown attribute");
    expect_refused(node(R"(, "attributes": {"load1": 1})"), "nodes[1].attributes.load1: is a metric");
    expect_refused(node(R"(, "attributes": {"start_time": 5})"),
                   "nodes[1].attributes.start_time: expected {\"time_ms\"");
    expect_refused(node(R"(, "attributes": {"interfaces": [1]})"),
                   "nodes[1].attributes.interfaces: expected");
    expect_refused(node(R"(, "metrics": {"load1": "1"})"), "nodes[1].metrics.load1: expected a number");
    expect_refused(node(R"(, "metrics": {"pid": 1})"), "nodes[1].metrics.pid: unknown metric");
    expect_refused(node(R"(, "parents": [{"topology": "hosts", "id": "a"}])"),
                   "nodes[1].parents[0].topology: unknown name \"hosts\"");
    expect_refused(node(R"(, "parents": [7])"), "nodes[1].parents[0]: expected an object");
    expect_refused(node(R"(, "colour": 1)"), "nodes[1].colour: unknown field");
    expect_refused(node(R"(, "ended": 1)"), "nodes[1].ended: expected true or false");
    expect_refused(node(R"(, "id": "2")"), "nodes[1]: field id comes twice");
    expect_refused(R"({"nodes": [{"topology": "host"}]})", "nodes[0].id: is missing");
    expect_refused(R"({"nodes": [{"topology": "host", "id": ""}]})", "nodes[0].id: must not be empty");
    expect_refused(R"({"nodes": [[]]})", "nodes[0]: expected an object");
    expect_refused(R"({"nodes": ["x"]})", "nodes[0]: expected an object");
    expect_refused(R"({"nodes": {}})", "nodes: expected an array");
    expect_refused(R"({"nodes": 1})", "nodes: expected an array");
    expect_refused(R"({"nodez": []})", "nodez: unknown field");
    expect_refused(R"({"nodez": 1})", "nodez: unknown field");
    expect_refused(R"({"nodes": [], "nodes": []})", "nodes: comes twice");
    expect_refused("[]", "expected an object");
    expect_refused("1", "expected an object");
    expect_refused("", "not valid JSON");
    expect_refused("{} x", "not valid JSON");
    expect_refused("{\"nodes\": [", "not valid JSON");
    expect_refused("{\"writer\": \"a\xff\"}", "not valid JSON");
}

TEST(Json, FlowsAreHeldToTheirForm) {
    const auto flow = [](const std::string& more) {
        return R"({"writer": "w", "flows": [{"owner": {"topology": "host", "id": "a"}, "direction": "outbound", "protocol": "tcp",
            "local_address": "10.0.0.1", "peer_address": "10.0.0.2", "service_port": 80)" +
               more + "}]}";
    };
    const auto good = read(flow(""));
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_EQ(good->report.flows[0].evidence, static_cast<std::uint8_t>(Evidence::imported));
    expect_refused(flow(R"(, "opened": -1)"), "flows[0].opened: expected an integer from 0");
    expect_refused(flow(R"(, "opened": 1.5)"), "flows[0].opened: expected an integer from 0");
    expect_refused(flow(R"(, "opened": "1e3")"), "flows[0].opened: expected an integer from 0");
    expect_refused(flow(R"(, "bytes_sent": 99999999999999999999)"),
                   "flows[0].bytes_sent: expected an integer");
    expect_refused(flow(R"(, "failed": {"refused": 4294967296})"), "flows[0].failed");
    expect_refused(flow(R"(, "failed": {"melted": 1})"), "melted: unknown field");
    expect_refused(flow(R"(, "rtt_us": true)"), "flows[0].rtt_us: expected an integer");
    expect_refused(flow(R"(, "first_seen_ms": 1e18)"), "flows[0].first_seen_ms: expected whole milliseconds");
    expect_refused(flow(R"(, "first_seen_ms": 9223372036854775807)"), "flows[0].first_seen_ms");
    expect_refused(flow(R"(, "evidence": ["rumour"])"), "flows[0].evidence[0]: expected event");
    expect_refused(flow(R"(, "witnesses": [{"hash": 1}, {"hash": 1}])"), "flows[0].witnesses: one hash");
    expect_refused(R"({"flows": [{"owner": {"topology": "host", "id": "a"}, "direction": "outbound",
        "protocol": "tcp", "local_address": "10.0.0.1", "peer_address": "10.0.0", "service_port": 80}]})",
                   "flows[0].peer_address: expected an IPv4 or IPv6 address");
    expect_refused(R"({"listeners": [{"owner": {"topology": "host", "id": "a"}, "protocol": "tcp",
        "address": "::", "port": 70000}]})",
                   "listeners[0].port: expected an integer from 0 to 65535");
    expect_refused(R"({"aliases": [{"kind": "magic"}]})", "aliases[0].kind: unknown name \"magic\"");
}

TEST(Json, WritersAndWindowsAreChecked) {
    EXPECT_TRUE(read(R"({"writer": "A-z0.9_:x"})"));
    expect_refused(R"({"writer": ""})", "writer: expected");
    expect_refused(R"({"writer": "a b"})", "writer: expected");
    expect_refused(R"({"writer": 1})", "writer: expected");
    expect_refused(R"({"writer": {}})", "writer: expected");
    expect_refused("{\"writer\": \"" + std::string(129, 'a') + "\"}", "writer: expected");
    EXPECT_TRUE(read(R"({"writer": "w", "window_seconds": 1.5})"));
    expect_refused(R"({"window_seconds": 0.5})", "window_seconds: expected");
    expect_refused(R"({"window_seconds": 3601})", "window_seconds: expected");
    expect_refused(R"({"window_seconds": "15"})", "window_seconds: expected");
}

TEST(Json, LimitsHold) {
    JsonLimits limits;
    limits.max_bytes = 10;
    expect_refused(R"({"nodes": []})", "beyond the limit of 10", Errc::too_large, limits);
    limits = {};
    limits.max_depth = 3;
    expect_refused(R"({"nodes": [{"attributes": {}}]})", "nested deeper than 3", Errc::too_large, limits);
    limits = {};
    limits.max_facts = 1;
    expect_refused(R"({"nodes": [{"topology": "host", "id": "a"}], "listeners": [{}]})", "more than 1 facts",
                   Errc::too_large, limits);
    limits = {};
    limits.max_string_bytes = 4;
    expect_refused(R"({"nodes": [{"topology": "process", "id": "a"}]})", "longer than 4", Errc::too_large,
                   limits);
    limits = {};
    limits.max_attributes = 2;
    expect_refused(R"({"nodes": [{"topology": "host", "id": "a", "labels": {"a": 1, "b": 2, "c": 3}}]})",
                   "more than 2 attributes", Errc::too_large, limits);
    std::string many = R"({"nodes": [{"topology": "host", "id": "a", "labels": {"l": [)";
    for (int i = 0; i < 5000; ++i) many += "\"x\",";
    many += R"("x"]}}]})";
    expect_refused(many, "values in one fact", Errc::too_large);
    const std::string deep = std::string(100'000, '[');
    expect_refused(deep, "expected an object");
}

}  // namespace
}  // namespace reticle::report
