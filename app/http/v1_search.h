#pragma once

#include "app/http/message.h"
#include "app/live_state.h"
#include "report/base/time.h"

namespace reticle::app {

/// `GET /api/v1/search?view=&q=`
Response v1_search(const Request& request, const LiveState& state, Now now);
/// `GET /api/v1/probes`
Response v1_probes(const Request& request, const LiveState& state, Now now);

}  // namespace reticle::app
