#include "app/streams/json.h"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "app/streams/json_object.h"

namespace reticle::app {
namespace {

using nlohmann::json;
using report::Key;
using report::Value;

RC_GTEST_PROP(Json, AnyBytesBecomeAJsonString, (const std::string& text)) {
    const json parsed = json::parse(json_string(text));
    RC_ASSERT(parsed.is_string());
}

TEST(Json, EscapesAndReplaces) {
    EXPECT_EQ(json_string("a\"b\\c\n\x01<ü>"), "\"a\\\"b\\\\c\\n\\u0001<ü>\"");
    EXPECT_EQ(json_string("\xff\xc3(\xed\xa0\x80"),
              "\"\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    EXPECT_EQ(json_string("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"");
}

TEST(Json, LongTextsAreCutBetweenCharacters) {
    std::string out;
    append_json_text(out, "aüü", 2);
    EXPECT_EQ(out, "\"a…\"");
}

TEST(Json, NumbersThatADoubleCannotHoldAreStrings) {
    std::string out;
    append_json_counter(out, (std::uint64_t{1} << 53) + 1);
    out += ' ';
    append_json_counter(out, std::uint64_t{1} << 53);
    out += ' ';
    append_json_real(out, std::numeric_limits<double>::infinity());
    out += ' ';
    append_json_real(out, 0.12345);
    out += ' ';
    append_json_real(out, 7340032);
    EXPECT_EQ(out, "\"9007199254740993\" 9007199254740992 null 0.123 7340032");
}

TEST(Json, ANodeIsAsTheApiDescribesIt) {
    ViewNode node;
    node.id = "h1;9f2c41aa;1234;88123";
    node.label = "nginx";
    node.sublabel = "web-1 (1234)";
    node.group = "h1";
    node.group_label = "web-1";
    node.since = 1'795'311'000'000'000'000;
    node.x = 1204;
    node.y = -310;
    node.metrics = {{Key::process_cpu_usage_percent, 12.5}, {Key::open_files_count, 12}};
    node.attributes = {{Key::pid, Value::integer(1234)},
                       {Key::start_time, Value::time(1'795'311'000'123'000'000)},
                       {Key::local_networks, Value::list({"10.0.0.1/8"})}};
    node.parents = {{"hosts", "h1", "web-1"}};
    EXPECT_EQ(json::parse(node_json(node)), json::parse(R"json({
        "id": "h1;9f2c41aa;1234;88123", "kind": "process", "label": "nginx", "sublabel": "web-1 (1234)",
        "group": "h1", "group_label": "web-1", "state": "live", "pseudo": false, "members": 1,
        "since_ms": 1795311000000, "x": 1204, "y": -310,
        "metrics": {"process_cpu_usage_percent": 12.5, "open_files_count": 12},
        "attributes": {"pid": 1234, "start_time_ms": 1795311000123, "local_networks": ["10.0.0.1/8"]},
        "parents": [{"view": "hosts", "id": "h1", "label": "web-1"}]})json"));
}

TEST(Json, AHostTellsHowItsClockDiffers) {
    ViewNode node;
    node.clock_skew_ms = -3'600'000;
    EXPECT_EQ(json::parse(node_json(node))["attributes"]["clock_skew_ms"], -3'600'000);
}

TEST(Json, AnEdgeIsAsTheApiDescribesIt) {
    ViewEdge edge;
    edge.id = "e:1";
    edge.source = "a";
    edge.target = "b";
    edge.protocol = report::Protocol::tcp;
    edge.port = 5432;
    edge.seen_by_client = edge.seen_by_server = true;
    edge.evidence = 2 | 8;
    edge.counters.opened = 10;
    edge.counters.failed[0] = 1;
    edge.counters.failed[2] = 2;
    edge.active = 3;
    edge.rtt_us = 310;
    edge.sent_bytes_per_second = 120.5;
    edge.last_seen = 1'999'999;
    edge.dialled = {{"10.0.0.1", 80, "db.internal"}};
    EXPECT_EQ(json::parse(edge_json(edge)), json::parse(R"json({
        "id": "e:1", "source": "a", "target": "b", "protocol": "tcp", "port": 5432, "state": "live",
        "seen_by": "both", "evidence": ["sweep", "dns"], "attribution": "exact",
        "active": 3, "opened": 10, "closed": 0, "failed": 3,
        "bytes_sent": 0, "bytes_received": 0, "packets": 0, "retransmits": 0,
        "sent_bytes_per_second": 120.5, "received_bytes_per_second": 0, "opened_per_second": 0,
        "rtt_us": 310, "rtt_min_us": null, "first_seen_ms": 0, "last_seen_ms": 1,
        "dialled": [{"address": "10.0.0.1", "port": 80, "name": "db.internal"}]})json"));
}

}  // namespace
}  // namespace reticle::app
