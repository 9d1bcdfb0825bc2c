#pragma once

#include <chrono>
#include <deque>
#include <vector>

#include "tests/truth/workload/control.h"
#include "tests/truth/workload/options.h"
#include "tests/truth/workload/truth_log.h"

namespace reticle::truth {

/// The TCP role of one process: serves listening sockets, keeps the connections it opened, or both.
class TcpProcess {
  public:
    TcpProcess(const Options& options, TruthLog& log, Control& control);

    /// Accepts from this listening socket while `run` runs.
    void serve(int listener);
    /// Opens every connection the options ask for.
    void connect_peers();
    /// Serves until told to quit.
    void run();

  private:
    struct Connection {
        Fd fd;
        Side side;
        Endpoint local;
        Endpoint peer;
    };
    using Clock = std::chrono::steady_clock;

    void accept_from(int listener);
    bool accept_one(int listener);
    void add(Fd fd, Side side);
    void obey(Command command);
    void send_due();
    bool still_open(const Connection& connection, short events) const;
    void drop_closed(const std::vector<pollfd>& polled, size_t first);

    const Options& options_;
    TruthLog& log_;
    Control& control_;
    std::vector<int> listeners_;
    std::vector<Connection> connections_;
    Clock::time_point next_send_;
    Clock::time_point next_accept_;
    bool quitting_ = false;
};

/// Connects to each peer in turn at the rate asked for and closes each connection after the time asked for,
/// until the count is reached or the order to quit comes.
class ShortConnections {
  public:
    ShortConnections(const Options& options, TruthLog& log, Control& control);

    void run();

  private:
    using Clock = std::chrono::steady_clock;
    struct Held {
        Fd fd;
        Endpoint local;
        Endpoint peer;
        Clock::time_point until;
    };

    /// Waits until then, closing what is due; false when told to quit.
    bool wait_until(Clock::time_point moment);
    void open(const Endpoint& peer);

    const Options& options_;
    TruthLog& log_;
    Control& control_;
    std::deque<Held> held_;  ///< in the order of their ends
};

}  // namespace reticle::truth
