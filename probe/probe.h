#pragma once

#include "probe/config.h"
#include "probe/settings.h"

namespace reticle::probe {

/// Does what the configuration asks for: reports until stopped, prints, or checks. Answers the exit code: 0
/// done or stopped by a signal, 1 it cannot be done here or no app wants this probe, 2 the configuration
/// names what does not exist. Blocks; its work happens on the calling thread.
int run_probe(const Config& config, const Environment& environment);

}  // namespace reticle::probe
