// Joining facts into a writer's state, and telling the indexes what follows from them.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "app/world/merge.h"
#include "app/world/world_impl.h"

namespace reticle::app {

using report::Alias;
using report::Flow;
using report::IpAddress;
using report::Listener;
using report::Node;
using report::NodeKey;
using report::Presence;
using report::Subnet;
using report::Topology;

namespace {

template <class Fact, class Key>
std::size_t place_of(const std::vector<Fact>& facts, const Key& key) {
    return static_cast<std::size_t>(std::ranges::lower_bound(facts, key, {}, &Fact::key) - facts.begin());
}

/// Follows a presence that changed: what lives again has no end, what ends begins its afterglow. Returns
/// whether it ended now.
bool follow_presence(Lifespan& span, Presence presence, MonoTime now) {
    if (presence.alive()) {
        span.ended = Lifespan::kLiving;
    } else if (presence.ended() && (span.living() || !span.visible())) {
        span.ended = now;
        return true;
    }
    return false;
}

std::optional<std::uint64_t> namespace_number(std::string_view id) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
    return number;
}

NamespaceAddresses stated_addresses(const Node& node, std::uint64_t netns, bool alive) {
    NamespaceAddresses stated;
    stated.netns = netns;
    stated.alive = alive;
    for (const std::string& text : node.value(report::Key::addresses).as_list()) {
        if (const auto subnet = Subnet::parse(text)) stated.addresses.push_back(subnet->base);
    }
    std::ranges::sort(stated.addresses);
    stated.addresses.erase(std::ranges::unique(stated.addresses).begin(), stated.addresses.end());
    for (const std::string& text : node.value(report::Key::private_networks).as_list()) {
        if (const auto subnet = Subnet::parse(text)) stated.private_networks.push_back(subnet->network());
    }
    return stated;
}

}  // namespace

bool is_shared(Topology topology) {
    return topology != Topology::none && topology != Topology::host && topology != Topology::process &&
           topology != Topology::container && topology != Topology::network_namespace;
}

void World::Impl::join_nodes(WriterIndex index, const std::vector<Node>& nodes, Glow& glow,
                             Touched& touched) {
    Writer& writer = writers[index];
    const auto follow = [&](std::size_t place) {
        const Node& node = writer.state.nodes[place];
        if (follow_presence(writer.nodes[place], node.presence, glow.ended)) glow.nodes.push_back(node.key);
    };
    const auto made = merge_facts(writer.state.nodes, writer.nodes, nodes, Lifespan{glow.ended},
                                  [&](std::size_t place, const Node& said) {
                                      Node& node = writer.state.nodes[place];
                                      const Presence before = node.presence;
                                      node.join(said);
                                      if (node.presence != before) follow(place);
                                  });
    for (const std::size_t place : made) {
        follow(place);
        const NodeKey& key = writer.state.nodes[place].key;
        if (is_shared(key.topology)) shared[key].push_back(index);
    }
    for (const Node& said : nodes) {
        touched.nodes.push_back({writer.info.id, said.key});
        if (said.key.topology == Topology::network_namespace) {
            follow_namespace(index, place_of(writer.state.nodes, said.key));
        } else if (!writer.info.probe && !said.parents().empty()) {
            rehost(index, said.key);
        }
    }
}

/// Tells the address index what a namespace owns now.
void World::Impl::follow_namespace(WriterIndex index, std::size_t place) {
    Writer& writer = writers[index];
    const Node& node = writer.state.nodes[place];
    const auto netns = namespace_number(node.key.id.view());
    if (!netns) return;
    const HostIndex host = writers.host_of(index, node.key);
    if (!writer.info.probe) {
        for (const HostIndex other : writer.hosts) {
            if (other != host) forget_namespace(other, *netns);
        }
    }
    const Lifespan& span = writer.nodes[place];
    if (node.presence.none() || !span.visible()) {
        forget_namespace(host, *netns);
        return;
    }
    conversations.addresses_changed(
        host, directory.addresses.set(host, stated_addresses(node, *netns, span.living())));
}

void World::Impl::forget_namespace(HostIndex host, std::uint64_t netns) {
    conversations.addresses_changed(host, directory.addresses.erase(host, netns));
}

/// A node of an imported report was found on another host: so are its flows and listeners.
void World::Impl::rehost(WriterIndex index, const NodeKey& owner) {
    Writer& writer = writers[index];
    const HostIndex host = writers.host_of(index, owner);
    const auto owned = [&](auto& facts) {
        return std::ranges::equal_range(facts, owner, {},
                                        [](const auto& fact) -> const auto& { return fact.key.owner; });
    };
    for (const Listener& listener : owned(writer.state.listeners)) {
        const auto place = static_cast<std::size_t>(&listener - writer.state.listeners.data());
        HostIndex& under = writer.listeners[place].host;
        if (under == host) continue;
        if (under != kNoIndex) {
            directory.listeners.erase(under, listener.key);
            conversations.listener_changed(under, listener.key);
        }
        under = host;
        follow_listener(index, place);
    }
    for (const Flow& flow : owned(writer.state.flows)) {
        const HalfId id = writer.halves[static_cast<std::size_t>(&flow - writer.state.flows.data())];
        if (id != kNoIndex) conversations.rehost(id, host);
    }
}

