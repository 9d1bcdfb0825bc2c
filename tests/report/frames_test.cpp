// What a receiver of frames ends up with, whatever the network and its own housekeeping do in between.
#include <algorithm>
#include <random>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/report.h"
#include "tests/support/report_generators.h"

namespace reticle::report {
namespace {

struct SentFrame {
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;
    bool full = false;
    Version version;
    Report report;
};

/// The rule of the app for one writer: older frames are ignored, full ones say that nothing else exists.
struct Receiver {
    Report state;
    std::pair<std::uint64_t, std::uint64_t> applied;

    void apply(const SentFrame& frame) {
        const std::pair order(frame.epoch, frame.sequence);
        if (order <= applied) return;
        applied = order;
        state.join(frame.report);
        if (frame.full) state.end_absent(frame.report, frame.version);
    }
};

/// A writer that lives through several epochs and says what changed, now and then everything.
std::vector<SentFrame> some_frames(const std::vector<std::uint64_t>& seeds) {
    std::vector<SentFrame> frames;
    Report state;
    std::uint64_t epoch = 100;
    std::uint64_t tick = 0;
    std::uint64_t sequence = 0;
    Version sent;
    for (const std::uint64_t seed : seeds) {
        if (seed % 11 == 0 && !frames.empty()) {
            state = Report();  // a restart: it knows nothing of what it said before
            epoch += 1 + seed % 3;
            tick = sequence = 0;
        }
        const Version version(epoch, ++tick);
        test::mutate(state, version, seed);
        const bool full = sequence == 0 || seed % 7 == 0;
        frames.push_back({epoch, ++sequence, full, version, full ? state : changed_since(state, sent)});
        sent = version;
    }
    return frames;
}

Report living(Report report) {
    report.collect_ended(Version(Version::kMaxEpoch, Version::kMaxTick));
    return report;
}

/// Which facts live, and since when. Not what they say: the history of what ended goes with its collection.
Report who_lives(const Report& report) {
    Report keys = living(report);
    for (Node& node : keys.nodes) {
        const Presence presence = node.presence;
        node = Node(node.key);
        node.presence = presence;
    }
    for (Flow& flow : keys.flows) {
        const Presence presence = flow.presence;
        flow = Flow(flow.key);
        flow.presence = presence;
    }
    return keys;
}

RC_GTEST_PROP(Frames, OrderAndDuplicationDoNotMatterToTheJoin,
              (const std::vector<std::uint64_t>& seeds, std::uint64_t shuffle)) {
    std::vector<SentFrame> frames = some_frames(seeds);
    Report in_order;
    for (const SentFrame& frame : frames) in_order.join(frame.report);
    std::mt19937_64 random(shuffle);
    const std::size_t count = frames.size();
    for (std::size_t i = 0; i < count; ++i) frames.push_back(frames[random() % count]);
    std::ranges::shuffle(frames, random);
    Report any_order;
    for (const SentFrame& frame : frames) any_order.join(frame.report);
    RC_ASSERT(any_order == in_order);
}

RC_GTEST_PROP(Frames, LeaveExactlyWhatTheWriterHolds, (const std::vector<std::uint64_t>& seeds)) {
    const std::vector<SentFrame> frames = some_frames(seeds);
    Receiver receiver;
    for (const SentFrame& frame : frames) receiver.apply(frame);
    // A new receiver that gets one full frame agrees on what lives.
    Report state;
    for (const SentFrame& frame : frames) {
        if (frame.epoch == frames.back().epoch) state.join(frame.report);
    }
    RC_ASSERT(who_lives(receiver.state) == who_lives(state));
}

RC_GTEST_PROP(Frames, CollectionAtAnyPointWithLateDuplicatesResurrectsNothing,
              (const std::vector<std::uint64_t>& seeds, std::uint64_t chaos)) {
    const std::vector<SentFrame> frames = some_frames(seeds);
    std::mt19937_64 random(chaos);
    Receiver plain;
    Receiver collecting;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        plain.apply(frames[i]);
        collecting.apply(frames[i]);
        if (random() % 3 == 0) collecting.state.collect_ended(frames[i].version);
        for (int late = 0; late < 2; ++late) collecting.apply(frames[random() % (i + 1)]);
    }
    RC_ASSERT(who_lives(collecting.state) == who_lives(plain.state));
}

/// What really happens on one conversation, and what a writer that counts it says.
struct Traffic {
    std::uint64_t open = 0;
    Counters counted;  // since this writer started

    void restart() {
        counted = Counters();
        counted.active_at_start = static_cast<std::uint32_t>(open);
    }
    void act(std::uint64_t seed) {
        if (seed % 2 == 0) {
            ++open;
            ++counted.opened;
        } else if (open > 0) {
            --open;
            ++counted.closed;
        }
        counted.bytes_sent += seed % 1000;
    }
};

RC_GTEST_PROP(Counters, NeverFallStallOrJumpAcrossRestarts,
              (const std::vector<std::uint64_t>& seeds, std::uint64_t chaos)) {
    std::mt19937_64 random(chaos);
    Traffic traffic;
    Report world;
    std::uint64_t epoch = 50;
    std::uint64_t tick = 0;
    std::uint64_t opened = 0;
    std::uint64_t bytes = 0;
    std::vector<Report> said;
    for (const std::uint64_t seed : seeds) {
        if (seed % 5 == 0) {
            traffic.restart();
            ++epoch;
            tick = 0;
            said.clear();  // frames of an older epoch are ignored by the receiver's rule
        }
        const Counters before = traffic.counted;
        traffic.act(seed);
        opened += traffic.counted.opened - before.opened;
        bytes += traffic.counted.bytes_sent - before.bytes_sent;
        Report frame;
        Flow& flow = frame.flow({});
        flow.presence = Presence::alive_at(Version(epoch, ++tick));
        flow.counters(epoch) = traffic.counted;
        said.push_back(frame);
        world.join(frame);
        world.join(said[random() % said.size()]);  // a late duplicate of this epoch
        if (random() % 2 == 0) world.flows[0].fold_epochs(epoch);
        RC_ASSERT(world.flows[0].total().opened == opened);
        RC_ASSERT(world.flows[0].total().bytes_sent == bytes);
        RC_ASSERT(world.flows[0].active() == traffic.open);
    }
}

}  // namespace
}  // namespace reticle::report
