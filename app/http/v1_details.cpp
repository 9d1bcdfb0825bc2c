#include "app/http/v1_details.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/http/v1_values.h"
#include "app/http/v1_views.h"
#include "app/streams/json.h"

namespace reticle::app {
namespace {

/// Beyond these a panel is no longer read; the edge's numbers still count everything.
constexpr std::size_t kMaxChildren = 1000;
constexpr std::size_t kMaxRows = 1000;

/// Appends JSON values to a list with commas between them.
class List {
  public:
    void add(std::string_view json) {
        if (size_++ > 0) text_ += ',';
        text_ += json;
    }
    [[nodiscard]] bool full(std::size_t most) const { return size_ >= most; }
    [[nodiscard]] std::string json() const { return "[" + text_ + "]"; }

  private:
    std::string text_;
    std::size_t size_ = 0;
};

std::string attributes_json(const ViewNode& node) {
    List list;
    for (const auto& [key, value] : node.attributes) {
        const report::KeyInfo* info = report::key_info(key);
        if (info == nullptr || value.none()) continue;
        list.add(fmt::format(R"({{"id":{},"label":{},"value":{},"format":{},"group":{}}})",
                             json_string(info->name), json_string(info->label), value_json(value),
                             json_string(info->format), json_string(node_kind_name(node.kind))));
    }
    return list.json();
}

std::string capacity_json(const ViewNode& node, const report::KeyInfo& info) {
    const auto found = std::ranges::find_if(node.attributes, [&](const auto& attribute) {
        return info.capacity != report::Key::none && attribute.first == info.capacity;
    });
    if (found != node.attributes.end()) return value_json(found->second);
    return info.format == "percent" ? "100" : "null";
}

std::string metrics_json(const ViewNode& node, Now now) {
    List list;
    for (const auto& [key, value] : node.metrics) {
        const report::KeyInfo* info = report::key_info(key);
        if (info == nullptr) continue;
        list.add(fmt::format(
            R"({{"id":{},"label":{},"format":{},"value":{},"capacity":{},"samples":[[{},{}]]}})",
            json_string(info->name), json_string(info->label), json_string(info->format), number_json(value),
            capacity_json(node, *info), milliseconds(now.utc), number_json(value)));
    }
    return list.json();
}

/// An edge of the node's panel: the edge and who is at its other end.
std::string edge_row(const View& view, const ViewEdge& edge, const std::string& peer_id) {
    std::string row = edge_json(edge);
    row.pop_back();
    const ViewNode* peer = view.node(peer_id);
    const std::string label = peer == nullptr ? peer_id : peer->label;
    const std::string_view kind = peer == nullptr ? std::string_view{} : node_kind_name(peer->kind);
    return row + fmt::format(R"(,"peer":{{"id":{},"label":{},"kind":{},"view":{}}}}})", json_string(peer_id),
                             json_string(label), json_string(kind), json_string(view.spec().id));
}

/// Nodes of the other views that name this one as a parent.
std::string children_json(const LiveState& state, const View& view, const ViewNode& node) {
    List list;
    if (node.kind != NodeKind::host && node.kind != NodeKind::process_name) return list.json();
    for (const auto& other : state.views()) {
        if (other.get() == &view) continue;
        other->for_each_node([&](const ViewNode& child) {
            const bool ours = std::ranges::any_of(child.parents, [&](const ViewNode::ParentLink& parent) {
                return parent.view == view.spec().id && parent.id == node.id;
            });
            if (ours && !list.full(kMaxChildren)) list.add(node_json(child));
        });
    }
    return list.json();
}

/// Labels and fields of plugins, which have no key of their own.
std::string tables_json(const LiveState& state, const ViewNode& node) {
    List rows;
    for (const NodeRef& source : node.sources) {
        const auto world_node = state.world().node(source);
        if (!world_node || world_node->node == nullptr) continue;
        for (const report::Label& label : world_node->node->labels()) {
            if (rows.full(kMaxRows)) break;
            rows.add(
                fmt::format("[{},{}]", json_string(label.key.view()), json_string(label.value.to_string())));
        }
    }
    List tables;
    if (rows.full(1)) {
        tables.add(fmt::format(R"({{"id":"labels","label":"Labels","columns":["Label","Value"],"rows":{}}})",
                               rows.json()));
    }
    return tables.json();
}

std::string micros_json(std::uint32_t micros) {
    return micros == 0 ? "null" : fmt::format("{}", micros);
}

std::string text_or_null(std::string_view text) {
    return text.empty() ? "null" : json_string(text);
}

std::string_view presence_name(const report::Flow& flow) {
    return flow.presence.ended() ? "ended" : "live";
}

/// One half of a conversation as its owner's probe saw it.
std::string connection_json(const WriterId& writer, const report::Flow& flow) {
    const report::Counters total = flow.total();
    const std::string head = fmt::format(
        R"("seen_by":{},"direction":{},"protocol":{},"local":{},"peer":{},"port":{},"state":{})",
        json_string(writer.view()), json_string(report::direction_name(flow.key.direction)),
        json_string(report::protocol_name(flow.key.protocol)), json_string(flow.key.local.to_string()),
        json_string(flow.key.peer.to_string()), flow.key.service_port, json_string(presence_name(flow)));
    const std::string counts = fmt::format(
        R"("active":{},"opened":{},"closed":{},"failed":{},"bytes_sent":{},"bytes_received":{},"retransmits":{})",
        count_json(flow.active()), count_json(total.opened), count_json(total.closed),
        count_json(total.failed_total()), count_json(total.bytes_sent), count_json(total.bytes_received),
        count_json(total.retransmits));
    const std::string_view dialled = flow.extra ? flow.extra->dialled.text.view() : std::string_view{};
    const std::string_view name = flow.extra ? flow.extra->dialled_name.text.view() : std::string_view{};
    return fmt::format(
        R"({{{},{},"rtt_us":{},"rtt_min_us":{},"dialled":{},"dialled_name":{},"first_seen_ms":{},"last_seen_ms":{}}})",
        head, counts, micros_json(flow.rtt_us), micros_json(flow.rtt_min_us), text_or_null(dialled),
        text_or_null(name), milliseconds(flow.first_seen), milliseconds(flow.last_seen));
}

Result<const View*> strict_view(const Request& request, const LiveState& state) {
    const auto strict = only_parameters(request, {"view"});
    if (!strict) return strict.error();
    return view_of(state, request.query_value("view"));
}

}  // namespace

Response v1_node(const Request& request, const LiveState& state, Now now) {
    const auto view = strict_view(request, state);
    if (!view) return error_response(view.error());
    const ViewNode* node = (*view)->node(request.parameter("id"));
    if (node == nullptr) {
        return error_response(404, "not_found",
                              fmt::format("there is no node '{}'", request.parameter("id")));
    }
    List inbound;
    List outbound;
    for (const std::string& id : (*view)->edges_of(node->id)) {
        const ViewEdge* edge = (*view)->edge(id);
        if (edge == nullptr) continue;
        if (edge->target == node->id && !inbound.full(kMaxRows)) {
            inbound.add(edge_row(**view, *edge, edge->source));
        }
        if (edge->source == node->id && !outbound.full(kMaxRows)) {
            outbound.add(edge_row(**view, *edge, edge->target));
        }
    }
    return json_response(fmt::format(
        R"({{"node":{},"attributes":{},"metrics":{},"inbound":{},"outbound":{},"children":{},"tables":{}}})",
        node_json(*node), attributes_json(*node), metrics_json(*node, now), inbound.json(), outbound.json(),
        children_json(state, **view, *node), tables_json(state, *node)));
}

Response v1_edge(const Request& request, const LiveState& state, Now /*now*/) {
    const auto view = strict_view(request, state);
    if (!view) return error_response(view.error());
    const ViewEdge* edge = (*view)->edge(request.parameter("id"));
    if (edge == nullptr) {
        return error_response(404, "not_found",
                              fmt::format("there is no edge '{}'", request.parameter("id")));
    }
    const ViewNode* source = (*view)->node(edge->source);
    const ViewNode* target = (*view)->node(edge->target);
    List connections;
    for (const ConversationId conversation : edge->conversations) {
        for (const auto& [writer, flow] : state.world().halves(conversation)) {
            if (flow != nullptr && !connections.full(kMaxRows))
                connections.add(connection_json(writer, *flow));
        }
    }
    return json_response(fmt::format(R"({{"edge":{},"source":{},"target":{},"connections":{}}})",
                                     edge_json(*edge), source == nullptr ? "null" : node_json(*source),
                                     target == nullptr ? "null" : node_json(*target), connections.json()));
}

}  // namespace reticle::app
