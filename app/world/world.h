#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/world/change.h"
#include "app/world/conversation.h"
#include "report/base/result.h"
#include "report/base/time.h"
#include "report/report.h"
#include "report/wire/codec.h"

namespace reticle::app {

/// The times and sizes the world lives by.
struct WorldPolicy {
    std::chrono::seconds stale_after{10};  ///< silence until a writer's things turn stale
    std::chrono::seconds afterglow{15};    ///< how long ended things stay in live views
    std::chrono::seconds retention{600};   ///< how long ended things and silent writers stay in the world
    std::uint64_t max_nodes_per_writer = 100'000;
    std::uint64_t max_flows_per_writer = 250'000;
    std::uint64_t max_writers = 20'000;
    std::vector<KnownService> services;  ///< beside the built-in list
};

/// What a step touched, so that views cost what changed. Sorted, without duplicates.
struct Touched {
    std::vector<NodeRef> nodes;                 ///< stated, changed, ended, out of afterglow, or gone
    std::vector<ConversationId> conversations;  ///< likewise
    std::vector<WriterId> writers;  ///< standing or info changed: all their nodes may look different
    void merge(Touched&& other);
};

/// A Change and what it touched.
struct Applied {
    Change change;
    Touched touched;
};

/// A node as views read it: combined over all writers that state it.
struct WorldNode {
    const report::Node* node = nullptr;  ///< of the writer in the NodeRef
    const WriterInfo* writer = nullptr;
    bool stale = false;
    bool ended = false;  ///< in its afterglow
    MonoTime since;      ///< when the app first saw it
};

/// The merged world: per-writer states, their union, and the conversations joined from their flows.
/// An ordinary value with no globals and no clock inside; lives on one strand.
class World {
  public:
    explicit World(WorldPolicy policy = {});
    ~World();
    World(World&&) noexcept;
    World& operator=(World&&) noexcept;

    /// A probe says hello. Refused with Errc::conflict when a live session of another boot or instance holds
    /// this host_id. The Welcome carries the agreed epoch: max(proposed, newest seen of this writer + 1); the
    /// same start of a probe (boot and instance) that comes back keeps the epoch it has, so that its counters
    /// go on.
    struct Opened {
        report::wire::Welcome welcome;
        Applied applied;
    };
    Result<Opened> open(const report::wire::Hello& hello, Now now);

    /// Joins a frame of an open session. A frame at or below the applied (epoch, sequence) is a duplicate: it
    /// changes nothing and succeeds with no Change. The first frame of a session must be full. Limits: what
    /// exceeds them is dropped, counted in WriterInfo.limited.
    Result<std::optional<Applied>> apply(const WriterId& writer, report::wire::Frame frame, Now now);

    /// Joins a whole report that was posted: what an earlier one of this writer held and this one does not,
    /// ends. It holds for `window` and is renewed by the next. Versions are given by the world; those of
    /// `report` do not matter.
    Result<Applied> post(const WriterId& writer, const std::string& host_name, report::Report report,
                         std::chrono::milliseconds window, Now now);

    /// The session's connection is gone without a goodbye; the writer goes stale in its time.
    void disconnected(const WriterId& writer, const std::string& instance_id);
    /// The probe stops on purpose: everything it stated ends now.
    std::optional<Applied> goodbye(const WriterId& writer, Now now);

    /// Lets time pass: silence, lifetimes, afterglow, retention. Call about once a second.
    std::vector<Applied> advance(Now now);

    /// Applies a Change made by another world, in order. The result equals that world.
    Touched replay(const Change& change);

    [[nodiscard]] std::uint64_t sequence() const;
    [[nodiscard]] const WriterInfo* writer(const WriterId& id) const;
    void for_each_writer(const std::function<void(const WriterInfo&)>& visit) const;
    /// What one writer states, joined; nullptr when unknown.
    [[nodiscard]] const report::Report* state(const WriterId& id) const;

    [[nodiscard]] std::optional<WorldNode> node(const NodeRef& ref) const;
    void for_each_node(report::Topology topology,
                       const std::function<void(const NodeRef&, const WorldNode&)>& visit) const;
    /// nullptr when there is none; the pointer lives until the next step of the world.
    [[nodiscard]] const Conversation* conversation(ConversationId id) const;
    void for_each_conversation(const std::function<void(const Conversation&)>& visit) const;
    /// The flow facts behind a conversation (client halves first), for details.
    [[nodiscard]] std::vector<std::pair<WriterId, const report::Flow*>> halves(ConversationId id) const;

    struct Counts {
        std::uint64_t writers = 0, nodes = 0, flows = 0, listeners = 0, conversations = 0;
        std::uint64_t ambiguous_addresses = 0, limited = 0, duplicates = 0;
    };
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] std::size_t memory_bytes() const;

    /// Same writers, facts and conversations (handles aside).
    friend bool operator==(const World& a, const World& b);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reticle::app
