#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/world/change.h"
#include "report/address.h"
#include "report/flow.h"
#include "report/node.h"

namespace reticle::app {

/// A node of the world: who states it, and its key there.
struct NodeRef {
    WriterId writer;
    report::NodeKey key;
    friend auto operator<=>(const NodeRef&, const NodeRef&) = default;
    friend bool operator==(const NodeRef&, const NodeRef&) = default;
};

/// What an end of a conversation was found to be.
enum class EndKind : std::uint8_t {
    node,            ///< a process (or the host itself, where its process is not known) that a writer states
    listener_group,  ///< several owners share the listener and which one accepted is not known
    unattributed,    ///< on a probed host, whose process was not seen
    lan_host,        ///< a private address that no probe owns
    internet,        ///< a global address that no probe owns
    service,         ///< a known service, by name or range
    ambiguous,       ///< an address that more than one host owns
};

/// One end of a conversation after resolution.
struct End {
    EndKind kind = EndKind::node;
    NodeRef node;                  ///< for node; for unattributed and listener_group: the host's writer
    std::vector<NodeRef> members;  ///< listener_group: the owners, sorted
    report::IpAddress address;     ///< what the other end saw
    std::uint16_t port = 0;        ///< listener_group: its port
    std::string name;              ///< service: its name; lan_host, internet: a DNS name, if known
    std::string realm;             ///< lan_host: writer whose private network holds the address, "" = beyond
    friend auto operator<=>(const End&, const End&) = default;
    friend bool operator==(const End&, const End&) = default;
};

/// Handle of a conversation, stable while it lives, never 0, not reused within an app's run.
using ConversationId = std::uint64_t;

/// Whose numbers a conversation carries.
enum class NumbersFrom : std::uint8_t {
    client,  ///< the client's half
    server,  ///< the server's half, turned round: there is no client's half, or several servers share it
    split,   ///< several clients and several servers share both halves: the client's, in proportion to
             ///< witnesses
};

/// A client half and a server half brought together: what views turn into edges.
struct Conversation {
    ConversationId id = 0;
    End client;
    End server;
    report::Protocol protocol = report::Protocol::none;
    std::uint16_t service_port = 0;  ///< as the client dialled it
    bool seen_by_client = false;
    bool seen_by_server = false;
    bool exact = true;          ///< false: attribution is to a group
    bool stale = false;         ///< every half's writer is silent
    bool ended = false;         ///< both halves ended (in its afterglow)
    std::uint8_t evidence = 0;  ///< set of report::Evidence
    /// From the client's point of view (bytes_sent = client to server): the client's half if present, else
    /// the server's turned round; never their sum.
    report::Counters counters;
    NumbersFrom numbers_from = NumbersFrom::client;  ///< when it changes, counters may step: no rate
    std::uint64_t active = 0;
    std::uint32_t rtt_us = 0;      ///< 0 = unknown
    std::uint32_t rtt_min_us = 0;  ///< 0 = unknown
    UtcNanos first_seen = 0;
    UtcNanos last_seen = 0;
    double disagreement = 0;  ///< relative difference of the halves' bytes, where both are known
    std::string dialled;      ///< "address:port" before translation, if another
    std::string dialled_name;
    report::IpAddress client_address;
    report::IpAddress server_address;
    friend bool operator==(const Conversation&, const Conversation&) = default;
};

/// A name or range that makes addresses a known service (configuration).
struct KnownService {
    std::string name;
    std::optional<report::Subnet> subnet;  ///< by range
    std::string suffix;                    ///< by DNS suffix (".amazonaws.com"); empty = by range only
};

}  // namespace reticle::app
