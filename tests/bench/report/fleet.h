#pragma once

#include <cstdint>

#include "report/report.h"
#include "report/wire/codec.h"

/// Facts as a probe of an ordinary host states them, without chance: the same numbers make the same facts.
namespace reticle::bench {

inline constexpr std::uint64_t kEpoch = 1'795'300'000;
inline constexpr UtcNanos kNow = 1'795'311'324'123'456'789;

report::NodeKey process_key(int number);
/// A process with eleven attributes and three metrics.
report::Node process(int number, report::Version version);
/// A conversation of one process with one peer, one connection open.
report::Flow flow(int number, report::Version version);
/// The host's own node.
report::Node host(report::Version version);
report::Report processes(int count, report::Version version);
report::Report flows(int count, report::Version version);
/// New samples of `metrics` (1..3) metrics of every `step`th process.
report::Report samples(int processes, int step, int metrics, report::Version version);
/// New samples of the host's own metrics.
report::Report host_samples(report::Version version);
report::wire::Frame frame(report::Report report, report::Version version);

}  // namespace reticle::bench
