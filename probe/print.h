#pragma once

#include <string>
#include <string_view>

#include "report/report.h"

namespace reticle::probe {

/// A report as text for people, at most 100 columns wide: the host, its processes (the busiest first), who
/// listens, who talks to whom. Tombstones are left out, kernel threads only counted. Names are attacker
/// input: control characters are shown as '?', so that no name can drive a terminal.
std::string print_text(const report::Report& report);

/// The same as one JSON document (docs/report-format.md), without tombstones; one line if `compact`.
std::string print_json(std::string_view writer, const report::Report& report, bool compact);

}  // namespace reticle::probe
