#pragma once

#include <string>

#include "tests/truth/workload/endpoint.h"

namespace reticle::truth {

/// Which end of a conversation the writing process is.
enum class Side { client, server };

/// The account a process gives of itself: one JSON object per line on standard output, each written
/// with one `write`, so that forked processes may share the output.
class TruthLog {
  public:
    TruthLog(std::string name, std::string role);

    /// Says who this process is: the pid its /proc shows, its own idea of its pid, host name, network
    /// namespace. Call once in each process, after the fork; `worker` is -1 in the first process.
    void start(int worker);
    /// An open listening socket (or bound UDP one) at its real address.
    void listening(const char* protocol, const Endpoint& local);
    void opened(const char* protocol, Side side, const Endpoint& local, const Endpoint& peer);
    void closed(const char* protocol, Side side, const Endpoint& local, const Endpoint& peer);
    /// A conversation that could not be had.
    void failed(const char* protocol, const Endpoint& peer, const std::string& reason);
    /// Everything the options asked for is open.
    void ready();

  private:
    void conversation(const char* event, const char* protocol, Side side, const Endpoint& local,
                      const Endpoint& peer);

    std::string name_;
    std::string role_;
    long pid_ = 0;
};

}  // namespace reticle::truth
