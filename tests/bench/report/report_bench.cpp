// Prints the budgets table, then times the operations of the model. Run the release build: bin/report_bench
#include <utility>
#include <variant>

#include <benchmark/benchmark.h>

#include "tests/bench/report/budgets.h"
#include "tests/bench/report/fleet.h"

namespace reticle::bench {
namespace {

using report::Report;
using report::Version;
namespace wire = report::wire;

constexpr Version kBorn(kEpoch, 100);
constexpr Version kLater(kEpoch, 4000);

Report state_of(int count) {
    Report state = processes(count, kBorn);
    state.join(flows(2 * count, kBorn));
    return state;
}

void count_facts(benchmark::State& run, std::size_t facts) {
    run.SetItemsProcessed(static_cast<std::int64_t>(facts) * run.iterations());
}

/// Joining what a tick brings (5 % of the processes have new samples) into a state of N processes, 2N flows.
void BM_JoinOfAChange(benchmark::State& run) {
    const auto count = static_cast<int>(run.range(0));
    Report state = state_of(count);
    const Report change = samples(count, 20, 2, kLater);
    for (auto _ : run) state.join(change);
    count_facts(run, change.size());
}
BENCHMARK(BM_JoinOfAChange)->Arg(1000)->Arg(10'000)->Arg(100'000);

void BM_JoinOfAFullFrame(benchmark::State& run) {
    const Report full = state_of(static_cast<int>(run.range(0)));
    Report state = full;
    for (auto _ : run) state.join(full);
    count_facts(run, full.size());
}
BENCHMARK(BM_JoinOfAFullFrame)->Arg(1000)->Arg(10'000);

void BM_Difference(benchmark::State& run) {
    const auto count = static_cast<int>(run.range(0));
    const Report before = state_of(count);
    Report after = before;
    after.join(samples(count, 20, 2, kLater));
    for (auto _ : run) benchmark::DoNotOptimize(difference(before, after));
    count_facts(run, after.size());
}
BENCHMARK(BM_Difference)->Arg(1000)->Arg(10'000);

void BM_ChangedSince(benchmark::State& run) {
    const auto count = static_cast<int>(run.range(0));
    Report state = state_of(count);
    state.join(samples(count, 20, 2, kLater));
    for (auto _ : run) benchmark::DoNotOptimize(changed_since(state, kBorn));
    count_facts(run, state.size());
}
BENCHMARK(BM_ChangedSince)->Arg(1000)->Arg(10'000);

void BM_EncodeFull(benchmark::State& run) {
    const wire::Message message = frame(state_of(static_cast<int>(run.range(0))), kLater);
    for (auto _ : run) benchmark::DoNotOptimize(wire::encode(message));
    count_facts(run, std::get<wire::Frame>(message).report.size());
}
BENCHMARK(BM_EncodeFull)->Arg(1000)->Arg(10'000);

void BM_DecodeFull(benchmark::State& run) {
    const wire::Message message = frame(state_of(static_cast<int>(run.range(0))), kLater);
    const std::string bytes = wire::encode(message);
    for (auto _ : run) benchmark::DoNotOptimize(wire::decode(bytes));
    count_facts(run, std::get<wire::Frame>(message).report.size());
}
BENCHMARK(BM_DecodeFull)->Arg(1000)->Arg(10'000);

void BM_EncodeAChange(benchmark::State& run) {
    const wire::Message message = frame(samples(1000, 20, 2, kLater), kLater);
    for (auto _ : run) benchmark::DoNotOptimize(wire::encode(message));
    count_facts(run, std::get<wire::Frame>(message).report.size());
}
BENCHMARK(BM_EncodeAChange);

void BM_DecodeAChange(benchmark::State& run) {
    const std::string bytes = wire::encode(frame(samples(1000, 20, 2, kLater), kLater));
    for (auto _ : run) benchmark::DoNotOptimize(wire::decode(bytes));
    count_facts(run, 50);
}
BENCHMARK(BM_DecodeAChange);

}  // namespace
}  // namespace reticle::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    reticle::bench::print_budgets();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
