#include <cstdint>
#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "report/base/utf8.h"
#include "report/json.h"

namespace reticle::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kLargestExact = std::uint64_t{1} << 53;  // what a JavaScript number holds
constexpr std::int64_t kNanosPerMilli = 1'000'000;

/// Names come from the observed machines and need not be UTF-8.
std::string clean(std::string_view text) {
    return is_utf8(text) ? std::string(text) : to_utf8(text, std::numeric_limits<std::size_t>::max());
}

/// A count; as a decimal string where a JavaScript number would round it.
Json count_json(std::uint64_t count) {
    return count > kLargestExact ? Json(std::to_string(count)) : Json(count);
}

std::int64_t millis(UtcNanos moment) {
    return moment / kNanosPerMilli;
}

Json value_json(const Value& value) {
    switch (value.type()) {
        case Value::Type::none:
            return nullptr;
        case Value::Type::boolean:
            return value.as_boolean();
        case Value::Type::integer:
            return value.as_integer();
        case Value::Type::real:
            return value.as_real();
        case Value::Type::time:
            return Json{{"time_ms", millis(value.as_time())}};
        case Value::Type::string:
            return clean(value.as_string());
        case Value::Type::list: {
            Json items = Json::array();
            for (const std::string& item : value.as_list()) items.push_back(clean(item));
            return items;
        }
    }
    return nullptr;
}

Json node_key_json(const NodeKey& key) {
    return {{"topology", topology_name(key.topology)}, {"id", clean(key.id.view())}};
}

void put_ended(Json& fact, Presence presence) {
    if (presence.ended()) fact["ended"] = true;
}

Json node_json(const Node& node) {
    Json fact = node_key_json(node.key);
    put_ended(fact, node.presence);
    for (const Attribute& attribute : node.attributes) {
        const std::string_view name = key_name(attribute.key);
        if (!name.empty() && !attribute.value.none()) {
            fact["attributes"][std::string(name)] = value_json(attribute.value);
        }
    }
    for (const Metric& metric : node.metrics) {
        const std::string_view name = key_name(metric.key);
        if (!name.empty()) fact["metrics"][std::string(name)] = metric.value;
    }
    for (const Label& label : node.labels()) {
        if (!label.value.none()) fact["labels"][clean(label.key.view())] = value_json(label.value);
    }
    for (const Parent& parent : node.parents()) {
        if (parent.presence.alive()) fact["parents"].push_back(node_key_json(parent.key));
    }
    return fact;
}

void put_counters(Json& fact, const Counters& counters) {
    const auto put = [&](const char* name, std::uint64_t count) {
        if (count != 0) fact[name] = count_json(count);
    };
    put("active_at_start", counters.active_at_start);
    put("opened", counters.opened);
    put("closed", counters.closed);
    put("bytes_sent", counters.bytes_sent);
    put("bytes_received", counters.bytes_received);
    put("packets", counters.packets);
    put("retransmits", counters.retransmits);
    for (std::size_t kind = 0; kind < kFailureKinds; ++kind) {
        if (counters.failed[kind] == 0) continue;
        fact["failed"][std::string(failure_name(static_cast<Failure>(kind)))] = counters.failed[kind];
    }
}

Json evidence_json(std::uint8_t evidence) {
    Json names = Json::array();
    for (unsigned bit = 1; bit <= evidence; bit <<= 1) {
        const std::string_view name = evidence_name(static_cast<Evidence>(evidence & bit));
        if (!name.empty()) names.push_back(name);
    }
    return names;
}

Json flow_json(const Flow& flow) {
    Json fact;
    fact["owner"] = node_key_json(flow.key.owner);
    if (!flow.key.peer_owner.none()) fact["peer_owner"] = node_key_json(flow.key.peer_owner);
    if (flow.key.netns != 0) fact["netns"] = count_json(flow.key.netns);
    fact["direction"] = direction_name(flow.key.direction);
    fact["protocol"] = protocol_name(flow.key.protocol);
    fact["local_address"] = flow.key.local.to_string();
    fact["peer_address"] = flow.key.peer.to_string();
    fact["service_port"] = flow.key.service_port;
    put_ended(fact, flow.presence);
    put_counters(fact, flow.total());
    if (flow.rtt_us != 0) fact["rtt_us"] = flow.rtt_us;
    if (flow.rtt_min_us != 0) fact["rtt_min_us"] = flow.rtt_min_us;
    if (flow.first_seen != 0) fact["first_seen_ms"] = millis(flow.first_seen);
    if (flow.last_seen != 0) fact["last_seen_ms"] = millis(flow.last_seen);
    if (flow.evidence != 0) fact["evidence"] = evidence_json(flow.evidence);
    for (const Witness& witness : flow.witnesses) {
        fact["witnesses"].push_back({{"hash", std::to_string(witness.hash)},
                                     {"seen_ms", millis(witness.seen)},
                                     {"open", witness.open}});
    }
    if (!flow.extra) return fact;
    const auto put = [&](const char* name, const VersionedText& text) {
        if (!text.text.empty()) fact[name] = clean(text.text.view());
    };
    put("container", flow.extra->container);
    put("dialled", flow.extra->dialled);
    put("dialled_name", flow.extra->dialled_name);
    return fact;
}

Json listener_json(const Listener& listener) {
    Json fact;
    fact["owner"] = node_key_json(listener.key.owner);
    if (listener.key.netns != 0) fact["netns"] = count_json(listener.key.netns);
    fact["protocol"] = protocol_name(listener.key.protocol);
    fact["address"] = listener.key.address.to_string();
    fact["port"] = listener.key.port;
    put_ended(fact, listener.presence);
    return fact;
}

Json alias_json(const Alias& alias) {
    Json fact;
    if (alias.key.netns != 0) fact["netns"] = count_json(alias.key.netns);
    fact["kind"] = alias_kind_name(alias.key.kind);
    fact["protocol"] = protocol_name(alias.key.protocol);
    fact["seen_address"] = alias.key.seen.to_string();
    fact["seen_port"] = alias.key.seen_port;
    fact["meant_address"] = alias.key.meant.to_string();
    fact["meant_port"] = alias.key.meant_port;
    if (alias.used != 0) fact["used"] = count_json(alias.used);
    put_ended(fact, alias.presence);
    return fact;
}

}  // namespace

std::string to_json(const JsonReport& report, int indent) {
    Json document;
    document["writer"] = clean(report.writer);
    document["window_seconds"] = report.window_seconds;
    for (const Node& node : report.report.nodes) document["nodes"].push_back(node_json(node));
    for (const Flow& flow : report.report.flows) document["flows"].push_back(flow_json(flow));
    for (const Listener& listener : report.report.listeners) {
        document["listeners"].push_back(listener_json(listener));
    }
    for (const Alias& alias : report.report.aliases) document["aliases"].push_back(alias_json(alias));
    return document.dump(indent);
}

}  // namespace reticle::report
