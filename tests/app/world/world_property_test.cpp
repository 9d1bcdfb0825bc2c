// What holds of a World whatever its writers do.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/app/world/oracle.h"
#include "tests/app/world/random_sessions.h"

namespace reticle::test {
namespace {

using app::Applied;
using app::Conversation;
using app::World;

Dice any_dice() {
    const auto length = *rc::gen::inRange(1, 1500);
    return Dice(*rc::gen::container<std::vector<std::uint16_t>>(static_cast<std::size_t>(length),
                                                                rc::gen::arbitrary<std::uint16_t>()));
}

app::WorldPolicy short_memory() {
    app::WorldPolicy policy;
    policy.retention = std::chrono::seconds(40);
    return policy;
}

constexpr auto nobody = [](const Applied&) {};

RC_GTEST_PROP(WorldProperty, ReplayedChangesGiveAnEqualWorld, ()) {
    Dice dice = any_dice();
    const auto rounds = random_sessions(dice);
    World live(short_memory());
    World replayed(short_memory());
    std::uint64_t sequence = 0;
    play(live, rounds, false, [&](const Applied& applied) {
        RC_ASSERT(applied.change.world_seq == ++sequence);
        const app::Touched touched = replayed.replay(applied.change);
        RC_ASSERT(touched.nodes == applied.touched.nodes);
        RC_ASSERT(touched.writers == applied.touched.writers);
    });
    RC_ASSERT(live.sequence() == sequence);
    RC_ASSERT(replayed.sequence() == sequence);
    RC_ASSERT(live == replayed);
}

RC_GTEST_PROP(WorldProperty, TheOrderAmongWritersDoesNotMatter, ()) {
    Dice dice = any_dice();
    const auto rounds = random_sessions(dice);
    World forwards(short_memory());
    World backwards(short_memory());
    play(forwards, rounds, false, nobody);
    play(backwards, rounds, true, nobody);
    RC_ASSERT(forwards == backwards);
}

RC_GTEST_PROP(WorldProperty, ConversationsAreThoseFoundFromScratch, ()) {
    Dice dice = any_dice();
    const auto rounds = random_sessions(dice);
    World world(short_memory());
    play(world, rounds, false, nobody);
    let_glow_out(world, rounds, nobody);
    RC_ASSERT(conversations_of(world) == conversations_from_scratch(world));
}

RC_GTEST_PROP(WorldProperty, WhatIsNotTouchedHasNotChanged, ()) {
    Dice dice = any_dice();
    const auto rounds = random_sessions(dice);
    World world(short_memory());
    std::map<app::ConversationId, Conversation> mirror;
    const auto follow = [&](const Applied& applied) {
        for (const app::ConversationId id : applied.touched.conversations) {
            if (const Conversation* now = world.conversation(id)) {
                mirror[id] = *now;
            } else {
                mirror.erase(id);
            }
        }
    };
    play(world, rounds, false, [&](const Applied& applied) {
        follow(applied);
        if (applied.change.world_seq != world.sequence()) return;  // one of several steps of a moment
        std::size_t seen = 0;
        world.for_each_conversation([&](const Conversation& now) {
            const auto known = mirror.find(now.id);
            RC_ASSERT(known != mirror.end());
            RC_ASSERT(known->second == now);
            ++seen;
        });
        RC_ASSERT(seen == mirror.size());
    });
}

}  // namespace
}  // namespace reticle::test
