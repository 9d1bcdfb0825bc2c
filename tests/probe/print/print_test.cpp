#include "probe/print.h"

#include <sstream>

#include <gtest/gtest.h>

#include "probe/table.h"
#include "report/json.h"

namespace reticle::probe {
namespace {

using report::Direction;
using report::IpAddress;
using report::Key;
using report::NodeKey;
using report::Presence;
using report::Protocol;
using report::Report;
using report::Topology;
using report::Value;
using report::Version;

const Version kTick(7, 1);

report::Node& alive(Report& report, Topology topology, const std::string& id) {
    auto& node = report.node(NodeKey{topology, id});
    node.presence = Presence::alive_at(kTick);
    return node;
}

NodeKey process(Report& report, int pid, const std::string& name, const std::string& cmdline,
                double cpu = 0) {
    auto& node = alive(report, Topology::process, "boot;" + std::to_string(pid) + ";1");
    node.set(Key::pid, kTick, Value::integer(pid));
    node.set(Key::name, kTick, Value::string(name));
    node.set(Key::cmdline, kTick, Value::string(cmdline));
    node.set(Key::user, kTick, Value::string("www"));
    node.set_metric(Key::process_cpu_usage_percent, kTick, cpu);
    node.set_metric(Key::process_memory_usage_bytes, kTick, 7.0 * 1024 * 1024);
    return node.key;
}

Report small_host() {
    Report report;
    auto& host = alive(report, Topology::host, "h1");
    host.set(Key::host_name, kTick, Value::string("web-1"));
    host.set(Key::os, kTick, Value::string("Debian 12"));
    const auto nginx = process(report, 812, "nginx", "nginx -g daemon off;", 12.5);
    process(report, 4, "idle", "idle --forever");
    report.listener({nginx, 1, IpAddress(), 80, Protocol::tcp}).presence = Presence::alive_at(kTick);
    report.listener({nginx, 1, *IpAddress::parse("127.0.0.1"), 81, Protocol::tcp}).presence =
        Presence::alive_at(kTick);
    report::FlowKey key;
    key.owner = nginx;
    key.local = *IpAddress::parse("10.0.0.1");
    key.peer = *IpAddress::parse("10.0.0.2");
    key.service_port = 5432;
    key.protocol = Protocol::tcp;
    key.direction = Direction::outbound;
    auto& flow = report.flow(key);
    flow.presence = Presence::alive_at(kTick);
    auto& counters = flow.counters(7);
    counters.opened = 10;
    counters.closed = 7;
    counters.bytes_sent = 2048;
    flow.rtt_us = 310;
    return report;
}

/// The line that holds a text, with runs of spaces made one.
std::string line_with(const std::string& text, const std::string& part) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(part) == std::string::npos) continue;
        std::istringstream words(line);
        std::string joined;
        for (std::string word; words >> word;) joined += (joined.empty() ? "" : " ") + word;
        return joined;
    }
    return "";
}

TEST(PrintText, ShowsHostProcessesListenersAndConversations) {
    const auto text = print_text(small_host());
    EXPECT_EQ(line_with(text, "web-1"), "web-1 Debian 12, Linux ,");
    EXPECT_EQ(line_with(text, "daemon off"), "812 www 12.5 7.0 MiB nginx nginx -g daemon off;");
    EXPECT_EQ(line_with(text, "[::]:80"), "tcp [::]:80 nginx (812)");
    EXPECT_EQ(line_with(text, "127.0.0.1:81"), "tcp 127.0.0.1:81 nginx (812)");
    EXPECT_EQ(line_with(text, "->"), "nginx (812) -> 10.0.0.2:5432 tcp 3 10 2.0 KiB 0 B 0.31");
}

TEST(PrintText, ShowsTheBusiestFirst) {
    const auto text = print_text(small_host());
    EXPECT_LT(text.find("nginx -g"), text.find("idle --forever"));
}

TEST(PrintText, LeavesOutWhatEnded) {
    auto report = small_host();
    report.node(NodeKey{Topology::process, "boot;4;1"}).presence = Presence::ended_at(kTick);
    EXPECT_EQ(print_text(report).find("idle --forever"), std::string::npos);
}

TEST(PrintText, CountsKernelThreadsOnly) {
    auto report = small_host();
    report.node(process(report, 2, "kthreadd", "")).set(Key::kernel_thread, kTick, Value::boolean(true));
    const auto text = print_text(report);
    EXPECT_NE(text.find("without 1 kernel threads (2)"), std::string::npos) << text;
    EXPECT_EQ(text.find("kthreadd"), std::string::npos);
}

TEST(PrintText, FitsTheScreenWhateverTheNames) {
    auto report = small_host();
    process(report, 99999, std::string(300, 'x'), std::string(4000, 'y'));
    report.node(NodeKey{Topology::host, "h1"}).set(Key::connections_source, kTick, Value::string([] {
                                                       std::string sentence;
                                                       for (int i = 0; i < 60; ++i) sentence += "word ";
                                                       return sentence;
                                                   }()));
    process(report, 99998, "caf\xc3\xa9", std::string(4000, 'z'));
    std::istringstream lines(print_text(report));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), Table::kWidth + 1) << line;
}

TEST(PrintText, NoNameDrivesTheTerminal) {
    auto report = small_host();
    process(report, 5, "evil\033[2J",
            "a\nb\x7f\xc2\x9b"
            "31m");
    const auto text = print_text(report);
    EXPECT_EQ(text.find('\033'), std::string::npos);
    EXPECT_EQ(text.find('\x7f'), std::string::npos);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
    EXPECT_NE(text.find("evil?[2J"), std::string::npos);
}

TEST(PrintText, OfAnEmptyReportIsNoError) {
    EXPECT_NE(print_text(Report()).find("Conversations (0)"), std::string::npos);
}

TEST(PrintJson, CanBeReadAgain) {
    const auto text = print_json("h1", small_host(), false);
    const auto read = report::from_json(text, report::JsonLimits{}, kTick);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->writer, "h1");
    EXPECT_EQ(read->report.nodes.size(), 3u);
    EXPECT_EQ(read->report.listeners.size(), 2u);
    EXPECT_EQ(read->report.flows.size(), 1u);
}

TEST(PrintJson, CompactIsOneLine) {
    const auto text = print_json("h1", small_host(), true);
    EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST(Table, AlignsAndCuts) {
    Table table({{"N", true}, {"NAME", false, 4}, {"REST"}});
    table.row({"1", "abcdefgh", "x"});
    table.row({"100", "b", std::string(200, 'y')});
    EXPECT_EQ(table.to_string(), "  N  NAME  REST\n  1  abc~  x\n100  b     " + std::string(88, 'y') + "~\n");
}

TEST(Wrapped, LinesBeginBelowEachOther) {
    EXPECT_EQ(wrapped("a:", "one two", 4), "a:  one two\n");
    EXPECT_EQ(wrapped("long:", "one", 2), "long: one\n");
    EXPECT_EQ(wrapped("a:", std::string(90, 'x') + " " + std::string(10, 'y'), 4),
              "a:  " + std::string(90, 'x') + "\n    " + std::string(10, 'y') + "\n");
}

TEST(Bytes, AreReadable) {
    EXPECT_EQ(bytes_text(0), "0 B");
    EXPECT_EQ(bytes_text(1023), "1023 B");
    EXPECT_EQ(bytes_text(1536), "1.5 KiB");
    EXPECT_EQ(bytes_text(5.0 * 1024 * 1024 * 1024), "5.0 GiB");
}

}  // namespace
}  // namespace reticle::probe
