#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "report/report.h"

/// rapidcheck generators of the model. Keys come from small sets, so that two reports of one property often
/// speak of the same fact; everything is well-formed (sorted lists, known keys, valid UTF-8).
namespace reticle::test {

/// A version within the first ticks of a few epochs; `none` never.
rc::Gen<report::Version> any_version();
/// A stated presence.
rc::Gen<report::Presence> any_presence();
/// A short text of letters, umlauts, quotes and separators; sometimes empty.
rc::Gen<std::string> any_string();
rc::Gen<report::Value> any_value();
rc::Gen<report::IpAddress> any_address();
rc::Gen<report::NodeKey> any_node_key();
rc::Gen<report::Node> any_node();
rc::Gen<report::FlowKey> any_flow_key();
rc::Gen<report::Counters> any_counters();
rc::Gen<std::vector<report::Witness>> any_witnesses();
rc::Gen<report::Flow> any_flow();
rc::Gen<report::Report> any_report();

/// What one writer does to its own state within one tick: appearing, changing and ending facts, all at
/// `version`. Later versions must follow earlier ones.
void mutate(report::Report& state, report::Version version, std::uint64_t seed);

}  // namespace reticle::test

namespace rc {

template <>
struct Arbitrary<reticle::report::Report> {
    static Gen<reticle::report::Report> arbitrary() { return reticle::test::any_report(); }
};

}  // namespace rc