void World::Impl::join_listeners(WriterIndex index, const std::vector<Listener>& listeners, Glow& glow) {
    Writer& writer = writers[index];
    const auto follow = [&](std::size_t place, bool always) {
        const Listener& listener = writer.state.listeners[place];
        Lifespan& span = writer.listeners[place].span;
        const MonoTime before = span.ended;
        if (follow_presence(span, listener.presence, glow.ended)) glow.listeners.push_back(listener.key);
        if (always || span.ended != before) follow_listener(index, place);
    };
    const auto made = merge_facts(writer.state.listeners, writer.listeners, listeners,
                                  ListenerPlace{Lifespan{glow.ended}, kNoIndex},
                                  [&](std::size_t place, const Listener& said) {
                                      Listener& listener = writer.state.listeners[place];
                                      const Presence before = listener.presence;
                                      listener.join(said);
                                      if (listener.presence != before) follow(place, before.none());
                                  });
    for (const std::size_t place : made) {
        writer.listeners[place].host = writers.host_of(index, writer.state.listeners[place].key.owner);
        follow(place, true);
    }
}

/// Tells the listener index how a listener stands.
void World::Impl::follow_listener(WriterIndex index, std::size_t place) {
    const Writer& writer = writers[index];
    const Listener& listener = writer.state.listeners[place];
    const auto& [span, host] = writer.listeners[place];
    if (listener.presence.none() || !span.visible()) {
        directory.listeners.erase(host, listener.key);
    } else {
        directory.listeners.put(host, listener.key, span.living());
    }
    conversations.listener_changed(host, listener.key);
}

void World::Impl::join_aliases(WriterIndex index, const std::vector<Alias>& aliases) {
    Writer& writer = writers[index];
    const auto follow = [&](std::size_t place) {
        const Alias& alias = writer.state.aliases[place];
        HostIndex& under = writer.aliases[place];
        if (alias.presence.alive() == (under != kNoIndex) || !AliasIndex::matters(alias.key.kind)) return;
        const NodeKey netns{Topology::network_namespace, std::to_string(alias.key.netns)};
        const HostIndex host = under != kNoIndex ? under : writers.host_of(index, netns);
        if (under == kNoIndex) {
            directory.aliases.add(host, alias.key);
        } else {
            directory.aliases.erase(host, alias.key);
        }
        under = under == kNoIndex ? host : kNoIndex;
        conversations.alias_changed(host, alias.key);
    };
    const auto made = merge_facts(writer.state.aliases, writer.aliases, aliases, kNoIndex,
                                  [&](std::size_t place, const Alias& said) {
                                      writer.state.aliases[place].join(said);
                                      follow(place);
                                  });
    for (const std::size_t place : made) follow(place);
}

void World::Impl::join_flows(WriterIndex index, const std::vector<Flow>& flows, Glow& glow) {
    Writer& writer = writers[index];
    const auto made = merge_facts(
        writer.state.flows, writer.halves, flows, kNoIndex, [&](std::size_t place, const Flow& said) {
            Flow& flow = writer.state.flows[place];
            const HalfId id = writer.halves[place];
            const Presence before = flow.presence;
            const bool witnesses = id != kNoIndex && said.witness_version >= flow.witness_version &&
                                   said.witnesses != flow.witnesses;
            const auto seen_before = witnesses ? flow.witnesses : std::vector<report::Witness>();
            flow.join(said);
            if (witnesses) conversations.witnesses_changed(id, seen_before);
            if (id != kNoIndex) conversations.changed(id, said.extra != nullptr);
            if (flow.presence != before) follow_flow(index, place, glow);
        });
    if (made.empty()) return;
    for (std::size_t place = made.front(); place < writer.halves.size(); ++place) {
        if (writer.halves[place] != kNoIndex) conversations.moved(writer.halves[place], place);
    }
    for (const std::size_t place : made) follow_flow(index, place, glow);
}

/// A flow's presence changed: it appears, lives again, or begins its afterglow.
void World::Impl::follow_flow(WriterIndex index, std::size_t place, Glow& glow) {
    Writer& writer = writers[index];
    const Flow& flow = writer.state.flows[place];
    if (flow.presence.none()) return;
    HalfId& id = writer.halves[place];
    const bool fresh = id == kNoIndex;
    if (fresh) id = conversations.add(index, static_cast<std::uint32_t>(place));
    if (flow.presence.alive()) {
        conversations.set_ended(id, Lifespan::kLiving);
    } else if (fresh || conversations.ended(id) == Lifespan::kLiving) {
        conversations.set_ended(id, glow.ended);
        glow.flows.push_back(flow.key);
    }
}

void World::Impl::hide_node(WriterIndex index, std::size_t place) {
    Writer& writer = writers[index];
    writer.nodes[place].ended = Lifespan::kOver;
    if (writer.state.nodes[place].key.topology == Topology::network_namespace) follow_namespace(index, place);
}

void World::Impl::hide_listener(WriterIndex index, std::size_t place) {
    writers[index].listeners[place].span.ended = Lifespan::kOver;
    follow_listener(index, place);
}

void World::Impl::hide_flow(WriterIndex index, std::size_t place) {
    HalfId& id = writers[index].halves[place];
    if (id == kNoIndex) return;
    conversations.remove(id);
    id = kNoIndex;
}

void World::Impl::forget_shared(WriterIndex index, const NodeKey& key) {
    const auto found = shared.find(key);
    if (found == shared.end()) return;
    std::erase(found->second, index);
    if (found->second.empty()) shared.erase(found);
}

}  // namespace reticle::app
