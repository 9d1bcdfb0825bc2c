#include "report/json_facts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/sorted_list.h"

namespace reticle::report {
namespace {

using Json = nlohmann::json;

Presence take_presence(JsonFields& fields, Version version) {
    bool ended = false;
    fields.flag("ended", ended);
    return ended ? Presence::ended_at(version) : Presence::alive_at(version);
}

/// A value by its JSON type; none, with a problem, for what the model does not hold.
Value read_value(const Json& json, const std::string& place, JsonProblem& problem) {
    if (json.is_boolean()) return Value::boolean(json.get<bool>());
    if (json.is_number_float()) return Value::real(json.get<double>());
    if (json.is_string()) return Value::string(Text(json.get_ref<const std::string&>()));
    if (json.is_number_integer()) {
        const bool fits = !json.is_number_unsigned() || json.get<std::uint64_t>() <= INT64_MAX;
        if (fits) return Value::integer(json.get<std::int64_t>());
    }
    if (json.is_array() && std::ranges::all_of(json, [](const Json& item) { return item.is_string(); })) {
        return Value::list(json.get<std::vector<std::string>>());
    }
    if (json.is_object() && json.size() == 1 && json.contains("time_ms")) {
        const auto moment = nanos_of_ms(json["time_ms"]);
        if (moment) return Value::time(*moment);
    }
    problem.note(
        place,
        "expected a string, a number, true or false, a list of strings or {\"time_ms\": milliseconds}");
    return {};
}

/// Whether a value is what readers of that known key rely on; else what was expected.
std::string_view expected_type(const KeyInfo& info, Value::Type type) {
    if (info.format == "time") return type == Value::Type::time ? "" : "expected {\"time_ms\": milliseconds}";
    if (info.format == "list") return type == Value::Type::list ? "" : "expected a list of strings";
    if (info.format.empty()) {
        return type == Value::Type::string || type == Value::Type::boolean ? "" : "expected a string";
    }
    return type == Value::Type::integer ? "" : "expected an integer";
}

void read_attribute(const std::string& name, const Json& json, const std::string& place, Version version,
                    JsonProblem& problem, Node& node) {
    const auto key = key_named(name);
    if (!key) return problem.note(place, "unknown attribute; free-form ones go under labels");
    const KeyInfo& info = *key_info(*key);
    if (info.role == KeyRole::metric) return problem.note(place, "is a metric; it goes under metrics");
    Value value = read_value(json, place, problem);
    const std::string_view expected = expected_type(info, value.type());
    if (!expected.empty()) return problem.note(place, std::string(expected));
    node.set(*key, version, std::move(value));
}

void read_metric(const std::string& name, const Json& json, const std::string& place, Version version,
                 JsonProblem& problem, Node& node) {
    const auto key = key_named(name);
    if (!key || key_info(*key)->role != KeyRole::metric) return problem.note(place, "unknown metric");
    if (!json.is_number() || !std::isfinite(json.get<double>()))
        return problem.note(place, "expected a number");
    node.set_metric(*key, version, json.get<double>());
}

void take_failures(JsonFields& fields, Counters& counters) {
    const Json* failed = fields.take("failed", Need::optional);
    if (failed == nullptr) return;
    JsonProblem problem;
    JsonFields kinds(*failed, fields.place_of("failed"), problem);
    for (std::size_t kind = 0; kind < kFailureKinds; ++kind) {
        kinds.count(failure_name(static_cast<Failure>(kind)), Need::optional, counters.failed[kind]);
    }
    kinds.finish();
    if (problem.noted()) fields.refuse("failed", problem.error().message);
}

void take_counters(JsonFields& fields, Counters& counters) {
    fields.count("active_at_start", Need::optional, counters.active_at_start);
    fields.count("opened", Need::optional, counters.opened);
    fields.count("closed", Need::optional, counters.closed);
    fields.count("bytes_sent", Need::optional, counters.bytes_sent);
    fields.count("bytes_received", Need::optional, counters.bytes_received);
    fields.count("packets", Need::optional, counters.packets);
    fields.count("retransmits", Need::optional, counters.retransmits);
    take_failures(fields, counters);
}

void take_evidence(JsonFields& fields, JsonProblem& problem, std::uint8_t& evidence) {
    fields.each_item("evidence", [&](const Json& item, const std::string& place) {
        const auto named =
            item.is_string() ? evidence_named(item.get_ref<const std::string&>()) : std::nullopt;
        if (!named) return problem.note(place, "expected event, sweep, conntrack, dns or imported");
        evidence |= static_cast<std::uint8_t>(*named);
    });
    // Nothing said: it is known because this report states it.
    if (evidence == 0) evidence = static_cast<std::uint8_t>(Evidence::imported);
}

void take_witnesses(JsonFields& fields, Version version, JsonProblem& problem, Flow& flow) {
    fields.each_item("witnesses", [&](const Json& item, const std::string& place) {
        JsonFields inner(item, place, problem);
        Witness witness;
        inner.count("hash", Need::required, witness.hash);
        inner.time_ms("seen_ms", witness.seen);
        inner.flag("open", witness.open);
        inner.finish();
        flow.witnesses.push_back(witness);
        flow.witness_version = version;
    });
    if (flow.witnesses.size() > kMaxWitnesses) {
        fields.refuse("witnesses", fmt::format("more than {}", kMaxWitnesses));
    }
    std::ranges::sort(flow.witnesses, {}, &Witness::hash);
    if (std::ranges::adjacent_find(flow.witnesses, {}, &Witness::hash) != flow.witnesses.end()) {
        fields.refuse("witnesses", "one hash comes twice");
    }
}

void take_extra(JsonFields& fields, Version version, Flow& flow) {
    Flow::Extra extra;
    const auto take = [&](std::string_view name, VersionedText& into) {
        fields.text(name, Need::optional, into.text);
        if (!into.text.empty()) into.version = version;
    };
    take("container", extra.container);
    take("dialled", extra.dialled);
    take("dialled_name", extra.dialled_name);
    if (!(extra == Flow::Extra())) flow.extra = std::make_unique<Flow::Extra>(std::move(extra));
}

}  // namespace

Node read_node(const Json& json, const std::string& place, const JsonLimits& limits, Version version,
               JsonProblem& problem) {
    JsonFields fields(json, place, problem);
    Node node;
    read_node_key(fields, node.key);
    node.presence = take_presence(fields, version);
    fields.each_member("attributes", [&](const std::string& name, const Json& value) {
        read_attribute(name, value, fmt::format("{}.attributes.{}", place, name), version, problem, node);
    });
    fields.each_member("metrics", [&](const std::string& name, const Json& value) {
        read_metric(name, value, fmt::format("{}.metrics.{}", place, name), version, problem, node);
    });
    fields.each_member("labels", [&](const std::string& name, const Json& value) {
        if (name.empty()) return problem.note(place + ".labels", "a label needs a name");
        node.set_label(name, version, read_value(value, fmt::format("{}.labels.{}", place, name), problem));
    });
    fields.each_item("parents", [&](const Json& item, const std::string& item_place) {
        JsonFields inner(item, item_place, problem);
        NodeKey parent;
        read_node_key(inner, parent);
        inner.finish();
        node.set_parent(std::move(parent), Presence::alive_at(version));
    });
    fields.finish();
    if (node.attributes.size() + node.labels().size() > limits.max_attributes ||
        node.parents().size() > limits.max_attributes) {
        problem.note(place,
                     fmt::format("more than {} attributes and labels, or parents", limits.max_attributes),
                     Errc::too_large);
    }
    return node;
}

Flow read_flow(const Json& json, const std::string& place, Version version, JsonProblem& problem) {
    JsonFields fields(json, place, problem);
    Flow flow;
    fields.node_key("owner", Need::required, flow.key.owner);
    fields.node_key("peer_owner", Need::optional, flow.key.peer_owner);
    fields.count("netns", Need::optional, flow.key.netns);
    fields.choice("direction", direction_named, flow.key.direction);
    fields.choice("protocol", protocol_named, flow.key.protocol);
    fields.address("local_address", flow.key.local);
    fields.address("peer_address", flow.key.peer);
    fields.count("service_port", Need::required, flow.key.service_port);
    flow.presence = take_presence(fields, version);
    take_counters(fields, flow.counters(version.epoch()));
    fields.count("rtt_us", Need::optional, flow.rtt_us);
    if (flow.rtt_us != 0) flow.rtt_version = version;
    fields.count("rtt_min_us", Need::optional, flow.rtt_min_us);
    fields.time_ms("first_seen_ms", flow.first_seen);
    fields.time_ms("last_seen_ms", flow.last_seen);
    take_evidence(fields, problem, flow.evidence);
    take_witnesses(fields, version, problem, flow);
    take_extra(fields, version, flow);
    fields.finish();
    return flow;
}

Listener read_listener(const Json& json, const std::string& place, Version version, JsonProblem& problem) {
    JsonFields fields(json, place, problem);
    Listener listener;
    fields.node_key("owner", Need::required, listener.key.owner);
    fields.count("netns", Need::optional, listener.key.netns);
    fields.choice("protocol", protocol_named, listener.key.protocol);
    fields.address("address", listener.key.address);
    fields.count("port", Need::required, listener.key.port);
    listener.presence = take_presence(fields, version);
    fields.finish();
    return listener;
}

Alias read_alias(const Json& json, const std::string& place, Version version, JsonProblem& problem) {
    JsonFields fields(json, place, problem);
    Alias alias;
    fields.count("netns", Need::optional, alias.key.netns);
    fields.choice("kind", alias_kind_named, alias.key.kind);
    fields.choice("protocol", protocol_named, alias.key.protocol);
    fields.address("seen_address", alias.key.seen);
    fields.count("seen_port", Need::required, alias.key.seen_port);
    fields.address("meant_address", alias.key.meant);
    fields.count("meant_port", Need::required, alias.key.meant_port);
    fields.count("used", Need::optional, alias.used);
    alias.presence = take_presence(fields, version);
    fields.finish();
    return alias;
}

}  // namespace reticle::report
