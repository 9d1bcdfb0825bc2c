#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "report/json.h"
#include "report/json_fields.h"
#include "report/report.h"

namespace reticle::report {

/// Each reads one fact of a JSON report, standing at `place` ("nodes[3]"), stated at `version`.
Node read_node(const nlohmann::json& json, const std::string& place, const JsonLimits& limits,
               Version version, JsonProblem& problem);
Flow read_flow(const nlohmann::json& json, const std::string& place, Version version, JsonProblem& problem);
Listener read_listener(const nlohmann::json& json, const std::string& place, Version version,
                       JsonProblem& problem);
Alias read_alias(const nlohmann::json& json, const std::string& place, Version version, JsonProblem& problem);

}  // namespace reticle::report
