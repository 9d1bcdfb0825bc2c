#include "app/scope/report_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace reticle::app::scope {
namespace {

using nlohmann::json;

/// Builds a document while counting, so that hostile input is refused before it costs memory or stack: the
/// library's binary reader recurses per level and takes announced lengths at their word.
class LimitedBuilder final : public json::json_sax_t {
  public:
    explicit LimitedBuilder(const ScopeLimits& limits) : limits_(limits) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override {
        if (value.size() > limits_.max_string_bytes) {
            return refuse("a string of " + std::to_string(value.size()) + " bytes is longer than " +
                          std::to_string(limits_.max_string_bytes));
        }
        return add(std::move(value));
    }
    bool binary(binary_t& value) override { return add(std::string(value.begin(), value.end())); }
    bool start_object(std::size_t announced) override { return open(json::object(), announced); }
    bool key(string_t& name) override {
        key_ = std::move(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t announced) override { return open(json::array(), announced); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string&, const json::exception& error) override {
        std::string what = error.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 5: ..." -> what follows the bracket
        if (const auto bracket = what.find("] "); bracket != std::string::npos)
            what = what.substr(bracket + 2);
        return refuse("at byte " + std::to_string(position) + ": " + what);
    }

    json take_root() { return std::move(root_); }
    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    bool refuse(std::string why) {
        error_ = std::move(why);
        return false;
    }

    bool count(std::size_t values) {
        if (values > limits_.max_values || values_ + values > limits_.max_values) {
            return refuse("more than " + std::to_string(limits_.max_values) + " values");
        }
        values_ += values;
        return true;
    }

    json* place(json value) {
        if (stack_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        json& parent = *stack_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        json& slot = parent[key_];
        slot = std::move(value);
        return &slot;
    }

    bool add(json value) {
        if (!count(1)) return false;
        place(std::move(value));
        return true;
    }

    bool open(json container, std::size_t announced) {
        if (stack_.size() >= limits_.max_depth) {
            return refuse("nested deeper than " + std::to_string(limits_.max_depth));
        }
        // Announced lengths only bound what may follow; values are counted as they come.
        if (announced != static_cast<std::size_t>(-1) && announced > limits_.max_values) {
            return refuse("a container announces " + std::to_string(announced) + " members");
        }
        if (!count(1)) return false;
        stack_.push_back(place(std::move(container)));
        return true;
    }

    bool close() {
        stack_.pop_back();
        return true;
    }

    const ScopeLimits& limits_;
    json root_;
    std::vector<json*> stack_;
    std::string key_;
    std::string error_;
    std::size_t values_ = 0;
};

/// Wire name of a topology's member in the report, and the name nodes and parents use (inventory 1.1).
constexpr std::array<std::pair<const char*, const char*>, 23> kTopologies{{
    {"Endpoint", "endpoint"},
    {"Process", "process"},
    {"Container", "container"},
    {"Pod", "pod"},
    {"Service", "service"},
    {"Deployment", "deployment"},
    {"ReplicaSet", "replica_set"},
    {"DaemonSet", "daemon_set"},
    {"StatefulSet", "stateful_set"},
    {"CronJob", "cron_job"},
    {"Namespace", "namespace"},
    {"ContainerImage", "container_image"},
    {"Host", "host"},
    {"ECSTask", "ecs_task"},
    {"ECSService", "ecs_service"},
    {"SwarmService", "swarm_service"},
    {"Overlay", "overlay"},
    {"PersistentVolume", "persistent_volume"},
    {"PersistentVolumeClaim", "persistent_volume_claim"},
    {"StorageClass", "storage_class"},
    {"VolumeSnapshot", "volume_snapshot"},
    {"VolumeSnapshotData", "volume_snapshot_data"},
    {"Job", "job"},
}};

/// Collects the first thing that has the wrong type, with its place; readers then answer neutral values.
class Shape {
  public:
    void wrong(const std::string& where, const char* expected) {
        if (error_.empty()) error_ = where + ": expected " + expected;
    }
    [[nodiscard]] bool failed() const { return !error_.empty(); }
    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    std::string error_;
};

const json* member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::vector<std::string> strings(const json& list, const std::string& where, Shape& shape) {
    std::vector<std::string> out;
    if (list.is_null()) return out;
    if (!list.is_array()) {
        shape.wrong(where, "a list");
        return out;
    }
    out.reserve(list.size());
    for (const json& item : list) {
        if (item.is_string()) {
            out.push_back(item.get_ref<const std::string&>());
        } else {
            shape.wrong(where, "a list of strings");
        }
    }
    return out;
}

std::map<std::string, std::vector<std::string>> string_lists(const json& object, const char* name,
                                                             const std::string& where, Shape& shape) {
    std::map<std::string, std::vector<std::string>> out;
    const json* lists = member(object, name);
    if (lists == nullptr) return out;
    if (!lists->is_object()) {
        shape.wrong(where + "." + name, "an object");
        return out;
    }
    for (const auto& [key, list] : lists->items())
        out[key] = strings(list, where + "." + name + "." + key, shape);
    return out;
}

void read_latest(const json& object, ScopeNode& node, const std::string& where, Shape& shape) {
    const json* latest = member(object, "latest");
    if (latest == nullptr) return;
    if (!latest->is_object()) return shape.wrong(where + ".latest", "an object");
    for (const auto& [key, entry] : latest->items()) {
        const json* value = entry.is_object() ? member(entry, "value") : nullptr;
        if (value == nullptr || !value->is_string()) {
            return shape.wrong(where + ".latest." + key, "an object with a string value");
        }
        node.latest[key] = value->get<std::string>();
    }
}

double number(const json& object, const char* name, const std::string& where, Shape& shape) {
    const json* value = member(object, name);
    if (value == nullptr) return 0;
    if (value->is_number()) return value->get<double>();
    shape.wrong(where + "." + name, "a number");
    return 0;
}

void read_metrics(const json& object, ScopeNode& node, const std::string& where, Shape& shape) {
    const json* metrics = member(object, "metrics");
    if (metrics == nullptr) return;
    if (!metrics->is_object()) return shape.wrong(where + ".metrics", "an object");
    for (const auto& [key, metric] : metrics->items()) {
        const std::string place = where + ".metrics." + key;
        if (!metric.is_object()) return shape.wrong(place, "an object");
        const json* samples = member(metric, "samples");
        if (samples == nullptr || (samples->is_array() && samples->empty())) continue;
        if (!samples->is_array() || !samples->back().is_object())
            return shape.wrong(place + ".samples", "a list of objects");
        node.metrics[key] = {number(samples->back(), "value", place, shape),
                             number(metric, "min", place, shape), number(metric, "max", place, shape)};
    }
}

ScopeNode read_node(const std::string& id, const json& object, const std::string& where, Shape& shape) {
    ScopeNode node;
    node.id = id;
    if (!object.is_object()) {
        shape.wrong(where, "an object");
        return node;
    }
    const json* topology = member(object, "topology");
    node.complete =
        topology != nullptr && topology->is_string() && !topology->get_ref<const std::string&>().empty();
    read_latest(object, node, where, shape);
    read_metrics(object, node, where, shape);
    node.sets = string_lists(object, "sets", where, shape);
    node.parents = string_lists(object, "parents", where, shape);
    if (const json* adjacency = member(object, "adjacency")) {
        node.adjacency = strings(*adjacency, where + ".adjacency", shape);
    }
    return node;
}

void read_names(const json& document, ScopeReport& report, Shape& shape) {
    // Probes of 1.11.6 sent DNS under "nodes" by accident.
    for (const char* field : {"DNS", "nodes"}) {
        const json* names = member(document, field);
        if (names == nullptr) continue;
        if (!names->is_object()) return shape.wrong(field, "an object");
        for (const auto& [address, record] : names->items()) {
            if (!record.is_object()) return shape.wrong(std::string(field) + "." + address, "an object");
            ScopeNames& entry = report.names[address];
            if (const json* forward = member(record, "forward"))
                entry.forward = strings(*forward, field, shape);
            if (const json* reverse = member(record, "reverse"))
                entry.reverse = strings(*reverse, field, shape);
        }
    }
}

Result<ScopeReport> read_document(const json& document, const ScopeLimits& limits) {
    ScopeReport report;
    if (document.is_array() && document.empty()) return report;  // Scope takes [] for an empty report
    if (!document.is_object()) return fail(Errc::invalid, "a report is an object");
    Shape shape;
    std::size_t nodes = 0;
    for (const auto& [wire_name, name] : kTopologies) {
        const json* topology = member(document, wire_name);
        if (topology == nullptr) continue;
        const json* members = topology->is_object() ? member(*topology, "nodes") : nullptr;
        if (!topology->is_object() || (members != nullptr && !members->is_object())) {
            return fail(Errc::invalid,
                        std::string(wire_name) + ": expected an object with an object `nodes`");
        }
        if (members == nullptr) continue;
        nodes += members->size();
        if (nodes > limits.max_nodes) {
            return fail(Errc::too_large, "more than " + std::to_string(limits.max_nodes) + " nodes");
        }
        auto& out = report.topologies[name];
        for (const auto& [id, object] : members->items()) {
            out.emplace(id,
                        read_node(id, object, std::string(wire_name) + ".nodes." + id.substr(0, 80), shape));
            if (shape.failed()) return fail(Errc::invalid, shape.error());
        }
    }
    read_names(document, report, shape);
    if (shape.failed()) return fail(Errc::invalid, shape.error());
    return report;
}

void merge_set(std::vector<std::string>& into, const std::vector<std::string>& from) {
    into.insert(into.end(), from.begin(), from.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

}  // namespace

std::optional<ScopeEncoding> scope_encoding(std::string_view content_type) {
    if (content_type.starts_with("application/json")) return ScopeEncoding::json;
    if (content_type.starts_with("application/msgpack")) return ScopeEncoding::msgpack;
    return std::nullopt;
}

Result<ScopeReport> read_scope_report(std::string_view body, ScopeEncoding encoding,
                                      const ScopeLimits& limits) {
    if (body.empty()) return fail(Errc::invalid, "EOF");
    LimitedBuilder builder(limits);
    const auto format =
        encoding == ScopeEncoding::json ? json::input_format_t::json : json::input_format_t::msgpack;
    if (!json::sax_parse(body.begin(), body.end(), &builder, format)) {
        return fail(Errc::invalid, builder.error().empty() ? "the report cannot be read" : builder.error());
    }
    return read_document(builder.take_root(), limits);
}

void ScopeNode::merge(const ScopeNode& later) {
    complete = complete || later.complete;
    for (const auto& [key, value] : later.latest) latest[key] = value;
    for (const auto& [key, value] : later.metrics) metrics[key] = value;
    for (const auto& [key, values] : later.sets) merge_set(sets[key], values);
    for (const auto& [key, values] : later.parents) merge_set(parents[key], values);
    merge_set(adjacency, later.adjacency);
}

void ScopeReport::merge(const ScopeReport& later) {
    for (const auto& [name, nodes] : later.topologies) {
        auto& into = topologies[name];
        for (const auto& [id, node] : nodes) {
            const auto [place, inserted] = into.try_emplace(id, node);
            if (!inserted) place->second.merge(node);
        }
    }
    for (const auto& [address, record] : later.names) {
        merge_set(names[address].forward, record.forward);
        merge_set(names[address].reverse, record.reverse);
    }
}

}  // namespace reticle::app::scope
