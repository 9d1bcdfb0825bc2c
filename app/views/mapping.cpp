#include "app/views/mapping.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace reticle::app {
namespace {

using report::Key;

/// Start and pid of a process id, for telling the oldest: the last two parts of it, as numbers.
std::tuple<std::uint64_t, std::uint64_t> age_rank(std::string_view id) {
    const auto number = [](std::string_view text) {
        std::uint64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    const std::size_t last = id.rfind(';');
    if (last == std::string_view::npos) return {0, 0};
    const std::size_t middle = id.substr(0, last).rfind(';');
    const std::size_t from = middle == std::string_view::npos ? 0 : middle + 1;
    return {number(id.substr(last + 1)), number(id.substr(from, last - from))};
}

/// The host a node of an imported report belongs to, as the world has it: itself or its parent. A probe
/// speaks for one host alone.
report::Text stated_host(const World& world, const NodeRef& ref) {
    const WriterInfo* writer = world.writer(ref.writer);
    if (writer != nullptr && writer->probe) return ref.writer;
    if (ref.key.topology == report::Topology::host) return ref.key.id;
    const std::optional<WorldNode> node = world.node(ref);
    if (!node) return {};
    for (const report::Parent& parent : node->node->parents()) {
        if (parent.key.topology == report::Topology::host && parent.presence.alive()) return parent.key.id;
    }
    return {};
}

PseudoFace internet_face(bool client) {
    PseudoFace face;
    face.kind = NodeKind::internet;
    face.label = "The Internet";
    face.sublabel = client ? "Inbound connections" : "Outbound connections";
    return face;
}

PseudoFace address_face(const End& end, std::string_view sublabel) {
    PseudoFace face;
    face.kind = NodeKind::lan_host;
    face.named = !end.name.empty();
    face.label = face.named ? end.name : end.address.to_string();
    face.sublabel = face.named ? end.address.to_string() : sublabel;
    return face;
}

PseudoFace face_on_host(const HostFace& host, NodeKind kind, bool in_hosts) {
    PseudoFace face;
    face.kind = kind;
    face.sublabel = host.label;
    if (in_hosts) {
        face.group = host.id;
        face.group_label = host.label;
    }
    return face;
}

MappedEnd listener_end(const World& world, const Conversation& conversation, const End& end, bool in_hosts) {
    const HostFace host = host_of(world, end.node);
    const std::string port =
        std::string(report::protocol_name(conversation.protocol)) + "/" + std::to_string(end.port);
    PseudoFace face = face_on_host(host, NodeKind::listener_group, in_hosts);
    const std::optional<std::string> name = common_name(world, end.members);
    face.named = name.has_value();
    face.label = name ? std::string(short_name(*name)) : port;
    face.sublabel += " (" + std::to_string(end.members.size()) + " share " + port + ")";
    face.members = end.members;
    // Workers come and go; the group is named after its oldest member, so that it stays the same one.
    const auto oldest = std::ranges::min_element(end.members, {}, [](const NodeRef& member) {
        return std::tuple(age_rank(member.key.id.view()), member);
    });
    std::string id = "listeners:" + host.id + ":" + port;
    if (oldest != end.members.end()) id += ":" + oldest->key.id.str();
    return {std::move(id), std::move(face), end.members};
}

}  // namespace

HostFace host_of(const World& world, const NodeRef& ref) {
    const auto label_of = [&](const WriterId& writer) {
        const WriterInfo* info = world.writer(writer);
        return info != nullptr && !info->host_name.empty() ? info->host_name : writer.str();
    };
    report::Text id = stated_host(world, ref);
    if (id.empty()) id = ref.writer;
    if (id == ref.writer) return {id.str(), label_of(ref.writer)};
    const std::optional<WorldNode> host = world.node({ref.writer, {report::Topology::host, id}});
    const std::string_view name = host ? host->node->value(Key::host_name).as_string() : std::string_view();
    return {id.str(), std::string(name.empty() ? id.view() : name)};
}

std::string process_id(const NodeRef& ref) {
    std::string id = ref.writer.str();
    id += ';';
    id += ref.key.id.view();
    return id;
}

std::string_view short_name(std::string_view name) {
    if (!name.starts_with('/')) return name;
    const std::string_view last = name.substr(name.rfind('/') + 1);
    return last.empty() ? name : last;
}

std::pair<std::string_view, std::string_view> split_host_name(std::string_view name) {
    const std::size_t dot = name.find('.');
    if (dot == 0 || dot == std::string_view::npos || report::IpAddress::parse(name)) return {name, {}};
    return {name.substr(0, dot), name.substr(dot + 1)};
}

MappedEnd pseudo_end(const World& world, const Conversation& conversation, const End& end, bool in_hosts) {
    switch (end.kind) {
        case EndKind::internet: {
            const bool client = &end == &conversation.client;
            return {client ? "in-theinternet" : "out-theinternet", internet_face(client), {}};
        }
        case EndKind::service: {
            PseudoFace face;
            face.kind = NodeKind::service;
            face.label = end.name;
            return {"service-" + end.name.substr(0, kMaxIdentity), std::move(face), {}};
        }
        case EndKind::lan_host:
            return {"lan:" + end.realm + ":" + end.address.to_string(), address_face(end, "No probe"), {}};
        case EndKind::ambiguous:
            return {
                "ambiguous:" + end.address.to_string(), address_face(end, "Address of several hosts"), {}};
        case EndKind::listener_group:
            return listener_end(world, conversation, end, in_hosts);
        case EndKind::node:
        case EndKind::unattributed:
            break;
    }
    const HostFace host = host_of(world, end.node);
    PseudoFace face = face_on_host(host, NodeKind::unattributed, in_hosts);
    face.label = "Unattributed";
    return {"unattributed:" + host.id, std::move(face), {}};
}

std::optional<std::string> common_name(const World& world, std::span<const NodeRef> processes) {
    std::string_view name;
    for (const NodeRef& ref : processes) {
        const std::optional<WorldNode> node = world.node(ref);
        const std::string_view own = node ? node->node->value(Key::name).as_string() : std::string_view();
        if (own.empty() || (!name.empty() && own != name)) return std::nullopt;
        name = own;
    }
    if (name.empty()) return std::nullopt;
    return std::string(name);
}

std::vector<std::pair<Key, report::Value>> attributes_of(const report::Node& node, std::span<const Key> keys,
                                                         std::int64_t skew_nanos) {
    std::vector<std::pair<Key, report::Value>> attributes;
    attributes.reserve(keys.size());
    for (const report::Attribute& attribute : node.attributes) {
        if (attribute.value.none() || std::ranges::find(keys, attribute.key) == keys.end()) continue;
        const bool time = attribute.value.type() == report::Value::Type::time;
        attributes.emplace_back(
            attribute.key,
            time ? report::Value::time(attribute.value.as_time() - skew_nanos) : attribute.value);
    }
    return attributes;
}

std::vector<std::pair<Key, double>> metrics_of(const report::Node& node) {
    std::vector<std::pair<Key, double>> metrics;
    metrics.reserve(node.metrics.size());
    for (const report::Metric& metric : node.metrics) metrics.emplace_back(metric.key, metric.value);
    return metrics;
}

ViewOption unconnected_option() {
    return {"unconnected", "hide", {{"show", "Show unconnected"}, {"hide", "Hide unconnected"}}};
}

}  // namespace reticle::app
