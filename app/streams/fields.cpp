#include "app/streams/fields.h"

#include <bit>
#include <functional>

#include "report/keys.h"

namespace reticle::app {
namespace {

using report::Value;

/// Lists are shown up to so many items, each cut to so many bytes.
constexpr std::size_t kMaxListItems = 32;
constexpr std::size_t kMaxItemText = 128;

std::uint64_t print(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}
std::uint64_t print(double value) {
    return std::bit_cast<std::uint64_t>(shown_real(value));
}
std::uint64_t print_time(UtcNanos time) {
    return static_cast<std::uint64_t>(milliseconds_of(time));
}
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return (a ^ b) * 0x9e3779b97f4a7c15U ^ (a >> 29U);
}

std::uint64_t print(const Value& value) {
    const auto type = static_cast<std::uint64_t>(value.type());
    switch (value.type()) {
        case Value::Type::none:
            return type;
        case Value::Type::boolean:
            return mix(type, value.as_boolean() ? 1 : 0);
        case Value::Type::integer:
            return mix(type, static_cast<std::uint64_t>(value.as_integer()));
        case Value::Type::real:
            return mix(type, print(value.as_real()));
        case Value::Type::time:
            return mix(type, print_time(value.as_time()));
        case Value::Type::string:
            return mix(type, print(value.as_string()));
        case Value::Type::list:
            break;
    }
    std::uint64_t all = type;
    for (const std::string& item : value.as_list()) all = mix(all, print(item));
    return all;
}

std::uint64_t print_attributes(const ViewNode& node) {
    std::uint64_t all = node.clock_skew_ms ? mix(1, static_cast<std::uint64_t>(*node.clock_skew_ms)) : 0;
    for (const auto& [key, value] : node.attributes) {
        all = mix(mix(all, static_cast<std::uint64_t>(key)), print(value));
    }
    return all;
}

std::string_view seen_by(const ViewEdge& edge) {
    if (edge.seen_by_client && edge.seen_by_server) return "both";
    return edge.seen_by_server ? "server" : "client";
}

void write_attribute(JsonObject& attributes, report::Key key, const Value& value) {
    const std::string_view name = report::key_name(key);
    switch (value.type()) {
        case Value::Type::none:
            return;
        case Value::Type::boolean:
            attributes.boolean(name, value.as_boolean());
            return;
        case Value::Type::integer:
            attributes.integer(name, value.as_integer());
            return;
        case Value::Type::real:
            attributes.real(name, value.as_real());
            return;
        case Value::Type::string:
            attributes.text(name, value.as_string());
            return;
        case Value::Type::time:
            attributes.integer(std::string(name) + "_ms", milliseconds_of(value.as_time()));
            return;
        case Value::Type::list:
            break;
    }
    std::string& out = attributes.member(name);
    out += '[';
    for (std::size_t i = 0;
         const std::string& item : value.as_list().first(std::min(value.as_list().size(), kMaxListItems))) {
        if (i++ != 0) out += ',';
        append_json_text(out, item, kMaxItemText);
    }
    out += ']';
}

void write_attributes(JsonObject& object, const ViewNode& node) {
    JsonObject attributes(object.member("attributes"));
    for (const auto& [key, value] : node.attributes) write_attribute(attributes, key, value);
    if (node.clock_skew_ms) attributes.integer("clock_skew_ms", *node.clock_skew_ms);
    attributes.close();
}

void write_parents(JsonObject& object, const ViewNode& node) {
    std::string& out = object.member("parents");
    out += '[';
    for (std::size_t i = 0; const ViewNode::ParentLink& parent : node.parents) {
        if (i++ != 0) out += ',';
        JsonObject link(out);
        link.id("view", parent.view);
        link.id("id", parent.id);
        link.text("label", parent.label);
        link.close();
    }
    out += ']';
}

void write_evidence(JsonObject& object, const ViewEdge& edge) {
    constexpr std::array<std::string_view, 5> kNames = {"event", "sweep", "conntrack", "dns", "imported"};
    std::string& out = object.member("evidence");
    out += '[';
    bool first = true;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if ((edge.evidence >> i & 1U) == 0) continue;
        if (!first) out += ',';
        first = false;
        append_json_string(out, kNames[i]);
    }
    out += ']';
}

void write_dialled(JsonObject& object, const ViewEdge& edge) {
    std::string& out = object.member("dialled");
    out += '[';
    for (std::size_t i = 0; const Dialled& dialled : edge.dialled) {
        if (i++ != 0) out += ',';
        JsonObject entry(out);
        entry.text("address", dialled.address);
        entry.integer("port", dialled.port);
        entry.text("name", dialled.name);
        entry.close();
    }
    out += ']';
}

void write_round_trip(JsonObject& object, std::string_view name, std::uint32_t micros) {
    if (micros == 0) {
        object.null(name);
    } else {
        object.integer(name, micros);
    }
}

