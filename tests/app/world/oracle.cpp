#include "tests/app/world/oracle.h"

#include <algorithm>
#include <set>
#include <utility>

namespace reticle::test {

using app::End;
using app::EndKind;
using report::Direction;
using report::Flow;
using report::IpAddress;
using report::Listener;
using report::NodeKey;
using report::Subnet;
using report::Topology;

namespace {

std::string describe(const End& end) {
    std::string text = std::to_string(static_cast<int>(end.kind)) + " " + end.node.writer.str() + "/" +
                       end.node.key.id.str() + " [";
    for (const auto& member : end.members) text += member.writer.str() + "/" + member.key.id.str() + " ";
    return text + "] " + end.realm;
}

struct Half {
    std::string writer;
    const Flow* flow;
    bool server = false;
};

struct Owned {
    std::string writer;
    std::string netns;
    IpAddress address;
};

struct Found {
    enum { host, ambiguous, private_net, beyond } kind = beyond;
    std::string writer;
    std::string netns;  ///< empty: any
};

class Oracle {
  public:
    explicit Oracle(const app::World& world) {
        world.for_each_writer([&](const app::WriterInfo& info) {
            const report::Report& state = *world.state(info.id);
            for (const auto& node : state.nodes) {
                if (node.key.topology == Topology::network_namespace && node.presence.alive())
                    note(info.id.str(), node);
            }
            for (const auto& listener : state.listeners) {
                if (listener.presence.alive()) listeners_.emplace_back(info.id.str(), &listener);
            }
        });
        world.for_each_writer([&](const app::WriterInfo& info) {
            for (const auto& flow : world.state(info.id)->flows) {
                if (flow.presence.alive())
                    halves_.push_back({info.id.str(), &flow, is_server(info.id.str(), flow)});
            }
        });
    }

    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const Half& half : halves_) {
            if (!half.flow->key.peer_owner.none()) {
                const End own = node(half.writer, half.flow->key.owner);
                const End other = node(half.writer, half.flow->key.peer_owner);
                lines.push_back(half.server ? line(other, own, half) : line(own, other, half));
            } else if (half.server) {
                if (partners(half).empty() && !covered(half)) {
                    lines.push_back(line(client_of(half), node(half.writer, half.flow->key.owner), half));
                }
            } else {
                add_client(half, lines);
            }
        }
        std::ranges::sort(lines);
        return lines;
    }

  private:
    static End node(const std::string& writer, const NodeKey& key) {
        End end;
        end.node = {writer, key};
        return end;
    }
    static std::string line(const End& client, const End& server, const Half& half) {
        return describe(client) + " -> " + describe(server) + " :" +
               std::to_string(half.flow->key.service_port);
    }

    void note(const std::string& writer, const report::Node& node) {
        for (const auto& text : node.value(report::Key::addresses).as_list()) {
            owned_.push_back({writer, node.key.id.str(), *IpAddress::parse(text)});
        }
        for (const auto& text : node.value(report::Key::private_networks).as_list()) {
            privates_.emplace_back(writer, *Subnet::parse(text));
        }
    }

    bool is_private(const std::string& writer, const IpAddress& address) const {
        return std::ranges::any_of(privates_, [&](const auto& each) {
            return each.first == writer && each.second.contains(address);
        });
    }

    Found locate(const IpAddress& address, const Half& from) const {
        const std::string netns = std::to_string(from.flow->key.netns);
        if (address.is_loopback()) return {Found::host, from.writer, netns};
        std::set<std::string> own;
        std::set<std::string> others;
        for (const Owned& each : owned_) {
            if (each.address != address) continue;
            if (each.writer == from.writer) own.insert(each.netns);
            if (!is_private(each.writer, address)) others.insert(each.writer);
        }
        if (own.contains(netns)) return {Found::host, from.writer, netns};
        if (address.is_link_local()) return {Found::private_net, {}, {}};
        if (own.size() == 1) return {Found::host, from.writer, *own.begin()};
        if (own.size() > 1) return {Found::ambiguous, {}, {}};
        if (is_private(from.writer, address)) return {Found::private_net, {}, {}};
        if (others.empty()) return {};
        if (others.size() > 1) return {Found::ambiguous, {}, {}};
        std::set<std::string> theirs;
        for (const Owned& each : owned_) {
            if (each.address == address && each.writer == *others.begin()) theirs.insert(each.netns);
        }
        return {Found::host, *others.begin(), theirs.size() == 1 ? *theirs.begin() : ""};
    }

    static int rank(const Listener& listener, const IpAddress& at) {
        const IpAddress& bound = listener.key.address;
        if (bound == at) return 0;
        if (!bound.is_unspecified()) return -1;
        if (bound.is_v4() == at.is_v4()) return 1;
        return at.is_v4() ? 2 : -1;
    }

    bool is_server(const std::string& writer, const Flow& flow) const {
        if (flow.key.direction != Direction::unknown) return flow.key.direction == Direction::inbound;
        return std::ranges::any_of(listeners_, [&](const auto& each) {
            const auto& key = each.second->key;
            return each.first == writer && key.owner == flow.key.owner && key.netns == flow.key.netns &&
                   key.port == flow.key.service_port && rank(*each.second, flow.key.local) >= 0;
        });
    }

