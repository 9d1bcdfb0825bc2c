#pragma once

#include <cstddef>

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/world/half.h"
#include "app/world/slab.h"

namespace reticle::app {

/// Halves that have a key in common, chained through a hook inside them: no memory per member.
template <class Key, class Hash, Hook Half::* kHook>
class Chains {
  public:
    /// Returns whether the key is new.
    bool add(Slab<Half>& halves, const Key& key, HalfId id) {
        const auto [place, fresh] = heads_.try_emplace(key, id);
        Hook& hook = halves[id].*kHook;
        hook = {};
        if (fresh) return true;
        hook.next = place->second;
        (halves[place->second].*kHook).previous = id;
        place->second = id;
        return false;
    }
    /// Returns whether it was the key's last. Precondition: it was added under this key.
    bool remove(Slab<Half>& halves, const Key& key, HalfId id) {
        Hook& hook = halves[id].*kHook;
        if (hook.next != kNoIndex) (halves[hook.next].*kHook).previous = hook.previous;
        bool last = false;
        if (hook.previous != kNoIndex) {
            (halves[hook.previous].*kHook).next = hook.next;
        } else if (hook.next != kNoIndex) {
            heads_[key] = hook.next;
        } else {
            heads_.erase(key);
            last = true;
        }
        hook = {};
        return last;
    }
    /// `visit` must not change the chain.
    template <class Visit>
    void visit(const Slab<Half>& halves, const Key& key, Visit visit) const {
        const auto found = heads_.find(key);
        if (found == heads_.end()) return;
        for (HalfId id = found->second; id != kNoIndex; id = (halves[id].*kHook).next) visit(id);
    }
    [[nodiscard]] std::size_t memory_bytes() const {
        return heads_.bucket_count() * (sizeof(Key) + sizeof(HalfId) + 1);
    }

  private:
    boost::unordered_flat_map<Key, HalfId, Hash> heads_;
};

}  // namespace reticle::app
