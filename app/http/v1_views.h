#pragma once

#include "app/http/message.h"
#include "app/live_state.h"
#include "report/base/time.h"

namespace reticle::app {

/// `GET /api/v1/views`
Response v1_views(const Request& request, const LiveState& state, Now now);
/// `GET /api/v1/views/{view}`
Response v1_view(const Request& request, const LiveState& state, Now now);

/// The view that a request names by path or parameter; Errc::not_found or Errc::invalid.
Result<const View*> view_of(const LiveState& state, std::optional<std::string_view> id);
/// `"app_epoch":..,"world_seq":..,"time_ms":..`
std::string standing_json(const LiveState& state, Now now);

/// Makes a place in a list opaque, and back; an Error for what no answer of ours held.
std::string cursor_of(std::string_view place);
Result<std::string> place_of(std::string_view cursor);

}  // namespace reticle::app
