#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace reticle::app {

/// Joins sorted facts into sorted facts, while `sides`, which says something of each fact at the same place,
/// goes along. Calls `join(place, said)` for facts that are there; new ones get `fresh` beside them. Returns
/// the places of the new ones, ascending: what stands behind the first of them has moved. Costs in proportion
/// to `delta` unless facts are new.
template <class Fact, class Side, class Join>
std::vector<std::size_t> merge_facts(std::vector<Fact>& facts, std::vector<Side>& sides,
                                     const std::vector<Fact>& delta, const Side& fresh, Join join) {
    struct Missing {
        std::size_t before;
        const Fact* fact;
    };
    std::vector<Missing> missing;
    std::size_t from = 0;
    for (const Fact& said : delta) {
        const auto place =
            std::lower_bound(facts.begin() + static_cast<std::ptrdiff_t>(from), facts.end(), said.key,
                             [](const Fact& fact, const auto& key) { return fact.key < key; });
        from = static_cast<std::size_t>(place - facts.begin());
        if (place != facts.end() && place->key == said.key) {
            join(from, said);
        } else {
            missing.push_back({from, &said});
        }
    }
    std::vector<std::size_t> made;
    if (missing.empty()) return made;

    // Doubling would cost more memory than moving costs time: most lists grow once, with the first frame.
    const std::size_t size = facts.size() + missing.size();
    if (size > facts.capacity()) {
        facts.reserve(size + size / 16);
        sides.reserve(size + size / 16);
    }
    std::size_t end = facts.size();
    facts.resize(size);
    sides.resize(size, fresh);
    std::size_t shift = missing.size();
    for (auto next = missing.rbegin(); next != missing.rend(); ++next, --shift) {
        const auto low = static_cast<std::ptrdiff_t>(next->before);
        const auto high = static_cast<std::ptrdiff_t>(end);
        const auto by = static_cast<std::ptrdiff_t>(shift);
        std::move_backward(facts.begin() + low, facts.begin() + high, facts.begin() + high + by);
        std::move_backward(sides.begin() + low, sides.begin() + high, sides.begin() + high + by);
        facts[next->before + shift - 1] = *next->fact;
        sides[next->before + shift - 1] = fresh;
        end = next->before;
    }
    made.reserve(missing.size());
    for (const Missing& each : missing) made.push_back(each.before + made.size());
    return made;
}

/// Drops the facts, and what stands beside them, that `gone(place)` names. Returns whether there were any.
template <class Fact, class Side, class Gone>
bool drop_facts(std::vector<Fact>& facts, std::vector<Side>& sides, Gone gone) {
    std::size_t kept = 0;
    for (std::size_t place = 0; place < facts.size(); ++place) {
        if (gone(place)) continue;
        if (kept != place) {
            facts[kept] = std::move(facts[place]);
            sides[kept] = sides[place];
        }
        ++kept;
    }
    if (kept == facts.size()) return false;
    facts.resize(kept);
    sides.resize(kept);
    return true;
}

}  // namespace reticle::app
