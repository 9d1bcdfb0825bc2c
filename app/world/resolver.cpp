#include "app/world/resolver.h"

#include <algorithm>
#include <utility>

namespace reticle::app {

using report::Flow;
using report::IpAddress;
using report::Protocol;

namespace {

/// Translations of translations; more than a few is a loop.
constexpr int kMaxDepth = 4;
/// All translations of one address together: what a hostile writer can make one lookup cost.
constexpr int kMaxSteps = 1024;

std::string_view dialled_name(const Flow& flow) {
    return flow.extra ? flow.extra->dialled_name.text.view() : std::string_view();
}

}  // namespace

bool Resolver::follow_aliases(const Target& target, Protocol protocol, int depth, Found& found) const {
    if (depth >= kMaxDepth) return false;
    const auto meant = directory_.aliases.meant({target.from.host, protocol, target.address, target.port});
    for (const AliasIndex::Meant& each : meant) {
        if (++found.steps > kMaxSteps) break;
        follow({each.address, each.port, target.from}, protocol, depth + 1, found);
    }
    return !meant.empty();
}

void Resolver::follow(const Target& target, Protocol protocol, int depth, Found& found) const {
    if (follow_aliases(target, protocol, depth, found)) return;
    const Located located = directory_.addresses.locate(target.address, target.from);
    if (located.kind == Located::Kind::host) {
        const Place there{located.host, located.netns.value_or(0)};
        if (located.host != target.from.host &&
            follow_aliases({target.address, target.port, there}, protocol, depth, found)) {
            return;
        }
        const WriterIndex writer = writers_.host(located.host).writer;
        for (report::NodeKey& owner : directory_.listeners.owners(located.host, located.netns, protocol,
                                                                  target.address, target.port)) {
            found.owners.push_back({writers_[writer].info.id, std::move(owner)});
        }
        if (found.host == kNoIndex) found.host = located.host;
    }
    if (!found.located) {
        found.located = true;
        found.first = located;
        found.first_address = target.address;
    }
}

End Resolver::server_of(const Place& place, const Flow& flow) const {
    Found found;
    follow({flow.key.peer, flow.key.service_port, place}, flow.key.protocol, 0, found);
    std::ranges::sort(found.owners);
    found.owners.erase(std::ranges::unique(found.owners).begin(), found.owners.end());

    End end;
    if (found.owners.size() == 1) {
        end.kind = EndKind::node;
        end.node = std::move(found.owners.front());
    } else if (!found.owners.empty()) {
        end.kind = EndKind::listener_group;
        end.node = writers_.host_ref(found.host);
        end.members = std::move(found.owners);
        end.port = flow.key.service_port;
    } else if (found.host != kNoIndex) {
        end.kind = EndKind::unattributed;
        end.node = writers_.host_ref(found.host);
    } else {
        end = outside(found.first, found.first_address, place.host, dialled_name(flow));
    }
    end.address = flow.key.peer;
    return end;
}

End Resolver::client_of(const Place& place, const Flow& flow) const {
    const Located located = directory_.addresses.locate(flow.key.peer, place);
    End end;
    if (located.kind == Located::Kind::host) {
        end.kind = EndKind::unattributed;
        end.node = writers_.host_ref(located.host);
    } else {
        end = outside(located, flow.key.peer, place.host, {});
    }
    end.address = flow.key.peer;
    return end;
}

End Resolver::outside(const Located& located, const IpAddress& address, HostIndex looking,
                      std::string_view name) const {
    End end;
    if (located.kind == Located::Kind::ambiguous) {
        end.kind = EndKind::ambiguous;
        return end;
    }
    if (std::string service = services_.name_of(address, name); !service.empty()) {
        end.kind = EndKind::service;
        end.name = std::move(service);
        return end;
    }
    end.name = name;
    if (located.kind == Located::Kind::private_net) {
        end.kind = EndKind::lan_host;
        end.realm = realm_name(looking);
    } else {
        const bool near = address.is_private() || address.is_link_local() || address.is_multicast();
        end.kind = near ? EndKind::lan_host : EndKind::internet;
    }
    return end;
}

/// The writer; of one that speaks for many hosts, the host too.
std::string Resolver::realm_name(HostIndex index) const {
    const Host& host = writers_.host(index);
    const Writer& writer = writers_[host.writer];
    std::string name = writer.info.id.str();
    if (!writer.info.probe) name.append("/").append(host.id.view());
    return name;
}

bool same_end(const End& a, const End& b) {
    return a.kind == b.kind && a.node == b.node && a.address == b.address && a.port == b.port &&
           a.realm == b.realm && a.members == b.members && (a.kind != EndKind::service || a.name == b.name);
}

}  // namespace reticle::app
