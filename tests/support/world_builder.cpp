#include "tests/support/world_builder.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace reticle::test {

using app::Applied;
using app::End;
using app::EndKind;
using report::FlowKey;
using report::IpAddress;
using report::NodeKey;
using report::Presence;
using report::Topology;
using report::Version;

namespace {

constexpr std::uint64_t kNetns = 4026531840;
constexpr std::uint16_t kPort = 80;
constexpr std::uint16_t kClientPort = 40000;

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \n") - first + 1));
}

IpAddress address(const std::string& text) {
    const auto parsed = IpAddress::parse(text);
    if (!parsed) throw std::invalid_argument("not an address: " + text);
    return *parsed;
}

}  // namespace

WorldBuilder::WorldBuilder(app::WorldPolicy policy) : world_(std::move(policy)) {
    now_.mono = MonoTime(std::chrono::hours(1));
    now_.utc = 1'800'000'000'000'000'000;
}

WorldBuilder& WorldBuilder::host(const std::string& name, const std::vector<std::string>& addresses,
                                 std::string_view processes,
                                 const std::vector<std::string>& private_networks) {
    Host& host = hosts_[name];
    host.addresses = addresses;
    host.epoch = 1000;
    const Version at = version(name);
    auto& host_node = host.report.node({Topology::host, name});
    host_node.presence = Presence::alive_at(at);
    host_node.set(report::Key::host_name, at, report::Value::string(name));
    auto& netns = host.report.node({Topology::network_namespace, std::to_string(kNetns)});
    netns.presence = Presence::alive_at(at);
    std::vector<std::string> owned = addresses;
    owned.emplace_back("127.0.0.1/8");
    netns.set(report::Key::addresses, at, report::Value::list(owned));
    netns.set(report::Key::private_networks, at, report::Value::list(private_networks));

    std::istringstream words{std::string(processes)};
    for (std::string word; words >> word;) {
        processes_[word] = {name, next_pid_++};
        auto& node = host.report.node(process(word));
        node.presence = Presence::alive_at(at);
        node.set(report::Key::name, at, report::Value::string(word));
        node.set(report::Key::pid, at, report::Value::integer(static_cast<std::int64_t>(next_pid_ - 1)));
    }
    return *this;
}

NodeKey WorldBuilder::process(const std::string& name) const {
    return {Topology::process, "boot;" + std::to_string(processes_.at(name).pid) + ";1"};
}

app::NodeRef WorldBuilder::ref(const std::string& name) const {
    return {processes_.at(name).host, process(name)};
}

report::Report& WorldBuilder::stated(const std::string& host) {
    return hosts_.at(host).report;
}

Version WorldBuilder::version(const std::string& host) const {
    const Host& of = hosts_.at(host);
    return {of.epoch, of.sequence + 1};
}

WorldBuilder::Party WorldBuilder::party(std::string_view word) const {
    const std::string text(word);
    const auto found = processes_.find(text);
    if (found == processes_.end()) return {.name = {}, .address = text, .host = {}};
    const auto& addresses = hosts_.at(found->second.host).addresses;
    return {.name = text,
            .address = addresses.empty() ? "127.0.0.1" : addresses.front(),
            .host = found->second.host};
}

std::vector<WorldBuilder::Talk> WorldBuilder::parse(std::string_view graph) const {
    std::vector<Talk> talks;
    std::istringstream parts{std::string(graph)};
    for (std::string part; std::getline(parts, part, ';');) {
        const auto arrow = part.find("->");
        if (arrow == std::string::npos) throw std::invalid_argument("no arrow in: " + part);
        std::string server = trimmed(std::string_view(part).substr(arrow + 2));
        Talk talk;
        if (const auto colon = server.find(':'); colon != std::string::npos) {
            talk.port = static_cast<std::uint16_t>(std::stoi(server.substr(colon + 1)));
            server.resize(colon);
        }
        talk.client = party(trimmed(std::string_view(part).substr(0, arrow)));
        talk.server = party(server);
        talks.push_back(std::move(talk));
    }
    return talks;
}

FlowKey WorldBuilder::half_key(const Talk& talk, bool client) const {
    const Party& own = client ? talk.client : talk.server;
    const Party& other = client ? talk.server : talk.client;
    FlowKey key;
    key.owner = process(own.name);
    if (own.host == other.host) key.peer_owner = process(other.name);
    key.netns = kNetns;
    key.local = address(own.address);
    key.peer = address(other.address);
    key.service_port = talk.port;
    key.protocol = report::Protocol::tcp;
    key.direction = client ? report::Direction::outbound : report::Direction::inbound;
    return key;
}

report::Flow& WorldBuilder::half(const Talk& talk, bool client) {
    const std::string& name = client ? talk.client.host : talk.server.host;
    const Version at = version(name);
    report::Flow& flow = stated(name).flow(half_key(talk, client));
    flow.presence.join(Presence::alive_at(at));
    auto& counters = flow.counters(at.epoch());
    counters.opened = std::max<std::uint64_t>(counters.opened, 1);
    counters.bytes_sent = std::max<std::uint64_t>(counters.bytes_sent, client ? 100 : 2000);
    counters.bytes_received = std::max<std::uint64_t>(counters.bytes_received, client ? 2000 : 100);
    flow.evidence |= static_cast<std::uint8_t>(report::Evidence::sweep);
    const auto pid = talk.client.name.empty() ? 0 : processes_.at(talk.client.name).pid;
    const auto port = static_cast<std::uint16_t>(kClientPort + pid);
    flow.witness_version = at;
    flow.witnesses = {{report::flow_witness(report::Protocol::tcp, address(talk.client.address), port,
                                            address(talk.server.address), talk.port),
                       now_.utc, true}};
    return flow;
}

