#include "probe/print.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "probe/table.h"
#include "report/json.h"
#include "report/keys.h"

namespace reticle::probe {

using report::Key;
using report::Node;
using report::NodeKey;
using report::Topology;

namespace {

double metric_of(const Node& node, Key key) {
    const auto* metric = node.metric(key);
    return metric == nullptr ? 0 : metric->value;
}

std::string text_of(const Node& node, Key key) {
    return harmless(node.value(key).to_string());
}

std::string endpoint_text(const report::IpAddress& address, std::uint16_t port) {
    const auto text = address.is_unspecified() ? std::string("*") : address.to_string();
    return text.find(':') == std::string::npos ? fmt::format("{}:{}", text, port)
                                               : fmt::format("[{}]:{}", text, port);
}

/// "nginx (812)"; the host where no process is known.
std::string owner_text(const report::Report& report, const NodeKey& owner) {
    const auto* node = report.find(owner);
    if (node == nullptr) return "?";
    if (owner.topology != Topology::process) return "(no process seen)";
    return fmt::format("{} ({})", text_of(*node, Key::name), text_of(*node, Key::pid));
}

std::string heading(std::string_view title, std::size_t count) {
    return fmt::format("\n{} ({})\n", title, count);
}

std::string host_text(const Node& host) {
    std::string text =
        fmt::format("{}  {}, Linux {}, {}\n", text_of(host, Key::host_name), text_of(host, Key::os),
                    text_of(host, Key::kernel_version), text_of(host, Key::machine_arch));
    const auto total = static_cast<double>(host.value(Key::host_memory_total_bytes).as_integer());
    text +=
        fmt::format("CPU {:.1f} % of {}   memory {} of {}   load {:.2f} {:.2f} {:.2f}\n",
                    metric_of(host, Key::host_cpu_usage_percent), text_of(host, Key::host_cpu_count),
                    bytes_text(metric_of(host, Key::host_mem_usage_bytes)), bytes_text(total),
                    metric_of(host, Key::load1), metric_of(host, Key::load5), metric_of(host, Key::load15));
    for (const auto& interface : host.value(Key::interfaces).as_list())
        text += "  " + harmless(interface) + '\n';
    const auto source = text_of(host, Key::connections_source);
    if (!source.empty()) text += wrapped("connections:", source, 2);
    return text;
}

std::string processes_text(const report::Report& report) {
    std::vector<const Node*> processes;
    std::size_t kernel_threads = 0;
    for (const auto& node : report.nodes) {
        if (node.key.topology != Topology::process) continue;
        if (node.value(Key::kernel_thread).as_boolean()) {
            ++kernel_threads;
        } else {
            processes.push_back(&node);
        }
    }
    const auto rank = [](const Node* node) {
        return std::tuple(-metric_of(*node, Key::process_cpu_usage_percent),
                          -metric_of(*node, Key::process_memory_usage_bytes),
                          node->value(Key::pid).as_integer());
    };
    std::sort(processes.begin(), processes.end(), [&](auto a, auto b) { return rank(a) < rank(b); });
    Table table({{"PID", true},
                 {"USER", false, 12},
                 {"CPU %", true},
                 {"MEMORY", true},
                 {"NAME", false, 16},
                 {"COMMAND"}});
    for (const auto* node : processes) {
        table.row({text_of(*node, Key::pid), text_of(*node, Key::user),
                   fmt::format("{:.1f}", metric_of(*node, Key::process_cpu_usage_percent)),
                   bytes_text(metric_of(*node, Key::process_memory_usage_bytes)), text_of(*node, Key::name),
                   text_of(*node, Key::cmdline)});
    }
    return heading(fmt::format("Processes, without {} kernel threads", kernel_threads), table.size()) +
           table.to_string();
}

std::string listeners_text(const report::Report& report) {
    Table table({{"PROTOCOL"}, {"ADDRESS", false, 46}, {"PROCESS"}});
    for (const auto& listener : report.listeners) {
        const auto& key = listener.key;
        const std::string address = key.address.is_unspecified() && !key.address.is_v4()
                                        ? fmt::format("[::]:{}", key.port)
                                        : endpoint_text(key.address, key.port);
        table.row({std::string(report::protocol_name(key.protocol)), address, owner_text(report, key.owner)});
    }
    return heading("Listening", table.size()) + table.to_string();
}

std::string flows_text(const report::Report& report) {
    Table table({{"PROCESS", false, 24},
                 {""},
                 {"PEER", false, 44},
                 {"", false, 3},
                 {"OPEN", true},
                 {"OPENED", true},
                 {"SENT", true},
                 {"RECEIVED", true},
                 {"RTT ms", true, 10}});
    for (const auto& flow : report.flows) {
        const auto& key = flow.key;
        const auto total = flow.total();
        const char* arrow = key.direction == report::Direction::outbound  ? "->"
                            : key.direction == report::Direction::inbound ? "<-"
                                                                          : "--";
        const bool inbound = key.direction == report::Direction::inbound;
        std::string peer = key.peer_owner.none() ? "" : owner_text(report, key.peer_owner) + " ";
        peer += inbound ? fmt::format("{} on :{}", key.peer.to_string(), key.service_port)
                        : endpoint_text(key.peer, key.service_port);
        table.row({owner_text(report, key.owner), arrow, peer,
                   std::string(report::protocol_name(key.protocol)), std::to_string(flow.active()),
                   std::to_string(total.opened + total.active_at_start),
                   bytes_text(static_cast<double>(total.bytes_sent)),
                   bytes_text(static_cast<double>(total.bytes_received)),
                   flow.rtt_us == 0 ? "" : fmt::format("{:.2f}", flow.rtt_us / 1000.0)});
    }
    return heading("Conversations", table.size()) + table.to_string();
}

/// What is there now.
report::Report living(report::Report report) {
    report.collect_ended(report.newest());
    return report;
}

}  // namespace

std::string print_text(const report::Report& report) {
    const auto now = living(report);
    std::string text;
    for (const auto& node : now.nodes) {
        if (node.key.topology == Topology::host) text += host_text(node);
    }
    return text + processes_text(now) + listeners_text(now) + flows_text(now);
}

std::string print_json(std::string_view writer, const report::Report& report, bool compact) {
    report::JsonReport document;
    document.writer = writer;
    document.report = living(report);
    return report::to_json(document, compact ? -1 : 2) + '\n';
}

}  // namespace reticle::probe
