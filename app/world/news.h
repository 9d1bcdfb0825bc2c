#pragma once

#include <cstdint>

#include "app/world/world.h"
#include "report/report.h"

namespace reticle::app {

/// What a statement says beyond what is known.
struct News {
    report::Report delta;
    std::uint64_t limited = 0;  ///< new facts left out for the writer's limits
};

/// The facts of `said` that change `state`, within the limits. Of a full statement also what it does not
/// hold: ended, or emptied, at `version`. Costs in proportion to `said`, for a full one to `state` as well.
News news_of(const report::Report& state, report::Report said, bool full, report::Version version,
             const WorldPolicy& policy);

/// Makes a posted report, which comes without an order of its own, a statement at `version`. What says the
/// same as `state` keeps the version it has there, so that repeating a report changes nothing.
void restamp(report::Report& said, const report::Report& state, report::Version version);

/// Says that everything that lives in `state` ended at `version`.
report::Report end_of(const report::Report& state, report::Version version);

}  // namespace reticle::app
