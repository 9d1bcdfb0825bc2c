#pragma once

#include "app/http/message.h"
#include "app/live_state.h"
#include "report/base/time.h"

namespace reticle::app {

/// `GET /api/v1/nodes/{id}?view=`
Response v1_node(const Request& request, const LiveState& state, Now now);
/// `GET /api/v1/edges/{id}?view=`
Response v1_edge(const Request& request, const LiveState& state, Now now);

}  // namespace reticle::app
