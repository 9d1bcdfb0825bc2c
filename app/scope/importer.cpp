#include "app/scope/importer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "report/address.h"
#include "report/flow.h"
#include "report/keys.h"

namespace reticle::app::scope {
namespace {

using namespace report;  // NOLINT(google-build-using-namespace): a translation between two vocabularies

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "client;<host>" -> "client": the tag is made again at the API's edge.
std::string without_tag(std::string_view id) {
    if (id.ends_with('>')) {
        if (const auto tag = id.rfind(";<"); tag != std::string_view::npos) id = id.substr(0, tag);
    }
    return std::string(id);
}

std::optional<Topology> topology_of(const std::string& name) {
    if (name == "namespace") return Topology::kube_namespace;
    return topology_named(name);
}

/// A number for a scope string, as flows carry a namespace number; stable, so that equal scopes meet.
std::uint64_t namespace_number(std::string_view scope) {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : scope) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash >> 1;
}

/// An endpoint's id taken apart: "<scope>;<address>;<port>".
struct Endpoint {
    std::string scope;
    IpAddress address;
    std::uint16_t port = 0;
    std::string host;  ///< host identity, where host_node_id is stated
    NodeKey owner;     ///< the process, else the host; none where unknown
    std::uint64_t connections = 1;
    const ScopeNode* node = nullptr;
    bool reused = false;  ///< its port served several conversations
};

std::optional<Endpoint> parse_endpoint(const std::string& id, const ScopeNode& node) {
    const auto last = id.rfind(';');
    const auto first = last == std::string::npos || last == 0 ? std::string::npos : id.rfind(';', last - 1);
    if (first == std::string::npos) return std::nullopt;
    const auto address = IpAddress::parse(std::string_view(id).substr(first + 1, last - first - 1));
    const auto port = integer(std::string_view(id).substr(last + 1));
    if (!address || !port || *port < 0 || *port > 65535) return std::nullopt;
    Endpoint endpoint{.scope = id.substr(0, first),
                      .address = *address,
                      .port = static_cast<std::uint16_t>(*port),
                      .host = {},
                      .owner = {},
                      .connections = 1,
                      .node = &node,
                      .reused = false};
    if (const auto host = node.latest.find("host_node_id"); host != node.latest.end()) {
        endpoint.host = without_tag(host->second);
    }
    if (const auto count = node.latest.find("conn_count"); count != node.latest.end()) {
        if (const auto n = integer(count->second); n && *n > 0)
            endpoint.connections = static_cast<std::uint64_t>(*n);
    }
    return endpoint;
}

class Importer {
  public:
    Importer(const ScopeReport& report, Version version) : report_(report), version_(version) {}

    Report run() {
        for (const auto& [name, nodes] : report_.topologies) {
            const auto topology = topology_of(name);
            if (!topology) continue;
            for (const auto& [id, node] : nodes) {
                if (node.complete) add_node(*topology, name, node);
            }
        }
        if (const auto found = report_.topologies.find("endpoint"); found != report_.topologies.end()) {
            read_endpoints(found->second);
            for (const auto& [id, endpoint] : endpoints_) add_conversations(endpoint);
            add_namespaces();
        }
        out_.normalise();
        return std::move(out_);
    }

  private:
    static NodeKey key_of(Topology topology, std::string_view id) {
        return {topology, Text(without_tag(id))};
    }

    void add_node(Topology topology, const std::string& name, const ScopeNode& stated) {
        Node node(key_of(topology, stated.id));
        node.presence = Presence::alive_at(version_);
        for (const auto& [key, value] : stated.latest) set_text(node, key, value);
        for (const auto& [key, values] : stated.sets) {
            const auto known = key_named(key);
            if (known && key_info(*known)->role == KeyRole::attribute) {
                node.set(*known, version_, Value::list(values));
            } else {
                node.set_label(Text(key), version_, Value::list(values));
            }
        }
        for (const auto& [key, metric] : stated.metrics) set_metric(node, key, metric);
        for (const auto& [parent, ids] : stated.parents) {
            const auto parent_topology = topology_of(parent);
            if (!parent_topology) continue;
            for (const std::string& id : ids) {
                node.set_parent(key_of(*parent_topology, id), Presence::alive_at(version_));
            }
        }
        // Old probes state a process's host only as an attribute.
        if (const auto host = stated.latest.find("host_node_id");
            host != stated.latest.end() && name != "host" && !stated.parents.contains("host")) {
            node.set_parent(key_of(Topology::host, host->second), Presence::alive_at(version_));
        }
        out_.nodes.push_back(std::move(node));
    }

