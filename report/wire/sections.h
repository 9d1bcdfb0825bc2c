#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/base/result.h"
#include "report/base/time.h"
#include "report/report.h"
#include "report/version.h"
#include "report/wire/codec.h"
#include "report/wire/layout.h"

namespace reticle::report::wire {

/// What the numbers of a frame are relative to.
struct Base {
    Version version;
    UtcNanos now = 0;
};

/// One section of a frame, without its kind and length.
struct Section {
    SectionKind kind;
    std::string bytes;
};

/// The sections of a report, those of nothing left out. Precondition: the report is encodable (sanitise.h).
std::vector<Section> encode_sections(const Report& report, const Base& base);

/// The reverse: `sections` is the unpacked bytes of each pack. The Error names the section and what is wrong.
Result<Report> decode_sections(const std::vector<std::string>& packs, const Base& base, const Limits& limits);

}  // namespace reticle::report::wire
