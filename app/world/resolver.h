#pragma once

#include <string_view>
#include <vector>

#include "app/world/address_index.h"
#include "app/world/alias_index.h"
#include "app/world/conversation.h"
#include "app/world/ids.h"
#include "app/world/known_services.h"
#include "app/world/listener_index.h"
#include "app/world/writers.h"
#include "report/flow.h"

namespace reticle::app {

/// What stands where: the facts that say what an address means.
struct Directory {
    AddressIndex addresses;
    ListenerIndex listeners;
    AliasIndex aliases;
};

/// Finds the end of a conversation that has no half of its own, from what the half at the other end saw.
class Resolver {
  public:
    Resolver(const Writers& writers, const Directory& directory, const KnownServices& services)
        : writers_(writers), directory_(directory), services_(services) {}

    /// The server that a client's half dials:
    ///
    /// | at the address | end |
    /// |---|---|
    /// | one listener | node |
    /// | several | listener_group |
    /// | a host of ours, no listener | unattributed |
    /// | hosts of ours, contending | ambiguous |
    /// | nobody known | service, lan_host, internet (`outside`) |
    [[nodiscard]] End server_of(const Place& place, const report::Flow& flow) const;
    /// The client that a server's half is called by: unattributed on its host, ambiguous, or outside.
    [[nodiscard]] End client_of(const Place& place, const report::Flow& flow) const;

  private:
    struct Found {
        std::vector<NodeRef> owners;
        HostIndex host = kNoIndex;  ///< reached, with or without listener
        int steps = 0;              ///< translations followed
        bool located = false;       ///< `first` holds what the first way led to
        Located first;
        report::IpAddress first_address;
    };
    struct Target {
        report::IpAddress address;
        std::uint16_t port;
        Place from;
    };
    void follow(const Target& target, report::Protocol protocol, int depth, Found& found) const;
    bool follow_aliases(const Target& target, report::Protocol protocol, int depth, Found& found) const;
    [[nodiscard]] End outside(const Located& located, const report::IpAddress& address, HostIndex looking,
                              std::string_view name) const;
    [[nodiscard]] std::string realm_name(HostIndex host) const;

    const Writers& writers_;
    const Directory& directory_;
    const KnownServices& services_;
};

/// Whether two ends are the same thing: a name that was learnt later does not make another thing of an
/// address.
bool same_end(const End& a, const End& b);

}  // namespace reticle::app
