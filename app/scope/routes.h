#pragma once

namespace reticle::app {
class Live;
class Router;
}  // namespace reticle::app

namespace reticle::app::scope {

/// Adds Weave Scope's routes (functional inventory 3.1) for what exists here: /api, /api/probes,
/// /api/topology and below with its websocket, and /api/report both ways. Errors are JSON strings, as Scope's
/// are.
void register_scope_routes(Router& router, Live& live);

}  // namespace reticle::app::scope
