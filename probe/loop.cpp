#include "probe/loop.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "report/base/log.h"

namespace reticle::probe {
namespace {

/// Sources that are due within this long are asked together: one tick, one frame.
constexpr std::chrono::milliseconds kTogether{20};

std::vector<Pace::Member> members_of(const Sources& sources) {
    std::vector<Pace::Member> members;
    for (const auto& source : sources) members.push_back({std::string(source->name()), source->interval()});
    return members;
}

/// CPU time of all threads of this program.
std::chrono::nanoseconds own_cpu() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace

Loop::Loop(boost::asio::io_context& io, LocalState& state, Sources sources, double cpu_budget_percent,
           Ticked ticked)
    : state_(state),
      sources_(std::move(sources)),
      turns_(sources_.size()),
      pace_(members_of(sources_), cpu_budget_percent),
      ticked_(std::move(ticked)),
      timer_(io) {}

void Loop::start() {
    run_due();
}

void Loop::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Loop::run_due() {
    const Now now = read_clocks();
    for (std::size_t i = sources_.size(); i-- > 0;) {
        if (turns_[i].due <= now.mono + kTogether) collect(i, now);
    }
    if (const auto news = pace_.judge(now.mono, own_cpu()); !news.empty()) log_info(news);
    state_.flush(now);
    ticked_(now);
    sleep();
}

void Loop::collect(std::size_t index, Now now) {
    Source& source = *sources_[index];
    Turn& turn = turns_[index];
    const auto collected = source.collect(state_, now);
    const std::string trouble = collected ? std::string() : collected.error().message;
    if (!trouble.empty() && trouble != turn.trouble) log_warn(std::string(source.name()) + ": " + trouble);
    if (trouble.empty() && !turn.trouble.empty()) log_info(std::string(source.name()) + ": well again");
    turn.trouble = trouble;
    state_.lost(source.name(), source.losses());
    // From when it was due, so that the beat does not drift; but a beat that was missed is not made up for.
    const auto interval = pace_.interval(index);
    turn.due = std::max(turn.due + interval, now.mono + interval / 2);
}

void Loop::sleep() {
    if (stopped_ || turns_.empty()) return;
    const auto next = std::min_element(turns_.begin(), turns_.end(),
                                       [](const auto& a, const auto& b) { return a.due < b.due; });
    timer_.expires_at(next->due);
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) run_due();
    });
}

}  // namespace reticle::probe