WorldBuilder& WorldBuilder::talk(std::string_view graph, Seen seen) {
    for (const Talk& talk : parse(graph)) {
        const bool local = talk.client.host == talk.server.host;
        if (!talk.client.name.empty() && (local || seen != Seen::by_server)) half(talk, true);
        if (talk.server.name.empty()) continue;
        if (!local && seen != Seen::by_client) half(talk, false);
        listen(talk.server.name, talk.port);
    }
    return *this;
}

WorldBuilder& WorldBuilder::hang_up(std::string_view graph) {
    for (const Talk& talk : parse(graph)) {
        for (const bool client : {true, false}) {
            const Party& own = client ? talk.client : talk.server;
            if (own.name.empty() || stated(own.host).find(half_key(talk, client)) == nullptr) continue;
            stated(own.host).flow(half_key(talk, client)).presence = Presence::ended_at(version(own.host));
        }
    }
    return *this;
}

WorldBuilder& WorldBuilder::listen(const std::string& name, std::uint16_t port, const std::string& at) {
    report::ListenerKey key;
    key.owner = process(name);
    key.netns = kNetns;
    key.address = address(at);
    key.port = port;
    key.protocol = report::Protocol::tcp;
    const std::string& host = processes_.at(name).host;
    stated(host).listener(key).presence.join(Presence::alive_at(version(host)));
    return *this;
}

WorldBuilder& WorldBuilder::exit(const std::string& name) {
    const std::string& host = processes_.at(name).host;
    const NodeKey key = process(name);
    report::Report& report = stated(host);
    const Presence ended = Presence::ended_at(version(host));
    report.node(key).presence.join(ended);
    for (auto& flow : report.flows) {
        if (flow.key.owner == key || flow.key.peer_owner == key) flow.presence.join(ended);
    }
    for (auto& listener : report.listeners) {
        if (listener.key.owner == key) listener.presence.join(ended);
    }
    return *this;
}

std::vector<Applied> WorldBuilder::send() {
    std::vector<Applied> steps;
    for (const auto& [name, host] : hosts_) {
        for (Applied& step : send(name)) steps.push_back(std::move(step));
    }
    return steps;
}

std::vector<Applied> WorldBuilder::send(const std::string& name) {
    std::vector<Applied> steps;
    Host& host = hosts_.at(name);
    if (!host.open) {
        report::wire::Hello hello;
        hello.host_id = hello.host_name = name;
        hello.boot_id = "boot";
        hello.instance_id = "instance";
        hello.epoch = host.epoch;
        hello.now = now_.utc;
        auto opened = world_.open(hello, now_);
        if (!opened) throw std::runtime_error(opened.error().message);
        steps.push_back(std::move(opened->applied));
        host.open = true;
    }
    report::wire::Frame frame;
    frame.version = version(name);
    frame.epoch = host.epoch;
    frame.sequence = ++host.sequence;
    frame.full = host.sequence == 1;
    frame.now = now_.utc;
    frame.report = host.report;
    auto applied = world_.apply(name, std::move(frame), now_);
    if (!applied) throw std::runtime_error(applied.error().message);
    if (*applied) steps.push_back(std::move(**applied));
    return steps;
}

std::vector<Applied> WorldBuilder::pass(std::chrono::seconds time) {
    std::vector<Applied> steps;
    for (auto second = std::chrono::seconds(0); second < time; second += std::chrono::seconds(1)) {
        now_.mono += std::chrono::seconds(1);
        now_.utc += 1'000'000'000;
        for (Applied& step : world_.advance(now_)) steps.push_back(std::move(step));
    }
    return steps;
}

std::string WorldBuilder::word(const End& end) const {
    const auto name_of = [this](const app::NodeRef& ref) {
        const auto node = world_.node(ref);
        return node ? node->node->value(report::Key::name).to_string() : "gone " + ref.key.id.str();
    };
    switch (end.kind) {
        case EndKind::node:
            return name_of(end.node);
        case EndKind::listener_group: {
            std::string names;
            for (const auto& member : end.members) names += (names.empty() ? "" : "|") + name_of(member);
            return "any of " + names;
        }
        case EndKind::unattributed:
            return "host " + end.node.key.id.str();
        case EndKind::lan_host:
            return "lan " + end.address.to_string() + (end.realm.empty() ? "" : " in " + end.realm);
        case EndKind::internet:
            return "internet";
        case EndKind::service:
            return "service " + end.name;
        case EndKind::ambiguous:
            return "ambiguous " + end.address.to_string();
    }
    return {};
}

std::string WorldBuilder::graph() const {
    std::vector<std::string> edges;
    world_.for_each_conversation([&](const app::Conversation& each) {
        std::string edge = word(each.client) + " -> " + word(each.server);
        if (each.service_port != kPort) edge += ":" + std::to_string(each.service_port);
        if (!each.exact) edge += "?";
        if (each.ended) edge += "!";
        if (each.stale) edge += "~";
        edges.push_back(std::move(edge));
    });
    std::ranges::sort(edges);
    std::string text;
    for (const std::string& edge : edges) text += (text.empty() ? "" : "; ") + edge;
    return text;
}

}  // namespace reticle::test
