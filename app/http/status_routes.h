#pragma once

#include "app/http/metrics.h"
#include "app/http/router.h"
#include "app/live.h"

namespace reticle::app {

/// Adds `/metrics`, `/healthz` and `/readyz`. Live and Metrics outlive the router.
void register_status_routes(Router& router, Live& live, Metrics& metrics);

}  // namespace reticle::app
