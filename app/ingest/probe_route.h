#pragma once

#include "app/http/metrics.h"
#include "app/http/router.h"
#include "app/ingest/join_token.h"
#include "app/live.h"
#include "report/wire/codec.h"

namespace reticle::app {

/// Adds `WS /api/v1/probe`. Live and Metrics outlive the router.
void register_probe_route(Router& router, Live& live, Metrics& metrics, const JoinToken& token,
                          const report::wire::Limits& limits);

}  // namespace reticle::app
