#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/base/result.h"

namespace reticle::app::scope {

/// A metric of a Scope node: the newest sample and the range it was stated with.
struct ScopeMetric {
    double value = 0;
    double min = 0;
    double max = 0;
};

/// One node of a Scope report, as far as the importer reads it. Unknown members are ignored, as Scope does.
struct ScopeNode {
    std::string id;
    bool complete = false;  ///< names its topology: false for the nodes of a delta report
    std::map<std::string, std::string> latest;
    std::map<std::string, std::vector<std::string>> sets;
    std::vector<std::string> adjacency;
    std::map<std::string, std::vector<std::string>> parents;
    std::map<std::string, ScopeMetric> metrics;

    /// Takes over what a later report of the same probe says of this node.
    void merge(const ScopeNode& later);
};

/// The names Scope knows an address by.
struct ScopeNames {
    std::vector<std::string> forward;
    std::vector<std::string> reverse;
};

/// A Scope report: topology name ("process") -> node id -> node, and names by address.
struct ScopeReport {
    std::map<std::string, std::map<std::string, ScopeNode>> topologies;
    std::map<std::string, ScopeNames> names;

    /// Joins a later report of the same probe.
    void merge(const ScopeReport& later);
};

enum class ScopeEncoding { json, msgpack };

/// What a posted report must stay within; checked while reading, before memory is taken.
struct ScopeLimits {
    std::size_t max_depth = 24;
    std::size_t max_values = 4'000'000;  ///< strings, numbers, arrays and objects in all
    std::size_t max_nodes = 100'000;
    std::size_t max_string_bytes = 65536;
};

/// The encoding that a Content-Type names; nothing for any other type.
std::optional<ScopeEncoding> scope_encoding(std::string_view content_type);

/// Reads a report in Scope's JSON or msgpack dialect (functional inventory 1.2, 1.3, 1.10). The Error says
/// what is malformed or too large.
Result<ScopeReport> read_scope_report(std::string_view body, ScopeEncoding encoding,
                                      const ScopeLimits& limits = {});

}  // namespace reticle::app::scope
