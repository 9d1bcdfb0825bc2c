#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace reticle::test {

/// What a viewer holds of one subscription, as docs/api.md tells it to: the smallest client there can be. It
/// is strict, so that a server that breaks the contract is found out: every handle must be known, none may be
/// given twice, no edge may stand without its ends.
class ClientModel {
  public:
    /// Not strict, it forgives what clients must: handles it does not know, patches that change nothing.
    explicit ClientModel(bool strict = true) : strict_(strict) {}

    /// Applies one `delta`; throws std::runtime_error where it breaks the contract.
    void apply(const nlohmann::json& delta);

    /// Nodes and edges by id, without handles, with node ids as the ends of edges.
    [[nodiscard]] std::map<std::string, nlohmann::json> nodes() const;
    [[nodiscard]] std::map<std::string, nlohmann::json> edges() const;
    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] const nlohmann::json& stats() const { return stats_; }

  private:
    using Things = std::map<std::uint32_t, nlohmann::json>;
    void check_edges() const;
    void remove(Things& things, const nlohmann::json& handles) const;
    void patch(Things& things, const nlohmann::json& entries) const;

    bool strict_;
    Things nodes_, edges_;
    std::uint64_t sequence_ = 0;
    bool complete_ = true;  ///< false while more of a delta is to come
    nlohmann::json stats_;
};

}  // namespace reticle::test
