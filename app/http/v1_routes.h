#pragma once

#include "app/http/router.h"
#include "app/live.h"

namespace reticle::app {

/// Adds the GET routes of `/api/v1` (docs/api.md). Live outlives the router.
void register_v1_routes(Router& router, Live& live);

}  // namespace reticle::app
