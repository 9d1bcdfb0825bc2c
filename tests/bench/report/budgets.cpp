#include "tests/bench/report/budgets.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "tests/bench/report/allocations.h"
#include "tests/bench/report/fleet.h"

namespace reticle::bench {
namespace {

using report::Attribute;
using report::EpochCounters;
using report::Flow;
using report::Key;
using report::Listener;
using report::Metric;
using report::Node;
using report::Report;
using report::Value;
using report::Version;
using report::Witness;
namespace wire = report::wire;

constexpr int kFacts = 10'000;
constexpr int kWebSocketHeader = 6;  // of a masked frame up to 125 bytes
constexpr Version kBorn(kEpoch, 100);
constexpr Version kLater(kEpoch, 4000);

void row(std::string_view what, double measured, std::string_view unit, double budget) {
    const std::string against = budget == 0 ? "-" : fmt::format("{:.0f}", budget);
    const std::string_view verdict = budget == 0 ? "" : measured <= budget ? "met" : "MISSED";
    fmt::print("| {:<62} | {:>9.1f} {:<14} | {:>6} | {:<6} |\n", what, measured, unit, against, verdict);
}

/// Heap bytes per fact of what `make` makes.
template <class Make>
double bytes_each(Make make) {
    const std::int64_t before = heap_bytes();
    const auto made = make();
    return static_cast<double>(heap_bytes() - before) / kFacts;
}

Report through_the_wire(const Report& report) {
    auto message = wire::decode(wire::encode(frame(report, kBorn)));
    return std::get<wire::Frame>(std::move(*message)).report;
}

/// As a world holds it: decoded and joined with a later frame.
Report as_in_the_app(const Report& report, const Report& later) {
    Report state = through_the_wire(report);
    state.join(through_the_wire(later));
    return state;
}

/// The same nodes without texts: what the model itself costs.
Report without_texts(int count) {
    Report report = processes(count, kBorn);
    for (Node& node : report.nodes) {
        for (Attribute& attribute : node.attributes) {
            if (attribute.value.type() == Value::Type::string) attribute.value = Value::integer(1);
        }
    }
    return report;
}

void print_memory() {
    const Report nodes = processes(kFacts, kBorn);
    const Report news = samples(kFacts, 2, 3, kLater);
    const Report conversations = flows(kFacts, kBorn);
    row("process node, 11 attributes + 3 metrics, in the app",
        bytes_each([&] { return as_in_the_app(nodes, news); }), "bytes", 400);
    row("  the same as first made in the probe", bytes_each([&] { return processes(kFacts, kBorn); }),
        "bytes", 400);
    row("  of it the model, without the texts of its values",
        bytes_each([&] { return without_texts(kFacts); }), "bytes", 0);
    row("flow, one epoch, one witness, in the app",
        bytes_each([&] { return through_the_wire(conversations); }), "bytes", 220);
    row("  by its own account", static_cast<double>(through_the_wire(conversations).memory_bytes()) / kFacts,
        "bytes", 0);
}

double frame_bytes(const Report& report) {
    return static_cast<double>(wire::encode(frame(report, kLater)).size() + kWebSocketHeader);
}

/// What passes the dead-bands of an idle host: every five seconds its load; every fifteen also its longer
/// load, the probe's own CPU and one process that did a little.
double idle_bytes_a_second() {
    double total = 0;
    for (std::uint64_t tick = 1; tick <= 12; ++tick) {
        const Version now(kEpoch, 4000 + tick);
        Report change;
        Node& own = change.node(host(now).key);
        own.set_metric(Key::load1, now, static_cast<double>(tick) / 100);
        if (tick % 3 == 0) {
            own.set_metric(Key::load5, now, static_cast<double>(tick + 7) / 100);
            own.set_metric(Key::probe_cpu_percent, now, static_cast<double>(tick + 3) / 100);
            change.join(samples(1, 1, 1, now));
        }
        const std::size_t ack = wire::encode(wire::Ack{kEpoch, now.tick(), 0, false}).size();
        constexpr std::size_t kAckHeader = 2;  // the app's frames are not masked
        total += static_cast<double>(wire::encode(frame(change, now)).size() + kWebSocketHeader + ack +
                                     kAckHeader);
    }
    return total / 60;
}

void print_wire() {
    row("changed metric sample, 500 of 1,000 processes, 2 each",
        frame_bytes(samples(1000, 2, 2, kLater)) / 1000, "bytes", 12);
    row("changed metric sample, 20 of 1,000 processes, 2 each",
        frame_bytes(samples(1000, 50, 2, kLater)) / 40, "bytes", 12);
    row("new node attribute, 1,000 new processes (first frame)",
        frame_bytes(processes(1000, kLater)) / 11'000, "bytes", 60);
    row("new node attribute, one new process", frame_bytes(processes(1, kLater)) / 11, "bytes", 60);
    row("new flow, of 1,000", frame_bytes(flows(1000, kLater)) / 1000, "bytes", 0);
    row("idle host, averaged over a minute, acks included", idle_bytes_a_second(), "bytes/s", 25);
}

}  // namespace

void print_budgets() {
    fmt::print(
        "sizeof: Node {}, Attribute {}, Metric {}, Flow {}, EpochCounters {}, Witness {}, Listener {}\n\n",
        sizeof(Node), sizeof(Attribute), sizeof(Metric), sizeof(Flow), sizeof(EpochCounters), sizeof(Witness),
        sizeof(Listener));
    fmt::print("| {:<62} | {:<24} | {:>6} | {:<6} |\n", "what", "measured", "budget", "");
    fmt::print("|{:-<64}|{:-<26}|{:->7}:|{:-<8}|\n", "", "", "", "");
    print_memory();
    print_wire();
    fmt::print("\n");
}

}  // namespace reticle::bench
