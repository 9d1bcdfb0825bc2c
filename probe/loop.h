#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probe/local_state.h"
#include "probe/pace.h"
#include "probe/source.h"

namespace reticle::probe {

/// The sources in the order in which the CPU budget slows them; they are asked in the opposite order, so that
/// who finds processes goes before who needs their owners.
using Sources = std::vector<std::unique_ptr<Source>>;

/// Asks each source when it is due, closes the tick, and tells its owner. One thread: that of the io_context.
class Loop {
  public:
    using Ticked = std::function<void(Now now)>;

    /// `io` and `state` outlive this. `ticked` is called after every closed tick, changed or not.
    Loop(boost::asio::io_context& io, LocalState& state, Sources sources, double cpu_budget_percent,
         Ticked ticked);

    /// Asks all sources for the first time, then whenever they are due.
    void start();
    /// No more looks; also from within `ticked`.
    void stop();

  private:
    struct Turn {
        MonoTime due{};
        std::string trouble;  // as last logged: a lasting one is told once
    };

    void run_due();
    void collect(std::size_t index, Now now);
    void sleep();

    LocalState& state_;
    Sources sources_;
    std::vector<Turn> turns_;
    Pace pace_;
    Ticked ticked_;
    boost::asio::steady_timer timer_;
    bool stopped_ = false;
};

}  // namespace reticle::probe
