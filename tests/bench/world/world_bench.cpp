// Facts a second through the world, with and without its views, at several sizes of the fleet; bytes a
// process.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "app/views/view.h"
#include "tests/bench/world/fleet.h"

namespace {

using namespace reticle;
using bench::Fleet;

/// A fleet is costly to make: the benchmarks of one size share it.
struct Setting {
    explicit Setting(int hosts) : fleet(world, hosts), views(app::make_views()) {
        app::Touched all;
        world.for_each_writer([&](const app::WriterInfo& info) {
            all.writers.push_back(info.id);
            for (const auto& node : world.state(info.id)->nodes) all.nodes.push_back({info.id, node.key});
        });
        world.for_each_conversation(
            [&](const app::Conversation& each) { all.conversations.push_back(each.id); });
        for (auto& view : views) view->apply(world, all, fleet.now());
    }
    app::World world;
    Fleet fleet;
    std::vector<std::unique_ptr<app::View>> views;
};

Setting& setting(int hosts) {
    static int made_for = 0;
    static std::unique_ptr<Setting> made;
    if (made_for != hosts) {
        made.reset();
        made = std::make_unique<Setting>(hosts);
        made_for = hosts;
    }
    return *made;
}

using Step = std::size_t (Fleet::*)(int, const std::vector<app::Applied>*&);

void run(benchmark::State& state, Step step, bool with_views) {
    Setting& at = setting(static_cast<int>(state.range(0)));
    std::size_t facts = 0;
    int host = 0;
    for (auto _ : state) {
        const std::vector<app::Applied>* applied = nullptr;
        facts += (at.fleet.*step)(host, applied);
        host = (host + 1) % at.fleet.hosts();
        if (!with_views) continue;
        for (auto& view : at.views) {
            for (const auto& each : *applied) {
                benchmark::DoNotOptimize(view->apply(at.world, each.touched, at.fleet.now()));
            }
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(facts));
}

void world_samples(benchmark::State& state) {
    run(state, &Fleet::sample, false);
}
void world_and_views_samples(benchmark::State& state) {
    run(state, &Fleet::sample, true);
}
void world_churn(benchmark::State& state) {
    run(state, &Fleet::churn, false);
}
void world_and_views_churn(benchmark::State& state) {
    run(state, &Fleet::churn, true);
}

std::size_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6)) * 1024;
    }
    return 0;
}

/// Not timed: what a process with its two halves weighs.
void bytes_per_process(benchmark::State& state) {
    const int hosts = static_cast<int>(state.range(0));
    for (auto _ : state) {
        const std::size_t before = resident_bytes();
        app::World world;
        const Fleet fleet(world, hosts);
        const double processes = static_cast<double>(hosts) * Fleet::kProcesses;
        std::size_t reports = 0;
        world.for_each_writer(
            [&](const app::WriterInfo& info) { reports += world.state(info.id)->memory_bytes(); });
        state.counters["resident"] = static_cast<double>(resident_bytes() - before) / processes;
        state.counters["reports"] = static_cast<double>(reports) / processes;
        state.counters["accounted"] = static_cast<double>(world.memory_bytes()) / processes;
    }
}

BENCHMARK(bytes_per_process)->Arg(1000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(world_samples)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(world_churn)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(world_and_views_samples)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(world_and_views_churn)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
