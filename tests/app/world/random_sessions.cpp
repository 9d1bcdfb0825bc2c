#include "tests/app/world/random_sessions.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace reticle::test {

using report::Flow;
using report::FlowKey;
using report::IpAddress;
using report::Listener;
using report::ListenerKey;
using report::NodeKey;
using report::Presence;
using report::Topology;
using report::Version;

std::size_t Dice::below(std::size_t limit) {
    if (used_up() || limit == 0) return 0;
    return numbers_[next_++] % limit;
}

namespace {

const std::array<const char*, 3> kWriters = {"a", "b", "c"};
const std::array<const char*, 7> kAddresses = {"10.0.0.1",  "10.0.0.2",    "10.0.0.3", "172.17.0.2",
                                               "127.0.0.1", "203.0.113.5", "fe80::1"};
const std::array<const char*, 5> kBindings = {"0.0.0.0", "::", "10.0.0.1", "10.0.0.2", "127.0.0.1"};
const std::array<std::uint16_t, 2> kPorts = {80, 5432};

template <class T, std::size_t N>
const T& pick(Dice& dice, const std::array<T, N>& from) {
    return from[dice.below(N)];
}

IpAddress some_address(Dice& dice) {
    return *IpAddress::parse(pick(dice, kAddresses));
}

NodeKey some_process(Dice& dice) {
    return {Topology::process, "boot;" + std::to_string(1 + dice.below(3)) + ";1"};
}

/// One probe as it would behave: what it holds, what it has said.
class Probe {
  public:
    explicit Probe(std::string id) : id_(std::move(id)) {}

    void act(Dice& dice, std::vector<Event>& events) {
        if (!open_) {
            connect(dice, events);
        } else if (dice.one_in(12)) {
            events.push_back(event(Event::Kind::goodbye));
            open_ = false;
            fresh_start_ = true;
        } else if (dice.one_in(12)) {
            events.push_back(event(Event::Kind::disconnect));
            open_ = false;
            fresh_start_ = dice.one_in(2);
        } else if (dice.one_in(6)) {
            Event again = event(Event::Kind::again);
            again.frame = last_;
            events.push_back(std::move(again));
        } else {
            say(dice, events);
        }
    }

  private:
    Event event(Event::Kind kind) const {
        Event event;
        event.kind = kind;
        event.writer = id_;
        event.hello.host_id = event.hello.host_name = id_;
        event.hello.boot_id = "boot";
        event.hello.instance_id = std::to_string(start_);
        event.hello.epoch = epoch_;
        return event;
    }

    void connect(Dice& dice, std::vector<Event>& events) {
        if (fresh_start_) {
            ++start_;
            ++epoch_;
            tick_ = 0;
            holds_ = report::Report();
            fresh_start_ = false;
        }
        open_ = true;
        sequence_ = 0;
        events.push_back(event(Event::Kind::open));
        say(dice, events);
    }

    void say(Dice& dice, std::vector<Event>& events) {
        ++tick_;
        for (std::size_t changes = 1 + dice.below(4); changes > 0; --changes) change(dice);
        last_ = report::wire::Frame();
        last_.epoch = epoch_;
        last_.sequence = ++sequence_;
        last_.version = Version(epoch_, tick_);
        last_.full = sequence_ == 1 || dice.one_in(5);
        // A full statement need not repeat what ended.
        last_.report = last_.full ? living() : holds_;
        Event frame = event(Event::Kind::frame);
        frame.frame = last_;
        events.push_back(std::move(frame));
    }

    report::Report living() const {
        report::Report living = holds_;
        std::erase_if(living.nodes, [](const auto& fact) { return fact.presence.ended(); });
        std::erase_if(living.flows, [](const auto& fact) { return fact.presence.ended(); });
        std::erase_if(living.listeners, [](const auto& fact) { return fact.presence.ended(); });
        return living;
    }

    /// Most things begin, some end.
    Presence presence(Dice& dice) const {
        const Version at(epoch_, tick_);
        return dice.one_in(4) ? Presence::ended_at(at) : Presence::alive_at(at);
    }

    void change(Dice& dice) {
        switch (dice.below(6)) {
            case 0:
                change_namespace(dice);
                break;
            case 1:
                holds_.node(some_process(dice)).presence.join(presence(dice));
                break;
            case 2:
                change_listener(dice);
                break;
            default:
                change_flow(dice);
        }
    }

    void change_namespace(Dice& dice) {
        const Version at(epoch_, tick_);
        auto& node = holds_.node({Topology::network_namespace, std::to_string(1 + dice.below(2))});
        node.presence.join(presence(dice));
        std::vector<std::string> addresses;
        for (const char* address : kAddresses) {
            if (dice.one_in(4)) addresses.emplace_back(address);
        }
        node.set(report::Key::addresses, at, report::Value::list(addresses));
        std::vector<std::string> networks;
        if (dice.one_in(3)) networks.emplace_back("172.17.0.0/16");
        node.set(report::Key::private_networks, at, report::Value::list(networks));
    }

