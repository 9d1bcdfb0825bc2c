#pragma once

#include <span>
#include <string>
#include <utility>

#include "app/scope/summary.h"
#include "app/views/view.h"

namespace reticle::app::scope {

/// Query parameters of a request, decoded, in order.
using Parameters = std::span<const std::pair<std::string, std::string>>;

/// The options a Scope request chooses for a view (functional inventory 3.3): with no parameter at all none
/// applies; with any parameter, even an unknown one, each group takes the given value or its default. Unknown
/// parameters are ignored, and an unknown value of a group is no filter.
OptionValues chosen_options(const ViewSpec& spec, Parameters parameters);

/// What the request asks to leave out.
Censor asked_censor(Parameters parameters);

}  // namespace reticle::app::scope
