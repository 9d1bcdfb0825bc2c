#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "tests/truth/workload/control.h"
#include "tests/truth/workload/options.h"
#include "tests/truth/workload/truth_log.h"

namespace reticle::truth {

/// The UDP role of one process: answers datagrams, keeps sending to peers, or both.
class UdpProcess {
  public:
    UdpProcess(const Options& options, TruthLog& log, Control& control);

    /// Answers every datagram that reaches this bound socket.
    void serve(int socket);
    /// Opens a socket for every conversation the options ask for.
    void connect_peers();
    /// Serves and sends until told to quit.
    void run();

  private:
    struct Conversation {
        Fd fd;
        Endpoint local;
        Endpoint peer;    ///< as the command line gave it
        Endpoint target;  ///< as the socket's family writes it
    };
    using Clock = std::chrono::steady_clock;

    void receive(int socket);
    void obey(Command command);
    void send_due();

    const Options& options_;
    TruthLog& log_;
    Control& control_;
    std::vector<int> sockets_;
    std::vector<Conversation> conversations_;
    std::set<std::string> known_;  ///< "local peer" of every conversation that was told
    Clock::time_point next_send_;
    bool quitting_ = false;
};

}  // namespace reticle::truth
