// Weave Scope's reports from strangers: the first byte chooses JSON or msgpack. Whatever reads is imported
// too.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/scope/importer.h"
#include "app/scope/report_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace reticle::app::scope;  // NOLINT(google-build-using-namespace): one function long
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto encoding = data[0] % 2 == 0 ? ScopeEncoding::json : ScopeEncoding::msgpack;
    if (auto report = read_scope_report(body, encoding)) {
        report->merge(*report);
        import_scope(*report, reticle::report::Version(1, 1));
    }
    return 0;
}
