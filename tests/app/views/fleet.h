#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/views/view.h"
#include "app/world/world.h"
#include "report/report.h"

namespace reticle::test {

/// A made-up fleet: hosts whose probes state processes, listeners and flows, and the world that hears them.
/// Hosts are numbers; host n is "h<n>", named "web-<n>.example.org", owns 10.0.<n/256>.<n%256> and sends its
/// first frame, a full one, when it is first flushed.
class Fleet {
  public:
    explicit Fleet(app::WorldPolicy policy = {});

    /// A process of a host; states it anew when it is known.
    report::NodeKey process(int host, int pid, std::string_view name);
    void metric(int host, const report::NodeKey& process, report::Key key, double sample);
    void exit(int host, const report::NodeKey& process);
    void listen(int host, const report::NodeKey& process, std::uint16_t port, bool listens = true);

    /// What a half of a conversation moved in all.
    struct Moved {
        std::uint64_t opened = 1, sent = 0, received = 0;
    };
    report::FlowKey local_flow(int host, const report::NodeKey& client, const report::NodeKey& server,
                               std::uint16_t port, Moved moved);
    /// Both halves between two hosts, which meet by a witness.
    void remote_flow(int host, const report::NodeKey& client, int server_host, const report::NodeKey& server,
                     std::uint16_t port, Moved moved);
    /// The client's half only, to any address.
    report::FlowKey outbound(int host, const report::NodeKey& client, std::string_view address,
                             std::uint16_t port, Moved moved, std::string_view dialled_name = {});
    /// The server's half only, from any address.
    report::FlowKey inbound(int host, const report::NodeKey& server, std::string_view address,
                            std::uint16_t port, Moved moved);
    /// Ends every flow of a process.
    void close(int host, const report::NodeKey& process);

    /// Sends what changed on a host since its last frame.
    app::Touched flush(int host);
    app::Touched flush_all();
    app::Touched advance(std::chrono::milliseconds time);
    /// Moves the clocks and does not let the world notice yet.
    void wait(std::chrono::milliseconds time);
    /// The probe stops on purpose; its next flush is that of another start.
    app::Touched goodbye(int host);
    /// The probe's connection breaks, and its next flush begins a new session.
    void reconnect(int host);

    [[nodiscard]] const app::World& world() const { return world_; }
    [[nodiscard]] Now now() const { return now_; }
    /// Everything there is, as if all of it were news: what a view built from scratch follows.
    [[nodiscard]] app::Touched everything() const;

    static std::string host_id(int host);
    static std::string address(int host);

  private:
    struct Host {
        report::Report state;
        std::uint64_t epoch = 1, tick = 1, sequence = 0;
        report::Version sent;
        bool open = false;
        int instance = 0;
    };
    Host& host(int number);
    [[nodiscard]] report::Version version(int host_number);
    report::Flow& flow(int host_number, const report::FlowKey& key, Moved moved);
    void open(int number, Host& host, app::Touched& touched);
    static void restate(Host& host, std::uint64_t epoch);

    app::World world_;
    Now now_;
    std::map<int, Host> hosts_;
};

}  // namespace reticle::test