    void change_listener(Dice& dice) {
        ListenerKey key;
        key.owner = some_process(dice);
        key.netns = 1 + dice.below(2);
        key.address = *IpAddress::parse(pick(dice, kBindings));
        key.port = pick(dice, kPorts);
        key.protocol = report::Protocol::tcp;
        holds_.listener(key).presence.join(presence(dice));
    }

    void change_flow(Dice& dice) {
        const Version at(epoch_, tick_);
        FlowKey key;
        key.owner = some_process(dice);
        if (dice.one_in(5)) key.peer_owner = some_process(dice);
        key.netns = 1 + dice.below(2);
        key.local = some_address(dice);
        key.peer = some_address(dice);
        key.service_port = pick(dice, kPorts);
        key.protocol = report::Protocol::tcp;
        key.direction = static_cast<report::Direction>(dice.below(3));
        Flow& flow = holds_.flow(key);
        flow.presence.join(presence(dice));
        auto& counters = flow.counters(epoch_);
        counters.opened += dice.below(3);
        counters.bytes_sent += dice.below(1000);
        counters.bytes_received += dice.below(1000);
        flow.first_seen = flow.first_seen == 0 ? at.tick() : flow.first_seen;
        flow.last_seen = at.tick();
        flow.evidence |= static_cast<std::uint8_t>(report::Evidence::sweep);
        flow.witness_version = at;
        flow.witnesses.clear();
        for (std::uint64_t hash = 1; hash <= 6; ++hash) {
            if (dice.one_in(3)) flow.witnesses.push_back({hash, 1, true});
        }
    }

    std::string id_;
    report::Report holds_;
    report::wire::Frame last_;
    std::uint64_t epoch_ = 100, tick_ = 0, sequence_ = 0, start_ = 0;
    bool open_ = false;
    bool fresh_start_ = false;
};

Now time_of(std::size_t second) {
    Now now;
    now.mono = MonoTime(std::chrono::hours(1) + std::chrono::seconds(second));
    now.utc = 1'800'000'000'000'000'000 + static_cast<std::int64_t>(second) * 1'000'000'000;
    return now;
}

void play_event(app::World& world, const Event& event, Now now,
                const std::function<void(const app::Applied&)>& follow) {
    switch (event.kind) {
        case Event::Kind::open:
            follow(world.open(event.hello, now)->applied);
            break;
        case Event::Kind::frame:
        case Event::Kind::again:
            if (const auto applied = world.apply(event.writer, event.frame, now); applied && *applied) {
                follow(**applied);
            }
            break;
        case Event::Kind::disconnect:
            world.disconnected(event.writer, event.hello.instance_id);
            break;
        case Event::Kind::goodbye:
            if (const auto applied = world.goodbye(event.writer, now)) follow(*applied);
            break;
    }
}

std::size_t pass(app::World& world, std::size_t second, std::chrono::seconds time,
                 const std::function<void(const app::Applied&)>& follow) {
    for (std::int64_t i = 0; i < time.count(); ++i) {
        for (const app::Applied& applied : world.advance(time_of(++second))) follow(applied);
    }
    return second;
}

std::size_t length(const std::vector<Round>& rounds) {
    std::size_t seconds = 0;
    for (const Round& round : rounds) seconds += static_cast<std::size_t>(round.then.count());
    return seconds;
}

}  // namespace

std::vector<Round> random_sessions(Dice& dice) {
    std::vector<Probe> probes(kWriters.begin(), kWriters.end());
    std::vector<Round> rounds;
    while (!dice.used_up()) {
        Round round;
        for (Probe& probe : probes) {
            if (!dice.one_in(3)) probe.act(dice, round.events);
        }
        const std::array<int, 6> waits = {0, 1, 1, 3, 8, 20};
        round.then = std::chrono::seconds(pick(dice, waits));
        rounds.push_back(std::move(round));
    }
    return rounds;
}

void play(app::World& world, const std::vector<Round>& rounds, bool backwards,
          const std::function<void(const app::Applied&)>& follow) {
    std::size_t second = 0;
    for (const Round& round : rounds) {
        std::map<std::string, std::vector<const Event*>> turns;
        for (const Event& event : round.events) turns[event.writer].push_back(&event);
        std::vector<std::vector<const Event*>> order;
        for (auto& [writer, events] : turns) order.push_back(events);
        if (backwards) std::ranges::reverse(order);
        for (const auto& events : order) {
            for (const Event* event : events) play_event(world, *event, time_of(second), follow);
        }
        second = pass(world, second, round.then, follow);
    }
}

void let_glow_out(app::World& world, const std::vector<Round>& rounds,
                  const std::function<void(const app::Applied&)>& follow) {
    pass(world, length(rounds), std::chrono::seconds(16), follow);
}

}  // namespace reticle::test
