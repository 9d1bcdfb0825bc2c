#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/ids.h"

namespace reticle::app {

/// Which halves saw a connection. Two at most where all is well, so two are kept in place; what a wrong or
/// hostile writer piles up beyond them is kept apart, and beyond kMaxCrowd not at all.
class WitnessIndex {
  public:
    static constexpr std::size_t kMaxCrowd = 32;

    void add(std::uint64_t hash, HalfId id) {
        Pair& pair = pairs_[hash];
        if (pair.first == kNoIndex) {
            pair.first = id;
        } else if (pair.second == kNoIndex) {
            pair.second = id;
        } else if (auto& crowd = crowds_[hash]; crowd.size() < kMaxCrowd) {
            crowd.push_back(id);
        }
    }
    void remove(std::uint64_t hash, HalfId id);

    template <class Visit>
    void visit(std::uint64_t hash, Visit visit) const {
        const auto found = pairs_.find(hash);
        if (found == pairs_.end()) return;
        if (found->second.first != kNoIndex) visit(found->second.first);
        if (found->second.second != kNoIndex) visit(found->second.second);
        if (crowds_.empty()) return;
        const auto crowd = crowds_.find(hash);
        if (crowd == crowds_.end()) return;
        for (const HalfId id : crowd->second) visit(id);
    }
    [[nodiscard]] std::size_t memory_bytes() const {
        return pairs_.bucket_count() * (sizeof(std::uint64_t) + sizeof(Pair) + 1) +
               crowds_.size() * (64 + kMaxCrowd * sizeof(HalfId));
    }

  private:
    struct Pair {
        HalfId first = kNoIndex;
        HalfId second = kNoIndex;
    };
    boost::unordered_flat_map<std::uint64_t, Pair> pairs_;
    std::unordered_map<std::uint64_t, std::vector<HalfId>> crowds_;
};

inline void WitnessIndex::remove(std::uint64_t hash, HalfId id) {
    const auto crowd = crowds_.find(hash);
    if (crowd != crowds_.end() && std::erase(crowd->second, id) != 0) {
        if (crowd->second.empty()) crowds_.erase(crowd);
        return;
    }
    const auto found = pairs_.find(hash);
    if (found == pairs_.end()) return;
    Pair& pair = found->second;
    HalfId* const slot = pair.first == id ? &pair.first : pair.second == id ? &pair.second : nullptr;
    if (slot == nullptr) return;
    *slot = kNoIndex;
    if (crowd != crowds_.end()) {
        *slot = crowd->second.back();
        crowd->second.pop_back();
        if (crowd->second.empty()) crowds_.erase(crowd);
    } else if (pair.first == kNoIndex && pair.second == kNoIndex) {
        pairs_.erase(found);
    }
}

}  // namespace reticle::app
