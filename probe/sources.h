#pragma once

#include <string>
#include <string_view>

#include "probe/config.h"
#include "probe/local_state.h"
#include "probe/loop.h"

namespace reticle::probe {

/// The sources of this build, as configured, in the order in which the CPU budget slows them: connections,
/// processes, host.
Sources make_sources(const Config& config, std::string_view host_name, std::string_view boot_id,
                     const LocalState& state);

}  // namespace reticle::probe
