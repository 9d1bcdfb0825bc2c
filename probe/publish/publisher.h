#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "probe/local_state.h"
#include "probe/publish/target.h"
#include "report/wire/codec.h"

namespace reticle::probe {

/// Keeps every app up to date with the LocalState: one Session over one Connection each. Reads the state only
/// from wake() and from events of the io_context, so never within an open tick.
class Publisher {
  public:
    /// Called when an app has seen a later epoch of this host than ours, after the state has moved to it.
    using EpochRaised = std::function<void(std::uint64_t epoch)>;

    /// `io` (one thread) and `state` outlive this, and `io` does not run on after it. `hello` says who we
    /// are.
    Publisher(boost::asio::io_context& io, LocalState& state, std::vector<Target> apps,
              report::wire::Hello hello, EpochRaised epoch_raised);
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;
    ~Publisher();

    /// Looks what each session has to do; call it after each closed tick, and once to begin.
    void wake();
    /// Says goodbye to every app, then calls `done`, at the latest after `grace`.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);
    /// Whether every app refused this probe for good: there is nobody left to report to.
    [[nodiscard]] bool unwanted() const;

  private:
    struct Link;
    void pump(Link& link);
    void send(Link& link, const report::wire::Message& message);
    void received(Link& link, const std::string& bytes);
    void closed(Link& link, const std::string& why);
    void after_pump();
    void finish();

    boost::asio::io_context& io_;
    LocalState& state_;
    EpochRaised epoch_raised_;
    std::vector<std::unique_ptr<Link>> links_;
    struct Stopping;
    std::unique_ptr<Stopping> stopping_;
};

}  // namespace reticle::probe
