#pragma once

#include <cstddef>

#include "app/http/metrics.h"
#include "app/http/router.h"
#include "app/live.h"

namespace reticle::app {

/// Adds `POST /api/v1/report`: one whole report of a script or plugin (docs/report-format.md). Live and
/// Metrics outlive the router.
void register_report_route(Router& router, Live& live, Metrics& metrics, std::size_t max_bytes);

}  // namespace reticle::app
