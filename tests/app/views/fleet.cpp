#include "tests/app/views/fleet.h"

#include <stdexcept>

namespace reticle::test {

using report::Direction;
using report::FlowKey;
using report::IpAddress;
using report::Key;
using report::NodeKey;
using report::Presence;
using report::Protocol;
using report::Topology;
using report::Value;
using report::Version;

namespace {

constexpr std::uint64_t kNetns = 1;
constexpr UtcNanos kStart = 1'795'311'324'000'000'000;

IpAddress parse(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address) throw std::invalid_argument("not an address: " + std::string(text));
    return *address;
}

}  // namespace

Fleet::Fleet(app::WorldPolicy policy) : world_(std::move(policy)) {
    now_.mono = MonoTime{} + std::chrono::hours(1);
    now_.utc = kStart;
}

std::string Fleet::host_id(int host) {
    return "h" + std::to_string(host);
}

std::string Fleet::address(int host) {
    return "10.0." + std::to_string(host / 256) + "." + std::to_string(host % 256);
}

Fleet::Host& Fleet::host(int number) {
    const auto [it, fresh] = hosts_.try_emplace(number);
    Host& host = it->second;
    if (!fresh) return host;
    const Version at(host.epoch, host.tick);
    report::Node& node = host.state.node({Topology::host, host_id(number)});
    node.presence.join(Presence::alive_at(at));
    node.set(Key::host_name, at, Value::string("web-" + std::to_string(number) + ".example.org"));
    node.set_metric(Key::host_cpu_usage_percent, at, 12.5);
    report::Node& netns = host.state.node({Topology::network_namespace, std::to_string(kNetns)});
    netns.presence.join(Presence::alive_at(at));
    netns.set(Key::addresses, at, Value::list({address(number) + "/16", "127.0.0.1/8"}));
    return host;
}

Version Fleet::version(int number) {
    Host& of = host(number);
    return {of.epoch, of.tick};
}

NodeKey Fleet::process(int number, int pid, std::string_view name) {
    const NodeKey key{Topology::process, "b00t;" + std::to_string(pid) + ";" + std::to_string(pid * 10)};
    const Version at = version(number);
    report::Node& node = host(number).state.node(key);
    node.presence.join(Presence::alive_at(at));
    node.set(Key::pid, at, Value::integer(pid));
    node.set(Key::name, at, name.empty() ? Value() : Value::string(name));
    return key;
}

void Fleet::metric(int number, const NodeKey& process, Key key, double sample) {
    host(number).state.node(process).set_metric(key, version(number), sample);
}

void Fleet::exit(int number, const NodeKey& process) {
    const Presence ended = Presence::ended_at(version(number));
    report::Report& state = host(number).state;
    state.node(process).presence.join(ended);
    for (report::Listener& listener : state.listeners) {
        if (listener.key.owner == process) listener.presence.join(ended);
    }
    close(number, process);
}

void Fleet::listen(int number, const NodeKey& process, std::uint16_t port, bool listens) {
    const report::ListenerKey key{process, kNetns, parse("0.0.0.0"), port, Protocol::tcp};
    const Version at = version(number);
    host(number).state.listener(key).presence.join(listens ? Presence::alive_at(at) : Presence::ended_at(at));
}

report::Flow& Fleet::flow(int number, const FlowKey& key, Moved moved) {
    const Version at = version(number);
    report::Flow& flow = host(number).state.flow(key);
    flow.presence.join(Presence::alive_at(at));
    report::Counters& counters = flow.counters(at.epoch());
    counters.opened = std::max(counters.opened, moved.opened);
    counters.bytes_sent = std::max(counters.bytes_sent, moved.sent);
    counters.bytes_received = std::max(counters.bytes_received, moved.received);
    flow.rtt_version = at;
    flow.rtt_us = static_cast<std::uint32_t>(100 + moved.sent % 50);
    flow.rtt_min_us = 100;
    if (flow.first_seen == 0) flow.first_seen = now_.utc;
    flow.last_seen = now_.utc;
    flow.evidence = static_cast<std::uint8_t>(report::Evidence::sweep);
    return flow;
}

FlowKey Fleet::local_flow(int number, const NodeKey& client, const NodeKey& server, std::uint16_t port,
                          Moved moved) {
    FlowKey key{client,
                server,
                kNetns,
                parse("127.0.0.1"),
                parse("127.0.0.1"),
                port,
                Protocol::tcp,
                Direction::outbound};
    flow(number, key, moved);
    return key;
}

void Fleet::remote_flow(int number, const NodeKey& client, int server_number, const NodeKey& server,
                        std::uint16_t port, Moved moved) {
    const IpAddress from = parse(address(number));
    const IpAddress to = parse(address(server_number));
    const auto client_port =
        static_cast<std::uint16_t>(32768 + std::hash<std::string_view>{}(client.id.view()) % 20000);
    const std::uint64_t witness = report::flow_witness(Protocol::tcp, from, client_port, to, port);
    const auto half = [&](int on, const FlowKey& key, Moved counted) {
        report::Flow& made = flow(on, key, counted);
        made.witness_version = version(on);
        made.witnesses = {{witness, now_.utc, true}};
    };
    half(number, {client, {}, kNetns, from, to, port, Protocol::tcp, Direction::outbound}, moved);
    half(server_number, {server, {}, kNetns, to, from, port, Protocol::tcp, Direction::inbound},
         {moved.opened, moved.received, moved.sent});
}

