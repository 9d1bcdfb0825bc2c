#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/scope/details.h"
#include "app/scope/summary.h"
#include "app/views/view.h"

namespace reticle::app::scope {

/// The answer of GET /api/topology/{view}: {"nodes": {id: NodeSummary}}.
std::string summaries_json(const std::map<std::string, Summary>& nodes);

/// The answer of GET /api/topology/{view}/{id}: {"node": Node}.
std::string details_json(const Details& details);

/// One message of a Scope websocket: what was added, updated and removed between two answers (3.4).
std::string delta_json(const std::map<std::string, Summary>& before,
                       const std::map<std::string, Summary>& after, bool reset);

/// What a view is, and its counts, in the list of views.
struct ListedView {
    ViewSpec spec;
    std::uint64_t nodes = 0, real_nodes = 0, edges = 0, filtered = 0;
};

/// The answer of GET /api/topology: sub-views stand under their parents, views sorted by name.
std::string views_json(const std::vector<ListedView>& views);

/// A message as Scope's errors are: a JSON string.
std::string error_json(std::string_view message);

}  // namespace reticle::app::scope
