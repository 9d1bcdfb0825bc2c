#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace reticle::report {

/// The key of a fact or of a part of one: its member `key` (`epoch` for the counters of an epoch). Lists of
/// them are sorted by it, without duplicates.
template <class Entry>
const auto& key_of(const Entry& entry) {
    if constexpr (requires { entry.key; }) {
        return entry.key;
    } else {
        return entry.epoch;
    }
}

/// key_of as a projection for algorithms.
struct ByKey {
    template <class Entry>
    const auto& operator()(const Entry& entry) const {
        return key_of(entry);
    }
};

/// The usual way to join two entries of one key.
struct JoinEntries {
    template <class Entry>
    void operator()(Entry& mine, const Entry& theirs) const {
        mine.join(theirs);
    }
};

/// How a list makes room: `amortised` for lists that grow all the time (doubling), `exact` for the many small
/// ones, where slack would cost more memory than copying costs time.
enum class Growth { amortised, exact };

/// The first entry whose key is not below `key`.
template <class List, class Key>
auto lower_bound_by_key(List& list, const Key& key) {
    return std::ranges::lower_bound(list, key, {}, ByKey());
}

/// The entry of a key, or nullptr.
template <class List, class Key>
auto* find_by_key(List& list, const Key& key) {
    const auto found = lower_bound_by_key(list, key);
    return found != list.end() && key_of(*found) == key ? &*found : nullptr;
}

/// Inserts at a place; a full list grows as told.
template <class T>
T& insert_at(std::vector<T>& list, typename std::vector<T>::iterator place, T entry, Growth growth) {
    const auto index = place - list.begin();
    if (growth == Growth::exact && list.size() == list.capacity()) list.reserve(list.size() + 1);
    return *list.insert(list.begin() + index, std::move(entry));
}

/// Joins the sorted list `from` into the sorted list `into`: entries of equal key by `join(mine, theirs)`,
/// the others by insertion in one sweep from the back. Costs O(k log n) when no key is new (k = size of
/// `from`); entries that do not change are neither copied nor, left of the first new key, moved. Source
/// is a const list, whose new entries are copied, or a mutable one, from which they are moved.
template <class T, class Source, class Join>
void join_sorted_from(std::vector<T>& into, Source& from, Growth growth, Join join) {
    struct New {
        std::size_t before;  // index in `into` that it goes in front of
        decltype(from.data()) entry;
    };
    std::vector<New> missing;
    auto hint = into.begin();
    for (auto& theirs : from) {
        // Gallop from the last hit: cheap both for few entries and for entries that lie side by side.
        std::ptrdiff_t step = 1;
        auto low = hint;
        while (into.end() - low > step && key_of(*(low + step)) < key_of(theirs)) {
            low += step;
            step *= 2;
        }
        const auto high = into.end() - low > step ? low + step + 1 : into.end();
        hint = std::ranges::lower_bound(low, high, key_of(theirs), {}, ByKey());
        if (hint != into.end() && key_of(*hint) == key_of(theirs)) {
            join(*hint, theirs);
        } else {
            missing.push_back({static_cast<std::size_t>(hint - into.begin()), &theirs});
        }
    }
    if (missing.empty()) return;

    std::size_t end = into.size();
    if (growth == Growth::exact) into.reserve(end + missing.size());
    into.resize(end + missing.size());
    std::size_t shift = missing.size();
    for (auto next = missing.rbegin(); next != missing.rend(); ++next, --shift) {
        const auto begin = into.begin();
        const auto first = begin + static_cast<std::ptrdiff_t>(next->before);
        std::move_backward(first, begin + static_cast<std::ptrdiff_t>(end),
                           begin + static_cast<std::ptrdiff_t>(end + shift));
        into[next->before + shift - 1] = std::move(*next->entry);  // a copy, where it is const
        end = next->before;
    }
}

/// join_sorted_from with copies.
template <class T, class Join>
void join_sorted(std::vector<T>& into, const std::vector<T>& from, Growth growth, Join join) {
    join_sorted_from(into, from, growth, join);
}

/// join_sorted_from that moves what is new.
template <class T, class Join>
void join_sorted(std::vector<T>& into, std::vector<T>&& from, Growth growth, Join join) {
    join_sorted_from(into, from, growth, join);
}

/// Calls `visit(mine, theirs)` for every key of `theirs`, in order, in one pass over both sorted lists;
/// `mine` is nullptr where the key is missing.
template <class T, class Visit>
void visit_matches(std::span<const T> mine, std::span<const T> theirs, Visit visit) {
    auto at = mine.begin();
    for (const T& entry : theirs) {
        while (at != mine.end() && key_of(*at) < key_of(entry)) ++at;
        visit(at != mine.end() && key_of(*at) == key_of(entry) ? &*at : nullptr, entry);
    }
}

/// Sorts entries appended in any order and joins those of equal key by `join(mine, theirs)`.
template <class T, class Join>
void normalise_list(std::vector<T>& list, Join join) {
    const auto out_of_order = [](const T& a, const T& b) { return !(key_of(a) < key_of(b)); };
    if (std::ranges::adjacent_find(list, out_of_order) == list.end()) return;
    std::ranges::sort(list, {}, ByKey());  // joins commute: which of equal keys comes first does not matter
    auto kept = list.begin();
    for (auto next = std::next(kept); next != list.end(); ++next) {
        if (key_of(*kept) == key_of(*next)) {
            join(*kept, *next);
        } else if (++kept != next) {
            *kept = std::move(*next);
        }
    }
    list.erase(std::next(kept), list.end());
}

}  // namespace reticle::report
