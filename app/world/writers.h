#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/world/change.h"
#include "app/world/conversation.h"
#include "app/world/ids.h"
#include "app/world/slab.h"
#include "report/report.h"

namespace reticle::app {

/// When the app saw a fact begin and end, on its own clock.
struct Lifespan {
    static constexpr MonoTime kLiving = MonoTime::max();
    static constexpr MonoTime kOver = MonoTime::min();  ///< its afterglow is over

    MonoTime since;            ///< first seen
    MonoTime ended = kLiving;  ///< when it ended, while in its afterglow
    [[nodiscard]] bool visible() const { return ended != kOver; }
    [[nodiscard]] bool living() const { return ended == kLiving; }
};

/// What stands beside a listener: its span, and the host it is entered under in the index.
struct ListenerPlace {
    Lifespan span;
    HostIndex host = kNoIndex;
};

/// All that is known of one writer: what it states, and beside every fact when it came.
struct Writer {
    WriterInfo info;
    report::Report state;
    std::vector<Lifespan> nodes;           ///< parallel to state.nodes
    std::vector<ListenerPlace> listeners;  ///< parallel to state.listeners
    std::vector<HalfId> halves;            ///< parallel to state.flows; kNoIndex = out of live views
    std::vector<HostIndex> aliases;        ///< parallel to state.aliases: entered under; kNoIndex = not
    std::vector<HostIndex> hosts;          ///< hosts it speaks for, sorted by id
    /// Facts ended between the times, the newest at the version; tells what may be collected.
    struct EndMark {
        MonoTime first, last;
        report::Version version;
    };
    std::vector<EndMark> end_marks;  ///< in the order of time
    std::int64_t skew_shown = 0;     ///< the skew that was last worth telling
    int sessions = 0;                ///< connections of this start that stand; not part of what is replayed
};

/// A host that a writer speaks for: a probe for its own, an imported report for many.
struct Host {
    WriterIndex writer = kNoIndex;
    report::Text id;
};

/// The writers of a world and the hosts they speak for, under small numbers.
class Writers {
  public:
    [[nodiscard]] WriterIndex find(const WriterId& id) const;
    WriterIndex add(const WriterId& id);
    /// Forgets the writer and its hosts. Nothing may refer to them any more.
    void drop(WriterIndex index);

    Writer& operator[](WriterIndex index) { return slots_[index]; }
    const Writer& operator[](WriterIndex index) const { return slots_[index]; }
    [[nodiscard]] std::size_t count() const { return by_id_.size(); }
    /// In no particular order.
    template <class Visit>
    void for_each(Visit visit) const {
        for (WriterIndex index = 0; index < slots_.end(); ++index) {
            if (!slots_[index].info.id.empty()) visit(index);
        }
    }

    /// The number of a host of a writer, given when missing.
    HostIndex host(WriterIndex writer, const report::Text& id);
    [[nodiscard]] const Host& host(HostIndex index) const { return hosts_[index]; }
    /// The host a node of a writer is on: a probe's own; else itself, its parent, or the host with no name.
    HostIndex host_of(WriterIndex writer, const report::NodeKey& node);
    [[nodiscard]] NodeRef host_ref(HostIndex index) const;
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    Slab<Writer> slots_;
    Slab<Host> hosts_;
    std::unordered_map<std::string_view, WriterIndex> by_id_;  ///< views into the writers' own ids
};

}  // namespace reticle::app
