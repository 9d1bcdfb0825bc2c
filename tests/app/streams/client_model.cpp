#include "tests/app/streams/client_model.h"

#include <stdexcept>

namespace reticle::test {

using nlohmann::json;

namespace {

void require(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

const json& list(const json& delta, const char* things, const char* verb) {
    static const json kNone = json::array();
    const auto group = delta.find(things);
    if (group == delta.end()) return kNone;
    const auto found = group->find(verb);
    return found == group->end() ? kNone : *found;
}

void put(std::map<std::uint32_t, json>& things, const json& entries) {
    for (json entry : entries) {
        const auto handle = entry.at("h").get<std::uint32_t>();
        entry.erase("h");
        things[handle] = std::move(entry);
    }
}

}  // namespace

void ClientModel::apply(const json& delta) {
    sequence_ = delta.at("seq").get<std::uint64_t>();
    complete_ = !delta.value("more", false);
    if (delta.value("reset", false)) {
        nodes_.clear();
        edges_.clear();
    }
    remove(edges_, list(delta, "edges", "del"));
    remove(nodes_, list(delta, "nodes", "del"));
    check_edges();
    put(nodes_, list(delta, "nodes", "put"));
    patch(nodes_, list(delta, "nodes", "patch"));
    put(edges_, list(delta, "edges", "put"));
    check_edges();
    patch(edges_, list(delta, "edges", "patch"));
    const json pos = delta.value("pos", json::array());
    require(pos.size() % 3 == 0, "pos is not a list of triples");
    for (std::size_t i = 0; i < pos.size(); i += 3) {
        const auto found = nodes_.find(pos[i].get<std::uint32_t>());
        require(!strict_ || found != nodes_.end(), "pos of an unknown handle");
        if (found == nodes_.end()) continue;
        found->second["x"] = pos[i + 1];
        found->second["y"] = pos[i + 2];
    }
    if (delta.contains("stats")) stats_ = delta["stats"];
}

void ClientModel::remove(Things& things, const json& handles) const {
    for (const json& handle : handles) {
        const bool known = things.erase(handle.get<std::uint32_t>()) == 1;
        require(!strict_ || known, "del of an unknown handle");
    }
}

void ClientModel::patch(Things& things, const json& entries) const {
    for (const json& entry : entries) {
        const auto found = things.find(entry.at("h").get<std::uint32_t>());
        require(!strict_ || found != things.end(), "patch of an unknown handle");
        if (found == things.end()) continue;
        require(!strict_ || entry.size() > 1, "a patch that changes nothing");
        for (const auto& [name, value] : entry.items()) {
            if (name == "h") continue;
            if (name != "metrics") {
                require(found->second.contains(name), "patch of a field that no put has: " + name);
                require(!strict_ || found->second[name] != value,
                        "patch of a field that did not change: " + name);
                found->second[name] = value;
                continue;
            }
            for (const auto& [key, sample] : value.items()) {
                if (sample.is_null()) {
                    found->second["metrics"].erase(key);
                } else {
                    found->second["metrics"][key] = sample;
                }
            }
        }
    }
}

void ClientModel::check_edges() const {
    if (!strict_) return;
    for (const auto& [handle, edge] : edges_) {
        require(nodes_.contains(edge.at("source").get<std::uint32_t>()), "an edge without its source");
        require(nodes_.contains(edge.at("target").get<std::uint32_t>()), "an edge without its target");
    }
}

std::map<std::string, json> ClientModel::nodes() const {
    std::map<std::string, json> nodes;
    for (const auto& [handle, node] : nodes_) nodes[node.at("id").get<std::string>()] = node;
    require(nodes.size() == nodes_.size(), "one id under two handles");
    return nodes;
}

std::map<std::string, json> ClientModel::edges() const {
    std::map<std::string, json> edges;
    for (const auto& [handle, edge] : edges_) {
        json& named = edges[edge.at("id").get<std::string>()] = edge;
        for (const char* end : {"source", "target"})
            named[end] = nodes_.at(edge.at(end).get<std::uint32_t>()).at("id");
    }
    require(edges.size() == edges_.size(), "one id under two handles");
    return edges;
}

}  // namespace reticle::test
