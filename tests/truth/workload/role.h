#pragma once

#include "tests/truth/workload/options.h"

namespace reticle::truth {

/// Plays the role, with all the processes it needs, until told to quit; throws std::system_error.
void run_role(const Options& options);

}  // namespace reticle::truth
