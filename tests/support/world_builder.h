#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/world/world.h"
#include "report/report.h"

namespace reticle::test {

/// Which halves of a conversation are reported.
enum class Seen { by_both, by_client, by_server };

/// A small world in words. Hosts with addresses and processes go in, then who talks to whom:
///
///     WorldBuilder builder;
///     builder.host("web", {"10.0.0.1"}, "curl nginx").host("db", {"10.0.0.2"}, "postgres");
///     builder.talk("curl -> nginx; nginx -> postgres:5432").send();
///     EXPECT_EQ(builder.graph(), "curl -> nginx; nginx -> postgres:5432");
///
/// A process serves on the port it is dialled on (80 unless said), on every address. An end may be an address
/// instead of a process. What comes out names processes by name, and other ends as `internet`,
/// `lan 10.0.0.9`, `host db` (unattributed), `any of a|b` (listener group), `ambiguous 10.0.0.9`, `service
/// s3.amazonaws.com`;
/// `?` after an edge says that its attribution is not exact, `!` that it ended, `~` that it is stale.
class WorldBuilder {
  public:
    explicit WorldBuilder(app::WorldPolicy policy = {});

    /// Adds a host with its addresses, the processes on it, and networks that exist there only.
    WorldBuilder& host(const std::string& name, const std::vector<std::string>& addresses,
                       std::string_view processes = {},
                       const std::vector<std::string>& private_networks = {});
    /// Adds conversations: "curl -> nginx; nginx -> postgres:5432; worker -> 203.0.113.9:443".
    WorldBuilder& talk(std::string_view graph, Seen seen = Seen::by_both);
    /// Ends conversations, in the same words.
    WorldBuilder& hang_up(std::string_view graph);
    /// Makes a process listen, as talking to it does.
    WorldBuilder& listen(const std::string& process, std::uint16_t port,
                         const std::string& address = "0.0.0.0");
    /// The process exits: it, its listeners and its flows end.
    WorldBuilder& exit(const std::string& process);

    /// What the host states now, for adding what has no words here. Versions from `version`.
    report::Report& stated(const std::string& host);
    [[nodiscard]] report::Version version(const std::string& host) const;
    [[nodiscard]] report::NodeKey process(const std::string& name) const;
    [[nodiscard]] app::NodeRef ref(const std::string& process) const;

    /// Sends what every host states to the world, opening sessions where there are none; returns the steps.
    std::vector<app::Applied> send();
    /// Sends for one host only.
    std::vector<app::Applied> send(const std::string& host);
    /// Lets time pass in steps of one second.
    std::vector<app::Applied> pass(std::chrono::seconds time);

    /// The conversations of the world in the same notation, sorted.
    [[nodiscard]] std::string graph() const;
    [[nodiscard]] app::World& world() { return world_; }
    [[nodiscard]] const Now& now() const { return now_; }

  private:
    struct Host {
        std::vector<std::string> addresses;
        report::Report report;
        std::uint64_t epoch = 0;
        std::uint64_t sequence = 0;
        bool open = false;
    };
    struct Process {
        std::string host;
        std::uint64_t pid = 0;
    };
    /// One side of "a -> b:80" after parsing.
    struct Party {
        std::string name;     ///< process, or empty
        std::string address;  ///< as the other side sees it
        std::string host;
    };
    struct Talk {
        Party client, server;
        std::uint16_t port = 80;
    };
    [[nodiscard]] std::vector<Talk> parse(std::string_view graph) const;
    [[nodiscard]] Party party(std::string_view word) const;
    report::Flow& half(const Talk& talk, bool client);
    [[nodiscard]] report::FlowKey half_key(const Talk& talk, bool client) const;
    [[nodiscard]] std::string word(const app::End& end) const;

    app::World world_;
    std::map<std::string, Host> hosts_;
    std::map<std::string, Process> processes_;
    std::uint64_t next_pid_ = 100;
    Now now_;
};

}  // namespace reticle::test
