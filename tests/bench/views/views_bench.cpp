// What one change costs on its way from the world to a viewer, in fleets of 10, 100 and 1,000 hosts: views,
// placement and stream, without the joining itself. design.md section 9 wants it flat within 1.5x.
#include <array>
#include <ctime>
#include <map>
#include <memory>

#include <benchmark/benchmark.h>

#include "app/layout/placement.h"
#include "app/streams/subscription.h"
#include "app/views/view.h"
#include "tests/app/views/fleet.h"

namespace reticle {
namespace {

using report::NodeKey;
using test::Fleet;

constexpr int kProcesses = 20;

/// A fleet in which every process talks to the one of its number on the next host, and the first of every
/// host to The Internet; followed by all views, their positions, and one viewer of each.
class Watched {
  public:
    explicit Watched(int hosts) : hosts_(hosts) {
        for (int host = 1; host <= hosts; ++host) {
            for (int i = 0; i < kProcesses; ++i)
                processes_[{host, i}] = fleet_.process(host, 10 + i, name(i));
            fleet_.outbound(host, processes_[{host, 0}], "203.0.113.7", 443, {1, 1, 1});
        }
        for (int host = 1; host <= hosts; ++host) {
            for (int i = 0; i < kProcesses; ++i) talk(host, i, 1);
        }
        follow(fleet_.flush_all());
        for (const auto& view : views_) {
            viewers_.emplace_back(1, *view, app::OptionValues{{"unconnected", "hide"}});
            while (viewers_.back().due()) benchmark::DoNotOptimize(viewers_.back().take(fleet_.now()));
        }
    }

    void talk(int host, int process, std::uint64_t bytes) {
        const int next = host % hosts_ + 1;
        fleet_.remote_flow(host, processes_[{host, process}], next, processes_[{next, process}], 80,
                           {1, bytes, bytes});
    }
    void follow(const app::Touched& touched) {
        for (std::size_t i = 0; i < views_.size(); ++i) {
            app::ViewDelta delta = views_[i]->apply(fleet_.world(), touched, fleet_.now());
            benchmark::DoNotOptimize(placements_[i].apply(*views_[i], delta, fleet_.now()));
            if (i < viewers_.size()) viewers_[i].note(delta);
        }
    }
    std::size_t send() {
        std::size_t bytes = 0;
        for (app::Subscription& viewer : viewers_) {
            for (const auto& text : viewer.take(fleet_.now())) bytes += text->size();
        }
        return bytes;
    }

    Fleet& fleet() { return fleet_; }
    [[nodiscard]] int hosts() const { return hosts_; }

  private:
    static std::string name(int process) { return "service" + std::to_string(process % 7); }

    /// Hosts that have nothing new to say do not go stale for it.
    static app::WorldPolicy patient() {
        app::WorldPolicy policy;
        policy.stale_after = std::chrono::hours(24);
        return policy;
    }

    int hosts_;
    Fleet fleet_{patient()};
    std::map<std::pair<int, int>, NodeKey> processes_;
    std::vector<std::unique_ptr<app::View>> views_ = app::make_views();
    std::array<app::Placement, 3> placements_;
    std::vector<app::Subscription> viewers_;
};

/// One fleet of a size for all benchmarks, since making it takes longer than measuring.
Watched& watched(int hosts) {
    static std::map<int, std::unique_ptr<Watched>> fleets;
    auto& fleet = fleets[hosts];
    if (!fleet) fleet = std::make_unique<Watched>(hosts);
    return *fleet;
}

/// The processor's time, not the wall's: neighbours on the machine are not what is measured.
double thread_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <class Change>
void measure(benchmark::State& state, Change change) {
    Watched& fleet = watched(static_cast<int>(state.range(0)));
    std::uint64_t step = 1;
    std::size_t bytes = 0;
    for (auto _ : state) {
        // A second goes by, so that whatever changes now is due at once.
        fleet.fleet().wait(std::chrono::seconds(1));
        const app::Touched touched = change(fleet, ++step);
        const double begin = thread_cpu_seconds();
        fleet.follow(touched);
        bytes += fleet.send();
        state.SetIterationTime(thread_cpu_seconds() - begin);
    }
    state.counters["bytes"] =
        benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kAvgIterations);
}

/// The counters of one conversation moved.
void traffic(benchmark::State& state) {
    measure(state, [](Watched& fleet, std::uint64_t step) {
        const int host = 1 + static_cast<int>(step) % 9;
        fleet.talk(host, 3, step * 1000);
        return fleet.fleet().flush(host);
    });
}

/// A process appears with a conversation of its own.
void appearance(benchmark::State& state) {
    measure(state, [](Watched& fleet, std::uint64_t step) {
        const int host = 1 + static_cast<int>(step) % 9;
        const NodeKey process = fleet.fleet().process(host, 1000 + static_cast<int>(step), "newcomer");
        fleet.fleet().outbound(host, process, "203.0.113.8", 443, {1, 1, 1});
        app::Touched touched = fleet.fleet().flush(host);
        fleet.fleet().exit(host, process);
        return touched;
    });
}

}  // namespace
}  // namespace reticle

BENCHMARK(reticle::traffic)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->UseManualTime()
    ->Iterations(3000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(reticle::appearance)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->UseManualTime()
    ->Iterations(3000)
    ->Unit(benchmark::kMicrosecond);

BENCHMARK_MAIN();
