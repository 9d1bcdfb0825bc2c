#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/live_state.h"

namespace reticle::app {

/// How long calls waited for the strand: counts by upper bound, the last bucket without one.
struct QueueLatency {
    static constexpr std::array<double, 8> kBoundsSeconds{0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 1.0};
    std::array<std::uint64_t, kBoundsSeconds.size() + 1> counts{};
    double sum_seconds = 0;
    void add(std::chrono::steady_clock::duration waited);
};

/// LiveState on a strand that never blocks. Sessions and routes reach it with `run` from any thread; time
/// advances once a second; a viewer waits in `next` until something is due for it.
class Live {
  public:
    using Executor = boost::asio::any_io_executor;
    using Clock = std::function<Now()>;

    /// `clock` is replaced by tests.
    Live(Executor executor, LiveState state, Clock clock = read_clocks);

    /// Begins to let time pass.
    void start();
    /// Lets time stand still and completes every waiting viewer with nothing; callable from any thread.
    void stop();

    /// Runs `work(LiveState&)` on the strand; completes on the caller's executor with what it returned, which
    /// must not be void. The work must be short and must not throw. Pass a named callable with std::move: g++
    /// 12 destroys an owning temporary in the arguments of a co_await twice.
    template <class Work>
    auto run(Work&& work) -> boost::asio::awaitable<std::invoke_result_t<std::decay_t<Work>&, LiveState&>>;
    /// Runs `work(LiveState&)` on the strand some time later.
    template <class Work>
    void post(Work work);

    /// Completes when messages are due for the viewer; empty once it has left or the server stops.
    boost::asio::awaitable<std::vector<StreamMessage>> next(Viewers::Id viewer);
    /// Forgets the viewer, whose `next`, if any, completes empty.
    void leave(Viewers::Id viewer);

    [[nodiscard]] Now now() const { return clock_(); }
    /// Only to be read on the strand.
    [[nodiscard]] const QueueLatency& latency() const { return latency_; }

  private:
    using Take = std::function<void(std::vector<StreamMessage>)>;

    void worked();
    void wait(Viewers::Id viewer, Take take);
    void finish(Viewers::Id viewer);
    void second();
    void flush();
    void flush_by(MonoTime when);

    boost::asio::strand<Executor> strand_;
    LiveState state_;
    Clock clock_;
    boost::asio::steady_timer second_timer_;
    boost::asio::steady_timer flush_timer_;
    std::optional<MonoTime> flush_at_;     ///< when the flush timer fires, if it is armed
    std::map<Viewers::Id, Take> waiting_;  ///< viewers whose sockets can take messages
    QueueLatency latency_;
    bool stopped_ = false;
};

template <class Work>
void Live::post(Work work) {
    boost::asio::post(strand_,
                      [this, work = std::move(work), posted = std::chrono::steady_clock::now()]() mutable {
                          latency_.add(std::chrono::steady_clock::now() - posted);
                          work(state_);
                          worked();
                      });
}

template <class Work>
auto Live::run(Work&& work) -> boost::asio::awaitable<std::invoke_result_t<std::decay_t<Work>&, LiveState&>> {
    using Answer = std::invoke_result_t<std::decay_t<Work>&, LiveState&>;
    auto initiate = [this](auto handler, std::decay_t<Work> call) {
        auto executor = boost::asio::get_associated_executor(handler);
        post([executor, handler = std::move(handler), call = std::move(call)](LiveState& state) mutable {
            boost::asio::post(executor, [handler = std::move(handler), answer = call(state)]() mutable {
                std::move(handler)(std::move(answer));
            });
        });
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Answer)>(
        std::move(initiate), boost::asio::use_awaitable, std::forward<Work>(work));
}

}  // namespace reticle::app