void write_field(JsonObject& object, const ViewNode& node, NodeField field) {
    switch (field) {
        case NodeField::kind:
            object.text("kind", node_kind_name(node.kind));
            break;
        case NodeField::label:
            object.text("label", node.label);
            break;
        case NodeField::sublabel:
            object.text("sublabel", node.sublabel);
            break;
        case NodeField::group:
            object.id("group", node.group);
            break;
        case NodeField::group_label:
            object.text("group_label", node.group_label);
            break;
        case NodeField::state:
            object.text("state", view_state_name(node.state));
            break;
        case NodeField::pseudo:
            object.boolean("pseudo", node.pseudo);
            break;
        case NodeField::members:
            object.integer("members", node.members);
            break;
        case NodeField::since:
            object.integer("since_ms", milliseconds_of(node.since));
            break;
        case NodeField::attributes:
            write_attributes(object, node);
            break;
        case NodeField::parents:
            write_parents(object, node);
            break;
    }
}

void write_field(JsonObject& object, const ViewEdge& edge, EdgeField field) {
    const report::Counters& counters = edge.counters;
    switch (field) {
        case EdgeField::protocol:
            object.text("protocol", report::protocol_name(edge.protocol));
            break;
        case EdgeField::port:
            object.integer("port", edge.port);
            break;
        case EdgeField::state:
            object.text("state", view_state_name(edge.state));
            break;
        case EdgeField::seen_by:
            object.text("seen_by", seen_by(edge));
            break;
        case EdgeField::evidence:
            write_evidence(object, edge);
            break;
        case EdgeField::attribution:
            object.text("attribution", edge.exact ? "exact" : "group");
            break;
        case EdgeField::active:
            object.counter("active", edge.active);
            break;
        case EdgeField::opened:
            object.counter("opened", counters.opened);
            break;
        case EdgeField::closed:
            object.counter("closed", counters.closed);
            break;
        case EdgeField::failed:
            object.counter("failed", counters.failed_total());
            break;
        case EdgeField::bytes_sent:
            object.counter("bytes_sent", counters.bytes_sent);
            break;
        case EdgeField::bytes_received:
            object.counter("bytes_received", counters.bytes_received);
            break;
        case EdgeField::packets:
            object.counter("packets", counters.packets);
            break;
        case EdgeField::retransmits:
            object.counter("retransmits", counters.retransmits);
            break;
        case EdgeField::sent_rate:
            object.real("sent_bytes_per_second", edge.sent_bytes_per_second);
            break;
        case EdgeField::received_rate:
            object.real("received_bytes_per_second", edge.received_bytes_per_second);
            break;
        case EdgeField::opened_rate:
            object.real("opened_per_second", edge.opened_per_second);
            break;
        case EdgeField::rtt:
            write_round_trip(object, "rtt_us", edge.rtt_us);
            break;
        case EdgeField::rtt_min:
            write_round_trip(object, "rtt_min_us", edge.rtt_min_us);
            break;
        case EdgeField::first_seen:
            object.integer("first_seen_ms", milliseconds_of(edge.first_seen));
            break;
        case EdgeField::last_seen:
            object.integer("last_seen_ms", milliseconds_of(edge.last_seen));
            break;
        case EdgeField::dialled:
            write_dialled(object, edge);
            break;
    }
}

}  // namespace

NodePrint fingerprint(const ViewNode& node) {
    std::uint64_t parents = 0;
    for (const ViewNode::ParentLink& parent : node.parents) {
        parents = mix(mix(mix(parents, print(parent.view)), print(parent.id)), print(parent.label));
    }
    // In the order of NodeField.
    return {static_cast<std::uint64_t>(node.kind),
            print(node.label),
            print(node.sublabel),
            print(node.group),
            print(node.group_label),
            static_cast<std::uint64_t>(node.state),
            node.pseudo ? 1U : 0U,
            node.members,
            print_time(node.since),
            print_attributes(node),
            parents};
}

EdgePrint fingerprint(const ViewEdge& edge) {
    const report::Counters& counters = edge.counters;
    std::uint64_t dialled = 0;
    for (const Dialled& entry : edge.dialled) {
        dialled = mix(mix(mix(dialled, print(entry.address)), entry.port), print(entry.name));
    }
    // In the order of EdgeField.
    return {static_cast<std::uint64_t>(edge.protocol),
            edge.port,
            static_cast<std::uint64_t>(edge.state),
            (edge.seen_by_client ? 1U : 0U) | (edge.seen_by_server ? 2U : 0U),
            edge.evidence,
            edge.exact ? 1U : 0U,
            edge.active,
            counters.opened,
            counters.closed,
            counters.failed_total(),
            counters.bytes_sent,
            counters.bytes_received,
            counters.packets,
            counters.retransmits,
            print(edge.sent_bytes_per_second),
            print(edge.received_bytes_per_second),
            print(edge.opened_per_second),
            edge.rtt_us,
            edge.rtt_min_us,
            print_time(edge.first_seen),
            print_time(edge.last_seen),
            dialled};
}

void write_fields(JsonObject& object, const ViewNode& node, NodeFields fields) {
    for (std::size_t i = 0; i < kNodeFields; ++i) {
        if (fields[i]) write_field(object, node, static_cast<NodeField>(i));
    }
}

void write_fields(JsonObject& object, const ViewEdge& edge, EdgeFields fields) {
    for (std::size_t i = 0; i < kEdgeFields; ++i) {
        if (fields[i]) write_field(object, edge, static_cast<EdgeField>(i));
    }
}

void write_metrics(JsonObject& object, const ViewNode& node) {
    JsonObject metrics(object.member("metrics"));
    for (const auto& [key, value] : node.metrics) metrics.real(report::key_name(key), value);
    metrics.close();
}

}  // namespace reticle::app
