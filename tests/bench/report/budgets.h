#pragma once

namespace reticle::bench {

/// Prints what facts take in memory and on the wire next to the budgets of the design.
void print_budgets();

}  // namespace reticle::bench
