#include "app/scope/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reticle::app::scope {
namespace {

using report::Direction;
using report::Flow;
using report::IpAddress;
using report::Key;
using report::NodeKey;
using report::Text;
using report::Topology;
using report::Version;

constexpr Version kVersion(1, 5);

/// Builds Scope reports in the words of the tests: hosts, processes, connections.
class Builder {
  public:
    Builder& process(const std::string& host, const std::string& pid, const std::string& name) {
        ScopeNode node;
        node.complete = true;
        node.id = host + ";" + pid;
        node.latest = {{"pid", pid}, {"name", name}, {"host_node_id", host + ";<host>"}};
        report_.topologies["process"][node.id] = node;
        return *this;
    }
    Builder& endpoint(const std::string& id, const std::string& host = {}, const std::string& pid = {}) {
        ScopeNode node;
        node.complete = true;
        node.id = id;
        if (!host.empty()) node.latest["host_node_id"] = host + ";<host>";
        if (!pid.empty()) node.latest["pid"] = pid;
        report_.topologies["endpoint"].try_emplace(id, node);
        return *this;
    }
    Builder& edge(const std::string& from, const std::string& to) {
        report_.topologies["endpoint"][from].adjacency.push_back(to);
        return *this;
    }
    ScopeNode& at(const std::string& id) { return report_.topologies["endpoint"][id]; }
    ScopeReport take() { return report_; }
    [[nodiscard]] report::Report import() const { return import_scope(report_, kVersion); }

