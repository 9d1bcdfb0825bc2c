// The reader of JSON reports against any text: it answers with an Error in words, or with a report that,
// written and read again, is the same. Run: build/fuzz/bin/fuzz_json_report <corpus dir> tests/data/fuzz/json
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "report/json.h"

namespace {

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz_json_report: %s\n", what);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using reticle::report::from_json;
    using reticle::report::to_json;
    using reticle::report::Version;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Version version(1'795'300'000, 1);
    const auto report = from_json(text, {}, version);
    if (!report) {
        require(!report.error().message.empty(), "an error without words");
        return 0;
    }
    const auto again = from_json(to_json(*report, -1), {}, version);
    require(again.has_value(), "what was written does not read");
    require(again->report == report->report, "the report changed on its way");
    return 0;
}
