#include "app/scope/identity.h"

#include <cstdio>
#include <functional>
#include <map>
#include <vector>

namespace reticle::app::scope {
namespace {

using report::Key;
using report::NodeKey;
using report::Topology;

/// Four hex digits that stay the same for a host id.
std::string short_hash(std::string_view host_id) {
    std::uint32_t hash = 2166136261u;
    for (const char c : host_id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    char digits[8];
    std::snprintf(digits, sizeof digits, "%04x", (hash ^ hash >> 16) & 0xffffu);
    return digits;
}

/// The literal tag in an id; Scope's own spelling differs from the topology name in two places.
std::string tag_of(Topology topology) {
    if (topology == Topology::daemon_set) return "daemonset";
    if (topology == Topology::stateful_set) return "statefulset";
    if (topology == Topology::cron_job) return "cronjob";
    if (topology == Topology::kube_namespace) return "namespace";
    return std::string(report::topology_name(topology));
}

}  // namespace

Identity::Identity(const World& world) : world_(world) {
    std::map<std::string, std::vector<std::string>> by_name;
    world.for_each_node(Topology::host, [&](const NodeRef& ref, const WorldNode& host) {
        std::string name(host.node->value(Key::host_name).as_string());
        if (name.empty()) name = ref.key.id.str();
        auto& ids = by_name[name];
        if (std::find(ids.begin(), ids.end(), ref.key.id.view()) == ids.end())
            ids.push_back(ref.key.id.str());
    });
    for (const auto& [name, ids] : by_name) {
        for (const std::string& id : ids) names_[id] = ids.size() == 1 ? name : name + "~" + short_hash(id);
    }
}

std::string Identity::host(const WriterId& writer, std::string_view host_id) const {
    if (const auto found = names_.find(std::string(host_id)); found != names_.end()) return found->second;
    const WriterInfo* info = world_.writer(writer);
    return info != nullptr && info->probe && !info->host_name.empty() ? info->host_name
                                                                      : std::string(host_id);
}

std::string Identity::host_id_of(const NodeRef& ref) const {
    if (ref.key.topology == Topology::host) return ref.key.id.str();
    if (const auto stated = world_.node(ref)) {
        for (const report::Parent& parent : stated->node->parents()) {
            if (parent.key.topology == Topology::host && parent.presence.alive()) return parent.key.id.str();
        }
    }
    const WriterInfo* info = world_.writer(ref.writer);
    return info != nullptr && info->probe ? ref.writer.str() : std::string();
}

std::string Identity::host_of(const NodeRef& ref) const {
    const std::string id = host_id_of(ref);
    return id.empty() ? id : host(ref.writer, id);
}

std::string Identity::node(const NodeRef& ref) const {
    if (ref.key.topology == Topology::host) return host(ref.writer, ref.key.id.view()) + ";<host>";
    if (ref.key.topology == Topology::process) {
        const auto stated = world_.node(ref);
        const std::string pid = stated ? stated->node->value(Key::pid).to_string() : std::string();
        return host_of(ref) + ";" + pid;
    }
    return ref.key.id.str() + ";<" + tag_of(ref.key.topology) + ">";
}

std::string Identity::view_node(const ViewNode& view) const {
    const bool one_thing = view.kind == NodeKind::process || view.kind == NodeKind::host;
    return one_thing && !view.sources.empty() ? node(view.sources.front()) : view.id;
}

}  // namespace reticle::app::scope
