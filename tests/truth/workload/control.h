#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <vector>

#include "tests/truth/workload/socket.h"

namespace reticle::truth {

/// The time until then as poll() takes it: rounded up, never negative.
int milliseconds_until(std::chrono::steady_clock::time_point moment);

/// What a role is told to do while it runs.
enum class Command { none, close, quit };

/// The orders of the harness: lines and end-of-file on standard input in the first process, and
/// signals (SIGUSR1 = close, SIGTERM or SIGINT = quit), which the first process passes on to the
/// others.
class Control {
  public:
    Control();

    /// Forks `count` processes that die with this one. Returns the index in each of them, -1 here.
    int fork_children(unsigned count);
    /// Appends the descriptors to poll for orders.
    void watch(std::vector<pollfd>& polled) const;
    /// Reads an order if one has come, never blocks, and passes it on to the children.
    Command next();
    /// For a first process that only has children: waits for the end, then for the children.
    void run_parent();

  private:
    Command read_signal() const;
    Command read_input();
    void pass_on(Command command) const;

    Fd signals_;
    bool reads_input_ = true;
    std::vector<pid_t> children_;
};

}  // namespace reticle::truth
