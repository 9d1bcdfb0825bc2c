// The wire decoder against any bytes: it answers with an Error in words, or with a message that, sent on,
// says the same. Run: build/fuzz/bin/fuzz_wire_decode <corpus dir> tests/data/fuzz/wire
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "report/wire/codec.h"

namespace {

using reticle::report::Report;
namespace wire = reticle::report::wire;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz_wire_decode: %s\n", what);
    std::abort();
}

/// Small, so that a run of millions stays in a few megabytes.
wire::Limits limits() {
    wire::Limits small;
    small.max_envelope_bytes = 1 << 20;
    small.max_unpacked_bytes = 4 << 20;
    small.max_facts = 10'000;
    return small;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto message = wire::decode(bytes, limits());
    if (!message) {
        require(!message.error().message.empty(), "an error without words");
        return 0;
    }
    const auto again = wire::decode(wire::encode(*message));
    require(again.has_value(), "what was decoded does not travel");
    require(again->index() == message->index(), "the kind of message changed");
    if (const auto* frame = std::get_if<wire::Frame>(&*message)) {
        require(std::get<wire::Frame>(*again).report == frame->report, "the report changed on its way");
        Report normal = frame->report;
        normal.normalise();
        require(normal == frame->report, "a decoded report is not sorted");
        Report joined = frame->report;
        joined.join(frame->report);
        require(joined == frame->report, "a join with itself changed a report");
    }
    return 0;
}
