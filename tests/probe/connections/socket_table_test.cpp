#include "probe/connections/socket_table.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/probe/support/sockets.h"

namespace reticle::probe {
namespace {

using test::conversation;

TEST(SocketTable, TellsOpenedMovedAndClosed) {
    SocketTable table;
    const Socket one = conversation("10.0.0.1:1", "10.0.0.2:2", {.inode = 1});
    Socket two = conversation("10.0.0.1:1", "10.0.0.2:3", {.inode = 2});
    table.reconcile(std::vector{one, two});
    EXPECT_EQ(table.changes().opened.size(), 2u);
    two.readings.bytes_sent = 5;
    table.reconcile(std::vector{one, two});
    ASSERT_EQ(table.changes().moved.size(), 1u);
    EXPECT_EQ(table.changes().moved[0]->socket.inode, 2u);
    table.reconcile(std::vector{one});
    ASSERT_EQ(table.changes().closed.size(), 1u);
    EXPECT_EQ(table.changes().closed[0]->socket.readings.bytes_sent, 5u) << "it keeps its last numbers";
}

TEST(SocketTable, NotEverySocketIsAConversation) {
    SocketTable table;
    table.reconcile(std::vector{
        conversation("10.0.0.1:1", "10.0.0.2:2", {.inode = 1, .state = SocketState::syn_sent}),
        conversation("10.0.0.1:1", "10.0.0.2:3", {.inode = 0, .state = SocketState::time_wait, .id = 9}),
        conversation("10.0.0.1:1", "10.0.0.2:4", {.inode = 0, .state = SocketState::fin_wait2, .id = 10}),
        conversation("10.0.0.1:1", "0.0.0.0:0", {.inode = 4, .state = SocketState::close})});
    EXPECT_EQ(table.size(), 0u);
}

TEST(SocketTable, ClosedByItsOwnerIsClosedThoughTheKernelIsNotDone) {
    SocketTable table;
    table.reconcile(std::vector{conversation("10.0.0.1:1", "10.0.0.2:2", {.inode = 7, .id = 7})});
    table.reconcile(std::vector{
        conversation("10.0.0.1:1", "10.0.0.2:2", {.state = SocketState::fin_wait1, .sent = 8, .id = 7})});
    ASSERT_EQ(table.changes().closed.size(), 1u);
    EXPECT_EQ(table.changes().closed[0]->socket.readings.bytes_sent, 8u);
    EXPECT_EQ(table.size(), 0u);
}

TEST(SocketTable, ReusedIdIsAnotherConversation) {
    SocketTable table;
    table.reconcile(std::vector{conversation("10.0.0.1:1", "10.0.0.2:2", {.inode = 7})});
    table.reconcile(std::vector{conversation("10.0.0.1:1", "10.0.0.9:2", {.inode = 7})});
    EXPECT_EQ(table.changes().opened.size(), 1u);
    EXPECT_EQ(table.changes().closed.size(), 1u);
    EXPECT_EQ(table.size(), 1u);
}

TEST(SocketTable, WhatCouldNotBeReadStaysOpen) {
    SocketTable table;
    table.reconcile(std::vector{conversation("10.0.0.1:1", "10.0.0.2:2", {.inode = 1, .netns = 1}),
                                conversation("10.0.0.1:1", "10.0.0.2:2", {.inode = 2, .netns = 2})});
    table.begin_sweep();
    table.end_sweep({{2, report::Protocol::tcp}});
    EXPECT_EQ(table.size(), 1u);
    EXPECT_EQ(table.changes().closed.size(), 1u);
}

rc::Gen<Socket> any_socket() {
    return rc::gen::apply(
        [](std::uint64_t id, int peer, int state, std::uint64_t sent) {
            return conversation("10.0.0.1:1", "10.0.0." + std::to_string(peer) + ":2",
                                {.inode = id, .state = static_cast<SocketState>(state), .sent = sent});
        },
        rc::gen::inRange<std::uint64_t>(1, 6), rc::gen::inRange(1, 4), rc::gen::inRange(1, 12),
        rc::gen::inRange<std::uint64_t>(0, 3));
}

RC_GTEST_PROP(SocketTable, ReconcileLeavesExactlyTheSweep, ()) {
    SocketTable table;
    for (const Socket& socket : *rc::gen::container<std::vector<Socket>>(any_socket())) {
        const bool closed = *rc::gen::arbitrary<bool>();
        table.apply({closed ? SocketEvent::Kind::closed : SocketEvent::Kind::seen, socket});
    }
    const auto sweep =
        *rc::gen::uniqueBy<std::vector<Socket>>(any_socket(), [](const Socket& s) { return s.id; });
    table.reconcile(sweep);
    std::map<std::uint64_t, Socket> expected;
    for (const Socket& socket : sweep)
        if (is_open(socket)) expected.emplace(socket.id, socket);
    RC_ASSERT(table.size() == expected.size());
    for (const auto& [id, socket] : expected) {
        RC_ASSERT(table.open().contains(id));
        RC_ASSERT(table.open().at(id).socket == socket);
    }
}

}  // namespace
}  // namespace reticle::probe