  private:
    ScopeReport report_;
};

TEST(ScopeImport, BothOwnersKnownIsOneExactFlow) {
    const auto report = Builder()
                            .process("web", "7", "curl")
                            .process("db", "9", "postgres")
                            .endpoint(";10.0.0.1;40000", "web", "7")
                            .endpoint(";10.0.0.2;5432", "db", "9")
                            .edge(";10.0.0.1;40000", ";10.0.0.2;5432")
                            .import();
    ASSERT_EQ(report.flows.size(), 1u);
    const Flow& flow = report.flows[0];
    EXPECT_EQ(flow.key.direction, Direction::outbound);
    EXPECT_EQ(flow.key.owner, (NodeKey{Topology::process, Text("web;7")}));
    EXPECT_EQ(flow.key.peer_owner, (NodeKey{Topology::process, Text("db;9")}));
    EXPECT_EQ(flow.key.service_port, 5432);
    EXPECT_EQ(flow.active(), 1u);
    ASSERT_EQ(flow.witnesses.size(), 1u);
    EXPECT_EQ(flow.witnesses[0].hash,
              report::flow_witness(report::Protocol::tcp, *IpAddress::parse("10.0.0.1"), 40000,
                                   *IpAddress::parse("10.0.0.2"), 5432));
}

TEST(ScopeImport, AnUnknownClientLeavesTheServersHalf) {
    const auto report = Builder()
                            .endpoint(";51.0.0.1;40000")
                            .endpoint(";10.0.0.2;5432", "db", "9")
                            .edge(";51.0.0.1;40000", ";10.0.0.2;5432")
                            .import();
    ASSERT_EQ(report.flows.size(), 1u);
    EXPECT_EQ(report.flows[0].key.direction, Direction::inbound);
    EXPECT_EQ(report.flows[0].key.peer, *IpAddress::parse("51.0.0.1"));
}

TEST(ScopeImport, NobodyKnownIsNoFlow) {
    const auto report = Builder()
                            .endpoint(";51.0.0.1;40000")
                            .endpoint(";52.0.0.1;80")
                            .edge(";51.0.0.1;40000", ";52.0.0.1;80")
                            .import();
    EXPECT_TRUE(report.flows.empty());
}

TEST(ScopeImport, ElidedConnectionsAreCounted) {
    Builder builder;
    builder.endpoint(";10.0.0.1;40000", "web", "7").endpoint(";10.0.0.1;40003", "web", "7");
    builder.endpoint(";10.0.0.2;80")
        .edge(";10.0.0.1;40000", ";10.0.0.2;80")
        .edge(";10.0.0.1;40003", ";10.0.0.2;80");
    builder.at(";10.0.0.1;40000").latest["conn_count"] = "5";
    const auto report = builder.import();
    ASSERT_EQ(report.flows.size(), 1u) << "one flow per owner, peer and port";
    EXPECT_EQ(report.flows[0].active(), 6u);
    EXPECT_EQ(report.flows[0].witnesses.size(), 2u);
}

TEST(ScopeImport, AReusedClientPortIsNotAttributedToAProcess) {
    Builder builder;
    builder.endpoint(";10.0.0.1;40000", "web", "7").endpoint(";10.0.0.2;80").endpoint(";10.0.0.3;80");
    builder.edge(";10.0.0.1;40000", ";10.0.0.2;80").edge(";10.0.0.1;40000", ";10.0.0.3;80");
    for (const Flow& flow : builder.import().flows) {
        EXPECT_EQ(flow.key.owner, (NodeKey{Topology::host, Text("web")}));
    }
}

TEST(ScopeImport, ACopyMadeForATranslationIsAnAlias) {
    Builder builder;
    builder.endpoint(";10.0.0.2;8080", "db", "9").endpoint(";192.0.2.1;80");
    builder.at(";192.0.2.1;80").latest["copy_of"] = ";10.0.0.2;8080";
    const auto report = builder.import();
    ASSERT_EQ(report.aliases.size(), 1u);
    EXPECT_EQ(report.aliases[0].key.seen, *IpAddress::parse("192.0.2.1"));
    EXPECT_EQ(report.aliases[0].key.meant_port, 8080);
}

TEST(ScopeImport, NamesReachTheFlowsThatDialledThem) {
    Builder builder;
    builder.endpoint(";10.0.0.1;40000", "web", "7")
        .endpoint(";52.0.0.1;443")
        .edge(";10.0.0.1;40000", ";52.0.0.1;443");
    ScopeReport stated = builder.take();
    stated.names["52.0.0.1"].forward = {"s3.amazonaws.com"};
    stated.names["52.0.0.1"].reverse = {"reverse.example"};
    const auto report = import_scope(stated, kVersion);
    ASSERT_EQ(report.flows.size(), 1u);
    ASSERT_TRUE(report.flows[0].extra);
    EXPECT_EQ(report.flows[0].extra->dialled_name.text.view(), "s3.amazonaws.com");
}

TEST(ScopeImport, MachineSharesBecomePercentOfOneCore) {
    Builder builder;
    builder.process("web", "7", "curl");
    ScopeReport stated = builder.take();
    stated.topologies["process"]["web;7"].metrics["process_cpu_usage_percent"] = {
        .value = 25, .min = 0, .max = 400};
    const auto report = import_scope(stated, kVersion);
    const report::Node* node = report.find(NodeKey{Topology::process, Text("web;7")});
    ASSERT_NE(node, nullptr);
    EXPECT_DOUBLE_EQ(node->metric(Key::process_cpu_usage_percent)->value, 100);
}

TEST(ScopeImport, MalformedEndpointsAreLeftOut) {
    Builder builder;
    builder.endpoint("", "web", "7").endpoint(";;", "web", "7").endpoint(";10.0.0.1;99999", "web", "7");
    builder.endpoint(";not-an-address;80", "web", "7").edge(";;", ";10.0.0.1;99999");
    EXPECT_TRUE(builder.import().flows.empty());
}

TEST(ScopeWindow, DeltasAddToTheFullReportBeforeThem) {
    ScopeWindow window;
    const MonoTime start{};
    window.add("probe", Builder().process("web", "7", "curl").take(), start);
    ScopeReport delta;
    delta.topologies["process"]["web;7"].latest["threads"] = "3";
    delta.topologies["process"]["web;8"].latest["threads"] = "1";
    const auto merged = window.add("probe", delta, start + std::chrono::seconds(3));
    const auto report = import_scope(merged, kVersion);
    const report::Node* node = report.find(NodeKey{Topology::process, Text("web;7")});
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->value(Key::threads).as_integer(), 3);
    EXPECT_EQ(node->value(Key::name).as_string(), "curl");
    EXPECT_EQ(report.find(NodeKey{Topology::process, Text("web;8")}), nullptr)
        << "a delta without its full statement is no node";
}

TEST(ScopeWindow, WhatIsNotRepeatedLeavesWithTheWindow) {
    ScopeWindow window;
    const MonoTime start{};
    window.add("probe", Builder().process("web", "7", "curl").take(), start);
    const auto merged =
        window.add("probe", Builder().process("web", "9", "wget").take(), start + std::chrono::seconds(16));
    EXPECT_EQ(merged.topologies.at("process").size(), 1u);
    EXPECT_TRUE(merged.topologies.at("process").contains("web;9"));
}

}  // namespace
}  // namespace reticle::app::scope