FlowKey Fleet::outbound(int number, const NodeKey& client, std::string_view to, std::uint16_t port,
                        Moved moved, std::string_view dialled_name) {
    FlowKey key{client,    {},   kNetns,        parse(address(number)),
                parse(to), port, Protocol::tcp, Direction::outbound};
    report::Flow& made = flow(number, key, moved);
    if (!dialled_name.empty() && !made.extra) {
        made.extra = std::make_unique<report::Flow::Extra>();
        made.extra->dialled_name = {version(number), report::Text(dialled_name)};
    }
    return key;
}

FlowKey Fleet::inbound(int number, const NodeKey& server, std::string_view from, std::uint16_t port,
                       Moved moved) {
    FlowKey key{server,      {},   kNetns,        parse(address(number)),
                parse(from), port, Protocol::tcp, Direction::inbound};
    flow(number, key, moved);
    return key;
}

void Fleet::close(int number, const NodeKey& process) {
    const Presence ended = Presence::ended_at(version(number));
    for (report::Flow& flow : host(number).state.flows) {
        if (flow.key.owner == process || flow.key.peer_owner == process) flow.presence.join(ended);
    }
}

void Fleet::open(int number, Host& of, app::Touched& touched) {
    report::wire::Hello hello;
    hello.host_id = host_id(number);
    hello.host_name = "web-" + std::to_string(number) + ".example.org";
    hello.boot_id = "b00t";
    hello.instance_id = std::to_string(of.instance);
    hello.epoch = of.epoch;
    auto opened = world_.open(hello, now_);
    if (!opened) throw std::runtime_error(opened.error().message);
    touched.merge(std::move(opened->applied.touched));
    if (opened->welcome.epoch != of.epoch) restate(of, opened->welcome.epoch);
    of.open = true;
    of.sequence = 0;
    of.sent = {};
}

/// A probe that starts anew finds the same things again.
void Fleet::restate(Host& of, std::uint64_t epoch) {
    of.epoch = epoch;
    const Presence alive = Presence::alive_at({of.epoch, of.tick});
    const auto again = [&](auto& facts) {
        for (auto& fact : facts) {
            if (fact.presence.alive()) fact.presence = alive;
        }
    };
    again(of.state.nodes);
    again(of.state.flows);
    again(of.state.listeners);
}

app::Touched Fleet::flush(int number) {
    app::Touched touched;
    Host& of = host(number);
    if (!of.open) open(number, of, touched);
    report::wire::Frame frame;
    frame.epoch = of.epoch;
    frame.sequence = ++of.sequence;
    frame.full = of.sequence == 1;
    frame.version = {of.epoch, of.tick};
    frame.report = frame.full ? of.state : report::changed_since(of.state, of.sent);
    of.sent = frame.version;
    ++of.tick;
    auto applied = world_.apply(host_id(number), std::move(frame), now_);
    if (!applied) throw std::runtime_error(applied.error().message);
    if (*applied) touched.merge(std::move((*applied)->touched));
    return touched;
}

app::Touched Fleet::flush_all() {
    app::Touched touched;
    for (auto& [number, of] : hosts_) touched.merge(flush(number));
    return touched;
}

void Fleet::wait(std::chrono::milliseconds time) {
    now_.mono += time;
    now_.utc += std::chrono::nanoseconds(time).count();
}

app::Touched Fleet::advance(std::chrono::milliseconds time) {
    wait(time);
    app::Touched touched;
    for (app::Applied& applied : world_.advance(now_)) touched.merge(std::move(applied.touched));
    return touched;
}

app::Touched Fleet::goodbye(int number) {
    Host& of = host(number);
    app::Touched touched;
    if (!of.open) return touched;
    if (auto applied = world_.goodbye(host_id(number), now_)) touched = std::move(applied->touched);
    of.open = false;
    ++of.instance;
    return touched;
}

void Fleet::reconnect(int number) {
    Host& of = host(number);
    if (!of.open) return;
    world_.disconnected(host_id(number), std::to_string(of.instance));
    of.open = false;
}

app::Touched Fleet::everything() const {
    app::Touched all;
    for (const Topology topology : {Topology::host, Topology::process}) {
        world_.for_each_node(
            topology, [&](const app::NodeRef& ref, const app::WorldNode&) { all.nodes.push_back(ref); });
    }
    world_.for_each_conversation([&](const app::Conversation& c) { all.conversations.push_back(c.id); });
    world_.for_each_writer([&](const app::WriterInfo& info) { all.writers.push_back(info.id); });
    app::Touched sorted;
    sorted.merge(std::move(all));
    return sorted;
}

}  // namespace reticle::test
