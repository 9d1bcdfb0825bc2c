#include "app/streams/json.h"

#include "app/streams/fields.h"

namespace reticle::app {

std::string node_json(const ViewNode& node) {
    std::string out;
    JsonObject object(out);
    object.id("id", node.id);
    write_fields(object, node, NodeFields().set());
    object.integer("x", node.x);
    object.integer("y", node.y);
    write_metrics(object, node);
    object.close();
    return out;
}

std::string edge_json(const ViewEdge& edge) {
    std::string out;
    JsonObject object(out);
    object.id("id", edge.id);
    object.id("source", edge.source);
    object.id("target", edge.target);
    write_fields(object, edge, EdgeFields().set());
    object.close();
    return out;
}

std::string json_string(std::string_view s) {
    std::string out;
    append_json_string(out, s);
    return out;
}

}  // namespace reticle::app
