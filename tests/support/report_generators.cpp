#include "tests/support/report_generators.h"

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <utility>

namespace reticle::test {
namespace {

using report::AliasKey;
using report::AliasKind;
using report::Counters;
using report::Direction;
using report::Flow;
using report::FlowKey;
using report::IpAddress;
using report::Key;
using report::kFailureKinds;
using report::Listener;
using report::ListenerKey;
using report::Metric;
using report::Node;
using report::NodeKey;
using report::Presence;
using report::Protocol;
using report::Report;
using report::Text;
using report::Topology;
using report::Value;
using report::Version;
using report::VersionedText;
using report::Witness;

constexpr std::uint64_t kFirstEpoch = 1'795'300'000;
constexpr UtcNanos kSomeTime = 1'795'311'324'000'000'000;

constexpr std::array kAttributeKeys = {Key::host_name, Key::pid,  Key::cmdline,       Key::start_time,
                                       Key::netns,     Key::user, Key::local_networks};
constexpr std::array kMetricKeys = {Key::load1, Key::process_cpu_usage_percent, Key::open_files_count};

int below(int end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}

bool chance(int percent) {
    return below(100) < percent;
}

template <class Array>
auto one_of(const Array& items) {
    return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
}

UtcNanos some_time() {
    static constexpr std::array<std::int64_t, 4> kUnits = {1, 1'000, 1'000'000, 1'000'000'000};
    return kSomeTime + below(1000) * one_of(kUnits);
}

double some_real() {
    switch (below(6)) {
        case 0:
            return below(100) / 10.0;
        case 1:
            return below(10'000) / 1000.0;
        case 2:
            return below(100'000) * 4096.0;
        case 3:
            return -below(1000);
        case 4:
            return 1.0 / (1 + below(1000));
        default:
            return below(1000) * 1e300;
    }
}

std::uint64_t some_count() {
    switch (below(4)) {
        case 0:
            return 0;
        case 1:
            return static_cast<std::uint64_t>(below(10));
        case 2:
            return static_cast<std::uint64_t>(below(1'000'000)) << 20;
        default:
            return ~std::uint64_t{0} - static_cast<std::uint64_t>(below(3));
    }
}

}  // namespace

rc::Gen<Version> any_version() {
    return rc::gen::exec([] {
        return Version(kFirstEpoch + static_cast<unsigned>(below(3)) * 100,
                       static_cast<unsigned>(1 + below(6)));
    });
}

rc::Gen<Presence> any_presence() {
    return rc::gen::exec([] {
        const Version version = *any_version();
        return chance(30) ? Presence::ended_at(version) : Presence::alive_at(version);
    });
}

rc::Gen<std::string> any_string() {
    static const std::vector<std::string> kPieces = {"a", "b", "nginx", "/",  ";", "\"",
                                                     " ", "ä", "日",    "😀", "\n"};
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces)),
                        [](const std::vector<std::string>& pieces) {
                            std::string text;
                            for (const std::string& piece : pieces) text += piece;
                            return text;
                        });
}

rc::Gen<Value> any_value() {
    return rc::gen::exec([] {
        switch (below(6)) {
            case 0:
                return Value::boolean(chance(50));
            case 1:
                return Value::integer(*rc::gen::arbitrary<std::int64_t>());
            case 2:
                return Value::real(some_real());
            case 3:
                return Value::time(some_time());
            case 4:
                return Value::string(*any_string());
            default:
                return Value::list(*rc::gen::container<std::vector<std::string>>(any_string()));
        }
    });
}

rc::Gen<IpAddress> any_address() {
    return rc::gen::exec([] {
        const auto last = static_cast<std::uint8_t>(below(3));
        if (chance(70)) return IpAddress::v4({10, 0, 0, last});
        return IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
    });
}

rc::Gen<NodeKey> any_node_key() {
    return rc::gen::exec([] {
        static constexpr std::array kTopologies = {Topology::host, Topology::process,
                                                   Topology::network_namespace};
        const std::string id = "boot;" + std::to_string(below(4));
        return NodeKey{one_of(kTopologies), Text(id)};
    });
}

rc::Gen<Node> any_node() {
    return rc::gen::exec([] {
        Node node(*any_node_key());
        if (chance(80)) node.presence = *any_presence();
        for (const Key key : kAttributeKeys) {
            if (chance(30)) node.set(key, *any_version(), *any_value());
        }
        for (const Key key : kMetricKeys) {
            if (!chance(30)) continue;
            const double value = some_real();
            node.metrics.push_back({key, *any_version(), value, std::max(value, some_real())});
        }
        std::ranges::sort(node.metrics, {}, &Metric::key);
        for (const char* label : {"env", "team", "zone"}) {
            if (chance(15)) node.set_label(label, *any_version(), *any_value());
        }
        if (chance(30)) node.set_parent(*any_node_key(), *any_presence());
        return node;
    });
}

rc::Gen<FlowKey> any_flow_key() {
    return rc::gen::exec([] {
        static constexpr std::array<std::uint16_t, 3> kPorts = {80, 443, 5432};
        FlowKey key;
        key.owner = *any_node_key();
        if (chance(20)) key.peer_owner = *any_node_key();
        key.netns = static_cast<std::uint64_t>(below(2)) * 4026531840;
        key.local = *any_address();
        key.peer = *any_address();
        key.service_port = one_of(kPorts);
        key.protocol = chance(70) ? Protocol::tcp : Protocol::udp;
        key.direction = static_cast<Direction>(below(3));
        return key;
    });
}

