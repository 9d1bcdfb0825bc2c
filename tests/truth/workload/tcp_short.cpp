#include <algorithm>
#include <system_error>

#include "tests/truth/workload/tcp.h"

namespace reticle::truth {

ShortConnections::ShortConnections(const Options& options, TruthLog& log, Control& control)
    : options_(options), log_(log), control_(control) {}

void ShortConnections::run() {
    const auto step = std::chrono::nanoseconds(std::chrono::seconds(1)) / options_.rate;
    auto due = Clock::now();
    for (unsigned index = 0; index < options_.count; ++index, due += step) {
        if (!wait_until(due)) return;
        open(options_.peers[index % options_.peers.size()]);
    }
    while (!held_.empty() && wait_until(held_.back().until)) {
    }
}

bool ShortConnections::wait_until(Clock::time_point moment) {
    for (;;) {
        while (!held_.empty() && held_.front().until <= Clock::now()) {
            log_.closed("tcp", Side::client, held_.front().local, held_.front().peer);
            held_.pop_front();
        }
        const auto next = held_.empty() ? moment : std::min(moment, held_.front().until);
        std::vector<pollfd> polled;
        control_.watch(polled);
        poll(polled.data(), polled.size(), milliseconds_until(next));
        if (control_.next() == Command::quit) return false;
        if (moment <= Clock::now() && next == moment) return true;
    }
}

void ShortConnections::open(const Endpoint& peer) {
    try {
        Fd fd = connect_tcp(peer, options_.source);
        const Endpoint local = local_endpoint(fd.get());
        log_.opened("tcp", Side::client, local, peer);
        held_.push_back({std::move(fd), local, peer, Clock::now() + options_.hold});
    } catch (const std::system_error& error) {
        log_.failed("tcp", peer, error.what());
    }
}

}  // namespace reticle::truth
