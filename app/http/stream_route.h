#pragma once

#include "app/http/metrics.h"
#include "app/http/router.h"
#include "app/live.h"

namespace reticle::app {

/// Adds `WS /api/v1/stream`. Live and Metrics outlive the router.
void register_stream_route(Router& router, Live& live, Metrics& metrics);

}  // namespace reticle::app
