#include "app/scope/exporter.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/scope/identity.h"
#include "app/scope/time_text.h"

namespace reticle::app::scope {
namespace {

using nlohmann::json;
using report::Direction;
using report::Flow;
using report::Key;
using report::NodeKey;
using report::Topology;

json topology(const char* shape, const char* label, const char* plural) {
    return {{"shape", shape}, {"label", label}, {"label_plural", plural}, {"nodes", json::object()}};
}

class Exporter {
  public:
    Exporter(const World& world, const Censor& censor, UtcNanos now)
        : world_(world), identity_(world), censor_(censor), time_(rfc3339(now)) {}

    json run() {
        hosts_ = topology("circle", "host", "hosts");
        processes_ = topology("square", "process", "processes");
        endpoints_ = json::object();
        world_.for_each_node(Topology::host, [this](const NodeRef& ref, const WorldNode& node) {
            if (!node.ended) add_node(hosts_["nodes"], ref, *node.node);
        });
        world_.for_each_node(Topology::process, [this](const NodeRef& ref, const WorldNode& node) {
            if (!node.ended) add_node(processes_["nodes"], ref, *node.node);
        });
        world_.for_each_writer([this](const WriterInfo& writer) {
            const report::Report* state = world_.state(writer.id);
            if (state == nullptr) return;
            for (const Flow& flow : state->flows) {
                if (flow.presence.alive() && flow.key.protocol == report::Protocol::tcp)
                    add_flow(writer.id, flow);
            }
        });
        json report{{"TS", time_},
                    {"Window", std::int64_t{15'000'000'000}},
                    {"Shortcut", false},
                    {"Plugins", nullptr},
                    {"ID", std::to_string(world_.sequence())}};
        for (const char* empty : {"Container",
                                  "Pod",
                                  "Service",
                                  "Deployment",
                                  "ReplicaSet",
                                  "DaemonSet",
                                  "StatefulSet",
                                  "CronJob",
                                  "Namespace",
                                  "ContainerImage",
                                  "ECSTask",
                                  "ECSService",
                                  "SwarmService",
                                  "Overlay",
                                  "PersistentVolume",
                                  "PersistentVolumeClaim",
                                  "StorageClass",
                                  "VolumeSnapshot",
                                  "VolumeSnapshotData",
                                  "Job"}) {
            report[empty] = json::object();
        }
        report["Endpoint"] = {{"nodes", std::move(endpoints_)}};
        report["Host"] = std::move(hosts_);
        report["Process"] = std::move(processes_);
        return report;
    }

  private:
    json latest(std::string value) const { return {{"timestamp", time_}, {"value", std::move(value)}}; }

    static json empty_node(const std::string& id, const char* name) {
        return {
            {"id", id}, {"topology", name}, {"sets", nullptr}, {"parents", nullptr}, {"children", nullptr}};
    }

    void add_node(json& nodes, const NodeRef& ref, const report::Node& stated) {
        const std::string id = identity_.node(ref);
        json node = empty_node(id, ref.key.topology == Topology::host ? "host" : "process");
        const std::string host = identity_.host_of(ref) + ";<host>";
        node["latest"]["host_node_id"] = latest(host);
        if (ref.key.topology != Topology::host) node["parents"] = {{"host", json::array({host})}};
        for (const report::Attribute& attribute : stated.attributes) add_attribute(node, attribute);
        for (const report::Metric& metric : stated.metrics) {
            node["metrics"][std::string(report::key_name(metric.key))] = {
                {"samples", json::array({{{"date", time_}, {"value", metric.value}}})},
                {"min", metric.value},
                {"max", metric.peak}};
        }
        nodes[id] = std::move(node);
    }

    void add_attribute(json& node, const report::Attribute& attribute) {
        const std::string name(report::key_name(attribute.key));
        if (name.empty()) return;
        if (attribute.value.type() == report::Value::Type::list) {
            json list = json::array();
            for (const std::string& item : attribute.value.as_list()) list.push_back(item);
            if (node["sets"].is_null()) node["sets"] = json::object();
            node["sets"][name] = std::move(list);
            return;
        }
        std::string value = attribute.value.to_string();
        if (attribute.key == Key::cmdline && censor_.command_line_arguments)
            value = value.substr(0, value.find(' '));
        node["latest"][name] = latest(std::move(value));
    }

    /// Scope's rule for what makes an address unique: loopback belongs to a host's namespace, others are
    /// global.
    std::string scope_of(const WriterId& writer, const Flow& flow) const {
        if (!flow.key.local.is_loopback() && !flow.key.peer.is_loopback()) return {};
        return identity_.host_of({writer, flow.key.owner}) + "-" + std::to_string(flow.key.netns);
    }

    json& endpoint(const std::string& scope, const report::IpAddress& address, std::uint16_t port) {
        std::string id = scope + ";" + address.to_string() + ";" + std::to_string(port);
        json& node = endpoints_[id];
        if (node.is_null()) node = empty_node(id, "endpoint");
        return node;
    }

    void own(json& endpoint, const WriterId& writer, const NodeKey& owner) {
        if (owner.none()) return;
        endpoint["latest"]["host_node_id"] = latest(identity_.host_of({writer, owner}) + ";<host>");
        if (const auto stated = world_.node({writer, owner}); stated && owner.topology == Topology::process) {
            endpoint["latest"]["pid"] = latest(stated->node->value(Key::pid).to_string());
        }
    }

    void add_flow(const WriterId& writer, const Flow& flow) {
        const bool client_is_owner = flow.key.direction != Direction::inbound;
        const std::string scope = scope_of(writer, flow);
        constexpr std::uint64_t kFirstEphemeral = 32768;
        constexpr std::uint64_t kEphemeralPorts = 28232;  // to 60999, Linux's default range
        const std::uint64_t witness = flow.witnesses.empty() ? 0 : flow.witnesses.front().hash;
        const auto client_port = static_cast<std::uint16_t>(kFirstEphemeral + witness % kEphemeralPorts);
        const auto& client_address = client_is_owner ? flow.key.local : flow.key.peer;
        const auto& server_address = client_is_owner ? flow.key.peer : flow.key.local;
        json& server = endpoint(scope, server_address, flow.key.service_port);
        own(server, writer, client_is_owner ? flow.key.peer_owner : flow.key.owner);
        const std::string server_id = server["id"];
        json& client = endpoint(scope, client_address, client_port);
        own(client, writer, client_is_owner ? flow.key.owner : flow.key.peer_owner);
        if (!client.contains("adjacency")) client["adjacency"] = json::array();
        json& adjacency = client["adjacency"];
        if (std::find(adjacency.begin(), adjacency.end(), json(server_id)) == adjacency.end()) {
            adjacency.push_back(server_id);
        }
        if (flow.active() > 1) client["latest"]["conn_count"] = latest(std::to_string(flow.active()));
    }

    const World& world_;
    Identity identity_;
    const Censor& censor_;
    std::string time_;
    json hosts_, processes_, endpoints_;
};

}  // namespace

std::string report_text(const World& world, const Censor& censor, UtcNanos now, ScopeEncoding encoding) {
    const json report = Exporter(world, censor, now).run();
    if (encoding == ScopeEncoding::json) return report.dump(-1, ' ', false, json::error_handler_t::replace);
    std::string bytes;
    json::to_msgpack(report, bytes);
    return bytes;
}

}  // namespace reticle::app::scope
