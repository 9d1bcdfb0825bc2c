#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "app/views/view.h"

namespace reticle::test {

/// The edges of a view in the tests' notation, sorted: "curl -> nginx :80". Nodes go by their labels.
inline std::vector<std::string> edges_text(const app::View& view) {
    std::vector<std::string> lines;
    view.for_each_edge([&](const app::ViewEdge& edge) {
        const app::ViewNode* source = view.node(edge.source);
        const app::ViewNode* target = view.node(edge.target);
        const auto label = [](const app::ViewNode* node) { return node == nullptr ? "(none)" : node->label; };
        lines.push_back(label(source) + " -> " + label(target) + " :" + std::to_string(edge.port));
    });
    std::ranges::sort(lines);
    return lines;
}

/// The labels of the nodes that pass the options, sorted.
inline std::vector<std::string> labels(const app::View& view, const app::OptionValues& options = {}) {
    std::vector<std::string> all;
    view.for_each_node([&](const app::ViewNode& node) {
        if (view.shows(node, options)) all.push_back(node.label);
    });
    std::ranges::sort(all);
    return all;
}

}  // namespace reticle::test
