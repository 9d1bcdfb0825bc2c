#pragma once

#include <string>
#include <string_view>

#include "app/views/view.h"

namespace reticle::app {

/// The v1 JSON object of a node (docs/api.md "Node"), as text. Descriptions beyond 1 KiB are cut.
std::string node_json(const ViewNode& node);
/// The v1 JSON object of an edge (docs/api.md "Edge"), as text; ids as source and target.
std::string edge_json(const ViewEdge& edge);
/// `s` as a JSON string, quotes included; invalid UTF-8 is replaced.
std::string json_string(std::string_view s);

}  // namespace reticle::app
