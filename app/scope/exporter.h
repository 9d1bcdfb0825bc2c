#pragma once

#include <string>

#include "app/scope/report_reader.h"
#include "app/scope/summary.h"
#include "app/world/world.h"

namespace reticle::app::scope {

/// The world as one Scope report (GET /api/report): host and process nodes, and one endpoint edge per flow
/// half. Flows hold no client ports; an endpoint stands for all connections of its half (`conn_count`) under
/// a port made from its lowest witness, so that the two halves of one conversation name the same endpoint.
std::string report_text(const World& world, const Censor& censor, UtcNanos now, ScopeEncoding encoding);

}  // namespace reticle::app::scope
