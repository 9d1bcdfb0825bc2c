#include "app/live.h"

#include <algorithm>

namespace reticle::app {
namespace {

/// News of one step and the next often belong together; a pass over the waiting viewers is made at most this
/// often.
constexpr std::chrono::milliseconds kFlushEvery{10};
constexpr std::chrono::seconds kTickEvery{1};

}  // namespace

void QueueLatency::add(std::chrono::steady_clock::duration waited) {
    const double seconds = std::chrono::duration<double>(waited).count();
    const auto bucket = std::ranges::lower_bound(kBoundsSeconds, seconds) - kBoundsSeconds.begin();
    ++counts[static_cast<std::size_t>(bucket)];
    sum_seconds += seconds;
}

Live::Live(Executor executor, LiveState state, Clock clock)
    : strand_(boost::asio::make_strand(executor)),
      state_(std::move(state)),
      clock_(std::move(clock)),
      second_timer_(strand_),
      flush_timer_(strand_) {}

void Live::start() {
    boost::asio::post(strand_, [this] { second(); });
}

void Live::stop() {
    boost::asio::post(strand_, [this] {
        stopped_ = true;
        second_timer_.cancel();
        flush_timer_.cancel();
        const auto waiting = std::exchange(waiting_, {});
        for (const auto& [viewer, take] : waiting) take({});
    });
}

void Live::worked() {
    if (!waiting_.empty()) flush_by(clock_().mono + kFlushEvery);
}

boost::asio::awaitable<std::vector<StreamMessage>> Live::next(Viewers::Id viewer) {
    auto initiate = [this, viewer](auto handler) {
        auto executor = boost::asio::get_associated_executor(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        Take take = [executor, shared](std::vector<StreamMessage> messages) {
            boost::asio::post(executor, [shared, messages = std::move(messages)]() mutable {
                (*shared)(std::move(messages));
            });
        };
        boost::asio::post(
            strand_, [this, viewer, take = std::move(take)]() mutable { wait(viewer, std::move(take)); });
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                       void(std::vector<StreamMessage>)>(std::move(initiate),
                                                                         boost::asio::use_awaitable);
}

void Live::wait(Viewers::Id viewer, Take take) {
    if (stopped_ || !state_.viewers().present(viewer)) {
        take({});
        return;
    }
    waiting_[viewer] = std::move(take);
    flush_by(clock_().mono);
}

void Live::leave(Viewers::Id viewer) {
    boost::asio::post(strand_, [this, viewer] {
        state_.viewers().leave(viewer);
        finish(viewer);
    });
}

void Live::finish(Viewers::Id viewer) {
    const auto found = waiting_.find(viewer);
    if (found == waiting_.end()) return;
    const Take take = std::move(found->second);
    waiting_.erase(found);
    take({});
}

void Live::second() {
    if (stopped_) return;
    state_.tick(clock_());
    if (!waiting_.empty()) flush_by(clock_().mono);
    second_timer_.expires_after(kTickEvery);
    second_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) second();
    });
}

void Live::flush() {
    flush_at_.reset();
    if (stopped_) return;
    const Now now = clock_();
    std::optional<MonoTime> earliest;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        const auto due = state_.viewers().due(it->first, now.mono);
        std::vector<StreamMessage> messages;
        if (due && *due <= now.mono) messages = state_.viewers().take(it->first, now);
        if (messages.empty()) {
            if (due && (!earliest || *due < *earliest)) earliest = due;
            ++it;
            continue;
        }
        it->second(std::move(messages));
        it = waiting_.erase(it);
    }
    if (earliest) flush_by(std::max(*earliest, now.mono + kFlushEvery));
}

void Live::flush_by(MonoTime when) {
    if (stopped_ || (flush_at_ && *flush_at_ <= when)) return;
    flush_at_ = when;
    flush_timer_.expires_after(std::max(when - clock_().mono, MonoTime::duration::zero()));
    flush_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) flush();
    });
}

}  // namespace reticle::app