rc::Gen<Counters> any_counters() {
    return rc::gen::exec([] {
        Counters counters;
        counters.opened = some_count();
        counters.closed = some_count();
        counters.bytes_sent = some_count();
        counters.bytes_received = some_count();
        counters.packets = some_count();
        counters.retransmits = some_count();
        counters.active_at_start = static_cast<std::uint32_t>(below(5));
        counters.failed[static_cast<std::size_t>(below(kFailureKinds))] =
            static_cast<std::uint32_t>(below(5));
        return counters;
    });
}

rc::Gen<std::vector<Witness>> any_witnesses() {
    return rc::gen::exec([] {
        std::vector<Witness> witnesses;
        const bool many = chance(20);
        const int count = many ? 60 + below(20) : below(4);
        for (int i = 0; i < count; ++i) {
            const auto hash = static_cast<std::uint64_t>(many ? i * 3 + below(3) : below(40)) << 50;
            witnesses.push_back({hash, some_time(), chance(40)});
        }
        std::ranges::sort(witnesses, {}, &Witness::hash);
        const auto repeated = std::ranges::unique(witnesses, {}, &Witness::hash);
        witnesses.erase(repeated.begin(), repeated.end());
        cut_witnesses(witnesses);
        return witnesses;
    });
}

rc::Gen<Flow> any_flow() {
    return rc::gen::exec([] {
        Flow flow(*any_flow_key());
        if (chance(80)) flow.presence = *any_presence();
        for (int i = 0; i < below(3); ++i) flow.counters((*any_version()).epoch()) = *any_counters();
        if (chance(50)) {
            flow.rtt_version = *any_version();
            flow.rtt_us = static_cast<std::uint32_t>(below(1000));
        }
        if (chance(50)) flow.rtt_min_us = static_cast<std::uint32_t>(1 + below(1000));
        if (chance(70)) flow.first_seen = some_time();
        if (chance(70)) flow.last_seen = some_time();
        flow.evidence = static_cast<std::uint8_t>(below(32));
        if (chance(60)) {
            flow.witness_version = *any_version();
            flow.witnesses = *any_witnesses();
        }
        if (chance(30)) {
            flow.extra = std::make_unique<Flow::Extra>();
            for (VersionedText* text :
                 {&flow.extra->container, &flow.extra->dialled, &flow.extra->dialled_name}) {
                if (chance(50)) *text = {*any_version(), Text(*any_string())};
            }
        }
        return flow;
    });
}

rc::Gen<Report> any_report() {
    return rc::gen::exec([] {
        Report report;
        for (int i = below(4); i > 0; --i) report.nodes.push_back(*any_node());
        for (int i = below(4); i > 0; --i) report.flows.push_back(*any_flow());
        for (int i = below(3); i > 0; --i) {
            const ListenerKey key{*any_node_key(), 0, *any_address(),
                                  static_cast<std::uint16_t>(80 + below(2)), Protocol::tcp};
            report.listeners.push_back({key, *any_presence()});
        }
        for (int i = below(2); i > 0; --i) {
            const AliasKey key{0, *any_address(), *any_address(), 80, 8080, Protocol::tcp, AliasKind::dnat};
            report.aliases.push_back({key, *any_presence(), some_count()});
        }
        report.normalise();
        return report;
    });
}

void mutate(Report& state, Version version, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto pick = [&](std::uint64_t end) { return random() % end; };
    const auto step = [&](Presence& presence) {
        presence = pick(4) == 0 ? Presence::ended_at(version) : Presence::alive_at(version);
    };
    Node& node = state.node({Topology::process, Text("boot;" + std::to_string(pick(12)))});
    if (!node.presence.ended()) {  // an incarnation that ended does not come back
        if (node.presence.none() || pick(3) == 0) step(node.presence);
        node.set(Key::cmdline, version, Value::string("run " + std::to_string(pick(5))));
        node.set(Key::threads, version, Value::integer(static_cast<std::int64_t>(pick(5))));
        node.set_metric(Key::load1, version, static_cast<double>(pick(5)));
        if (pick(3) == 0) node.set_label("team", version, Value::integer(static_cast<std::int64_t>(pick(3))));
        if (pick(3) == 0) node.set_parent({Topology::host, "h1"}, Presence::alive_at(version));
    }

    FlowKey key;
    key.owner = {Topology::process, Text("boot;" + std::to_string(pick(6)))};
    key.peer = IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(pick(3))});
    key.service_port = 80;
    key.protocol = Protocol::tcp;
    key.direction = Direction::outbound;
    Flow& flow = state.flow(key);
    step(flow.presence);
    Counters& counters = flow.counters(version.epoch());
    counters.opened += pick(3);
    counters.bytes_sent += pick(1000);
    flow.rtt_version = version;
    flow.rtt_us = static_cast<std::uint32_t>(1 + pick(100));
    flow.last_seen = std::max<UtcNanos>(flow.last_seen, static_cast<UtcNanos>(kSomeTime + version.tick()));
    flow.witness_version = version;
    flow.witnesses = {{pick(100), kSomeTime, pick(2) == 0}};

    Listener& listener =
        state.listener({key.owner, 0, IpAddress(), static_cast<std::uint16_t>(80 + pick(3)), Protocol::tcp});
    step(listener.presence);
}

}  // namespace reticle::test
