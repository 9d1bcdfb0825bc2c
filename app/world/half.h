#pragma once

#include <cstdint>
#include <memory>

#include "app/world/conversation.h"
#include "app/world/ids.h"
#include "report/base/time.h"

namespace reticle::app {

/// Neighbours in a chain of halves or links that have something in common.
struct Hook {
    std::uint32_t previous = kNoIndex;
    std::uint32_t next = kNoIndex;
};

/// Which end of its conversations a half's owner was found to be.
enum class Role : std::uint8_t { client, server };

/// One half of a conversation while it is visible: where its flow is, and how it hangs together with others.
struct Half {
    WriterIndex writer = kNoIndex;     ///< kNoIndex: not in use
    std::uint32_t position = 0;        ///< in the writer's flows
    HostIndex host = kNoIndex;         ///< whose network it is in
    HostIndex peer_realm = kNoIndex;   ///< of its entry in the peer chains
    HostIndex client_host = kNoIndex;  ///< of its entry in the route chains; kNoIndex: in none
    LinkId first_link = kNoIndex;
    Hook peer;                         ///< halves with the same peer
    Hook route;                        ///< halves of one client host and one server address and port
    MonoTime ended = MonoTime::max();  ///< when its flow ended; max while it lives
    Role role = Role::client;
    bool local = false;    ///< both ends were joined by the writer
    bool matched = false;  ///< a half of the other end shares a witness
    bool waiting = false;  ///< to be settled
};

/// A conversation: a client's half, a server's half, or both. The end that has no half is `far`, unless the
/// half itself names it (Half::local).
struct Link {
    std::uint32_t generation = 0;  ///< how often this slot was used; makes the ConversationId
    HalfId client = kNoIndex;
    HalfId server = kNoIndex;
    Hook of_client;
    Hook of_server;
    std::unique_ptr<End> far;
    bool unsure = false;  ///< who began is not known
    [[nodiscard]] bool used() const { return client != kNoIndex || server != kNoIndex; }
};

}  // namespace reticle::app