    static bool inside(const IpAddress& address) { return address.is_loopback() || address.is_link_local(); }

    static bool namespaces_agree(const Half& a, const Half& b) {
        const auto& one = a.flow->key;
        const auto& other = b.flow->key;
        if (!inside(one.local) && !inside(one.peer) && !inside(other.local) && !inside(other.peer))
            return true;
        return a.writer == b.writer && one.netns == other.netns;
    }

    bool compatible(const Half& client, const Half& server) const {
        if (!namespaces_agree(client, server)) return false;
        const auto& called = client.flow->key;
        const auto& calling = server.flow->key;
        // A witness over loopback is one over loopback at both ends.
        if ((inside(called.local) || inside(called.peer)) !=
            (inside(calling.local) || inside(calling.peer))) {
            return false;
        }
        if (client.writer == server.writer) return true;
        if (is_private(client.writer, called.peer) || is_private(server.writer, calling.peer)) return false;
        const Found there = locate(called.peer, client);
        if (called.peer == calling.local && there.kind == Found::host && there.writer != server.writer)
            return false;
        const Found back = locate(calling.peer, server);
        return called.local != calling.peer || back.kind != Found::host || back.writer == client.writer;
    }

    std::vector<const Half*> partners(const Half& half) const {
        std::vector<const Half*> found;
        for (const Half& other : halves_) {
            if (other.server == half.server || !other.flow->key.peer_owner.none()) continue;
            const bool common = std::ranges::any_of(half.flow->witnesses, [&](const auto& mine) {
                return std::ranges::any_of(other.flow->witnesses,
                                           [&](const auto& theirs) { return theirs.hash == mine.hash; });
            });
            if (!common) continue;
            if (half.server ? compatible(other, half) : compatible(half, other)) found.push_back(&other);
        }
        return found;
    }

    bool covered(const Half& server) const {
        const Found client_host = locate(server.flow->key.peer, server);
        if (client_host.kind != Found::host) return false;
        return std::ranges::any_of(halves_, [&](const Half& other) {
            return !other.server && other.flow->key.peer_owner.none() && other.writer == client_host.writer &&
                   other.flow->key.peer == server.flow->key.local &&
                   other.flow->key.service_port == server.flow->key.service_port &&
                   namespaces_agree(server, other);
        });
    }

    End outside(const Found& found, const Half& half) const {
        End end;
        const IpAddress& address = half.flow->key.peer;
        if (found.kind == Found::ambiguous) {
            end.kind = EndKind::ambiguous;
        } else if (found.kind == Found::private_net) {
            end.kind = EndKind::lan_host;
            end.realm = half.writer;
        } else {
            end.kind = address.is_private() ? EndKind::lan_host : EndKind::internet;
        }
        return end;
    }

    End unattributed(const std::string& writer) const {
        End end;
        end.kind = EndKind::unattributed;
        end.node = {writer, {Topology::host, writer}};
        return end;
    }

    End client_of(const Half& half) const {
        const Found found = locate(half.flow->key.peer, half);
        return found.kind == Found::host ? unattributed(found.writer) : outside(found, half);
    }

    End server_of(const Half& half) const {
        const auto& key = half.flow->key;
        const Found found = locate(key.peer, half);
        if (found.kind != Found::host) return outside(found, half);
        for (int wanted = 0; wanted < 3; ++wanted) {
            std::set<NodeKey> owners;
            for (const auto& [writer, listener] : listeners_) {
                const bool here = writer == found.writer && listener->key.port == key.service_port &&
                                  (found.netns.empty() || found.netns == std::to_string(listener->key.netns));
                if (here && rank(*listener, key.peer) == wanted) owners.insert(listener->key.owner);
            }
            if (owners.size() == 1) return node(found.writer, *owners.begin());
            if (owners.empty()) continue;
            End end = unattributed(found.writer);
            end.kind = EndKind::listener_group;
            for (const NodeKey& owner : owners) end.members.push_back({found.writer, owner});
            return end;
        }
        return unattributed(found.writer);
    }

    void add_client(const Half& half, std::vector<std::string>& lines) const {
        const End own = node(half.writer, half.flow->key.owner);
        const auto servers = partners(half);
        for (const Half* server : servers) {
            lines.push_back(line(own, node(server->writer, server->flow->key.owner), half));
        }
        if (servers.empty()) lines.push_back(line(own, server_of(half), half));
    }

    std::vector<Half> halves_;
    std::vector<Owned> owned_;
    std::vector<std::pair<std::string, Subnet>> privates_;
    std::vector<std::pair<std::string, const Listener*>> listeners_;
};

}  // namespace

std::vector<std::string> conversations_from_scratch(const app::World& world) {
    return Oracle(world).lines();
}

std::vector<std::string> conversations_of(const app::World& world) {
    std::vector<std::string> lines;
    world.for_each_conversation([&](const app::Conversation& each) {
        lines.push_back(describe(each.client) + " -> " + describe(each.server) + " :" +
                        std::to_string(each.service_port));
    });
    std::ranges::sort(lines);
    return lines;
}

}  // namespace reticle::test