    void set_text(Node& node, const std::string& key, const std::string& value) {
        const auto known = key_named(key);
        if (!known || key_info(*known)->role == KeyRole::metric) {
            node.set_label(Text(key), version_, Value::string(Text(value)));
            return;
        }
        const std::string_view format = key_info(*known)->format;
        const auto number = integer(value);
        if ((format == "integer" || format == "number") && number) {
            node.set(*known, version_, Value::integer(*number));
        } else {
            node.set(*known, version_, Value::string(Text(value)));
        }
    }

    void set_metric(Node& node, const std::string& key, const ScopeMetric& metric) {
        const auto known = key_named(key);
        if (!known || key_info(*known)->role != KeyRole::metric || !std::isfinite(metric.value)) return;
        double value = metric.value;
        // Scope states a process's share of the machine on a scale of 100 per core; ours is percent of one
        // core.
        if (*known == Key::process_cpu_usage_percent && metric.max >= 100) value *= metric.max / 100;
        node.set_metric(*known, version_, value);
    }

    void read_endpoints(const std::map<std::string, ScopeNode>& nodes) {
        for (const auto& [id, node] : nodes) {
            auto endpoint = parse_endpoint(id, node);
            if (!endpoint) continue;
            if (!endpoint->host.empty()) {
                endpoint->owner = {Topology::host, Text(endpoint->host)};
                if (const auto pid = node.latest.find("pid"); pid != node.latest.end()) {
                    endpoint->owner = {Topology::process, Text(endpoint->host + ";" + pid->second)};
                }
                addresses_[endpoint->host].insert(endpoint->address);
            }
            endpoints_.emplace(id, std::move(*endpoint));
        }
        for (auto& [id, endpoint] : endpoints_) {
            std::set<std::string> real;
            for (const std::string& target : endpoint.node->adjacency) real.insert(original(target));
            endpoint.reused = real.size() > 1;
            if (endpoint.reused && !endpoint.host.empty())
                endpoint.owner = {Topology::host, Text(endpoint.host)};
            add_alias(id, endpoint);
        }
    }

    /// The endpoint that a copy made for a translated address stands for.
    std::string original(const std::string& id) const {
        const auto found = endpoints_.find(id);
        if (found == endpoints_.end()) return id;
        const auto copy = found->second.node->latest.find("copy_of");
        return copy == found->second.node->latest.end() ? id : copy->second;
    }

    void add_alias(const std::string& id, const Endpoint& endpoint) {
        const std::string meant_id = original(id);
        if (meant_id == id) return;
        const auto meant = endpoints_.find(meant_id);
        if (meant == endpoints_.end()) return;
        Alias alias;
        alias.key = {.netns = 0,
                     .seen = endpoint.address,
                     .meant = meant->second.address,
                     .seen_port = endpoint.port,
                     .meant_port = meant->second.port,
                     .protocol = Protocol::tcp,
                     .kind = AliasKind::dnat};
        alias.presence = Presence::alive_at(version_);
        alias.used = 1;
        out_.aliases.push_back(alias);
    }

    /// The namespace a half lives in: its scope if it has one, else its host's own.
    static std::uint64_t netns_of(const Endpoint& endpoint) {
        return namespace_number(endpoint.scope.empty() ? endpoint.host : endpoint.scope);
    }

    void add_conversations(const Endpoint& client) {
        for (const std::string& target : client.node->adjacency) {
            const auto found = endpoints_.find(target);
            if (found == endpoints_.end()) continue;
            const Endpoint& server = found->second;
            const bool both = !client.owner.none() && !server.owner.none();
            if (!client.owner.none()) {
                Flow& half = add_half(client, server, client, server, Direction::outbound);
                if (both) half.key.peer_owner = server.owner;
                name_peer(half, server.address);
            } else if (!server.owner.none()) {
                Flow& half = add_half(server, client, client, server, Direction::inbound);
                name_peer(half, client.address);
            }
        }
    }

