// Letting time pass: silence, lifetimes, afterglow, retention.
#include <chrono>
#include <utility>

#include "app/world/world_impl.h"

namespace reticle::app {

namespace {

/// A writer that fills its limits with ended things keeps them a tenth of the time, so that those who start a
/// thousand processes a minute do not run out of room.
constexpr int kCrowdedDivisor = 10;

std::chrono::nanoseconds retention_of(const Writer& writer, const WorldPolicy& policy) {
    const bool crowded = writer.state.nodes.size() > policy.max_nodes_per_writer / 2 ||
                         writer.state.flows.size() > policy.max_flows_per_writer / 2;
    return crowded ? policy.retention / kCrowdedDivisor : policy.retention;
}

}  // namespace

/// What is due of one writer:
///
/// | writer | silent for | becomes |
/// |---|---|---|
/// | probe, live | stale_after | stale |
/// | probe, stale or ended | retention | dropped |
/// | posted, live | its lifetime | ended |
/// | posted, ended | its lifetime and retention | dropped |
///
/// and facts that ended longer than the retention ago are collected.
void World::Impl::due(WriterIndex index, Now now, std::vector<Change>& changes) const {
    const Writer& writer = writers[index];
    const WriterInfo& info = writer.info;
    const auto silent = now.mono - info.heard;
    const auto lifetime = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(info.lifetime_seconds));
    const auto turn = [&](WriterState state) {
        changes.push_back(about(Change::Kind::standing, index, now));
        changes.back().info.state = state;
    };
    if (info.state != WriterState::live && silent >= lifetime + policy.retention) {
        changes.push_back(about(Change::Kind::dropped, index, now));
        return;
    }
    if (info.state == WriterState::live && info.probe && silent >= policy.stale_after) {
        turn(WriterState::stale);
    }
    if (info.state == WriterState::live && !info.probe && silent >= lifetime) turn(WriterState::ended);
    const auto& marks = writer.end_marks;
    if (!marks.empty() && now.mono - marks.front().last >= retention_of(writer, policy)) {
        changes.push_back(about(Change::Kind::collected, index, now));
        changes.back().horizon = marks.front().version;
    }
}

std::vector<Applied> World::advance(Now now) {
    Impl& impl = *impl_;
    std::vector<Change> changes;
    if (!impl.glows.empty() && impl.glows.front().ended + impl.policy.afterglow <= now.mono) {
        changes.push_back(impl.about(Change::Kind::passed, kNoIndex, now));
    }
    impl.writers.for_each([&](WriterIndex index) { impl.due(index, now, changes); });
    std::vector<Applied> applied;
    applied.reserve(changes.size());
    for (Change& change : changes) applied.push_back(impl.step(std::move(change)));
    return applied;
}

}  // namespace reticle::app
