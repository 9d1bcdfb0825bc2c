#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/base/result.h"
#include "report/report.h"

namespace reticle::report {

/// What a document must stay within; checked while reading, before anything is allocated for it.
struct JsonLimits {
    std::size_t max_bytes = 16u << 20;
    std::size_t max_depth = 16;
    std::size_t max_facts = 100'000;
    std::size_t max_attributes = 512;      ///< per node, labels included
    std::size_t max_string_bytes = 16384;  ///< longer strings are refused
};

/// A report in its JSON form (docs/report-format.md), as `reticle-probe --print` shows it and POST
/// /api/v1/report takes it.
struct JsonReport {
    std::string writer;          ///< who states it: [A-Za-z0-9._:-]{1,128}
    double window_seconds = 15;  ///< how long it holds without being repeated, 1..3600
    Report report;
};

/// Writes the JSON form; `indent` < 0 gives one line.
std::string to_json(const JsonReport& report, int indent);

/// Reads the JSON form. Strict: an unknown field, a wrong type, a number out of range, invalid UTF-8 or a
/// limit exceeded is an Error that names the place ("nodes[3].attributes.pid: expected an integer"). Every
/// fact gets `version`.
Result<JsonReport> from_json(std::string_view text, const JsonLimits& limits, Version version);

}  // namespace reticle::report