    Flow& add_half(const Endpoint& owner, const Endpoint& peer, const Endpoint& client,
                   const Endpoint& server, Direction direction) {
        Flow flow;
        flow.key.owner = owner.owner;
        flow.key.netns = netns_of(owner);
        flow.key.local = owner.address;
        flow.key.peer = peer.address;
        flow.key.service_port = server.port;
        flow.key.protocol = Protocol::tcp;  // Scope knows no other
        flow.key.direction = direction;
        flow.presence = Presence::alive_at(version_);
        flow.evidence = static_cast<std::uint8_t>(Evidence::imported);
        flow.witness_version = version_;
        flow.witnesses.push_back(
            {.hash = flow_witness(Protocol::tcp, client.address, client.port, server.address, server.port),
             .seen = 0,
             .open = true});
        flows_.push_back(std::move(flow));
        pending_connections_.push_back(client.connections);
        return flows_.back();
    }

    void name_peer(Flow& flow, const IpAddress& address) {
        const auto names = report_.names.find(address.to_string());
        if (names == report_.names.end()) return;
        const auto& chosen = !names->second.forward.empty() ? names->second.forward : names->second.reverse;
        if (chosen.empty()) return;
        flow.extra = std::make_unique<Flow::Extra>();
        flow.extra->dialled_name = {version_, Text(*std::min_element(chosen.begin(), chosen.end()))};
    }

    void add_namespaces() {
        merge_halves();
        for (const auto& [host, addresses] : addresses_) {
            Node node({Topology::network_namespace, Text(std::to_string(namespace_number(host)))});
            node.presence = Presence::alive_at(version_);
            std::vector<std::string> list;
            for (const IpAddress& address : addresses) {
                if (!address.is_loopback()) list.push_back(address.to_string());
            }
            node.set(Key::addresses, version_, Value::list(std::move(list)));
            node.set_parent({Topology::host, Text(host)}, Presence::alive_at(version_));
            out_.nodes.push_back(std::move(node));
        }
    }

    /// One flow per key: connections between the same ends add up, and their witnesses come together.
    void merge_halves() {
        std::map<FlowKey, std::size_t> index;
        for (std::size_t i = 0; i < flows_.size(); ++i) {
            const auto [place, first] = index.try_emplace(flows_[i].key, out_.flows.size());
            if (first) {
                out_.flows.push_back(std::move(flows_[i]));
                out_.flows.back().counters(version_.epoch()).active_at_start =
                    static_cast<std::uint32_t>(std::min<std::uint64_t>(pending_connections_[i], UINT32_MAX));
                continue;
            }
            Flow& flow = out_.flows[place->second];
            flow.counters(version_.epoch()).active_at_start +=
                static_cast<std::uint32_t>(pending_connections_[i]);
            add_witness(flow, flows_[i].witnesses.front());
        }
    }

    static void add_witness(Flow& flow, const Witness& witness) {
        const auto place =
            std::lower_bound(flow.witnesses.begin(), flow.witnesses.end(), witness.hash,
                             [](const Witness& w, std::uint64_t hash) { return w.hash < hash; });
        if (place != flow.witnesses.end() && place->hash == witness.hash) return;
        flow.witnesses.insert(place, witness);
        if (flow.witnesses.size() > kMaxWitnesses) flow.witnesses.pop_back();
    }

    const ScopeReport& report_;
    Version version_;
    Report out_;
    std::map<std::string, Endpoint> endpoints_;
    std::map<std::string, std::set<IpAddress>> addresses_;  ///< by host
    std::vector<Flow> flows_;                               ///< before merging; parallel to the next
    std::vector<std::uint64_t> pending_connections_;
};

}  // namespace

report::Report import_scope(const ScopeReport& report, report::Version version) {
    return Importer(report, version).run();
}

ScopeReport ScopeWindow::add(const std::string& writer, ScopeReport report, MonoTime now) {
    auto& posted = posted_[writer];
    posted.push_back({now, std::move(report)});
    while (posted.front().at + kScopeWindow < now) posted.pop_front();
    ScopeReport merged = posted.front().report;
    for (auto next = std::next(posted.begin()); next != posted.end(); ++next) merged.merge(next->report);
    return merged;
}

void ScopeWindow::expire(MonoTime now) {
    std::erase_if(posted_, [now](const auto& entry) { return entry.second.back().at + kScopeWindow < now; });
}

}  // namespace reticle::app::scope
