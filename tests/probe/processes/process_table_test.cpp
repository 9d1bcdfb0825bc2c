#include "probe/processes/process_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace reticle::probe {
namespace {

Process process(pid_t pid, std::uint64_t start, std::uint64_t cpu = 0) {
    Process p;
    p.pid = pid;
    p.start_ticks = start;
    p.cpu_nanos = cpu;
    return p;
}

ProcessEvent seen(const Process& p) {
    return {ProcessEvent::Kind::seen, p};
}

ProcessEvent exited(const Process& p) {
    return {ProcessEvent::Kind::exited, p};
}

TEST(ProcessTable, ReusedPidIsAnotherIncarnation) {
    ProcessTable table;
    table.apply(seen(process(5, 100)));
    table.apply(seen(process(5, 200)));
    ASSERT_EQ(table.rows().size(), 1u);
    EXPECT_EQ(table.find(5)->start_ticks, 200u);
    table.apply(exited(process(5, 100)));
    EXPECT_NE(table.find(5), nullptr) << "it was the former one that ended";
    table.apply(seen(process(5, 100)));
    EXPECT_EQ(table.find(5)->start_ticks, 200u) << "a late word of the former one";
}

TEST(ProcessTable, StampsOnlyWhatChanged) {
    ProcessTable table;
    table.apply(seen(process(1, 1)));
    table.apply(seen(process(2, 2)));
    table.begin_refresh();
    const std::uint64_t generation = table.generation();
    table.reconcile({process(1, 1), process(2, 2, 50)});
    EXPECT_LT(table.find(1)->changed, generation);
    EXPECT_EQ(table.find(2)->changed, generation);
    EXPECT_LT(table.membership_changed(), generation);
    table.begin_refresh();
    table.reconcile({process(1, 1)});
    EXPECT_EQ(table.membership_changed(), table.generation());
}

rc::Gen<Process> any_process() {
    return rc::gen::apply(process, rc::gen::inRange<pid_t>(1, 8), rc::gen::inRange<std::uint64_t>(1, 5),
                          rc::gen::inRange<std::uint64_t>(0, 3));
}

rc::Gen<ProcessEvent> any_event() {
    return rc::gen::apply([](bool birth, const Process& p) { return birth ? seen(p) : exited(p); },
                          rc::gen::arbitrary<bool>(), any_process());
}

RC_GTEST_PROP(ProcessTable, ReconcileLeavesExactlyTheSweep, ()) {
    ProcessTable table;
    const auto events = *rc::gen::container<std::vector<ProcessEvent>>(any_event());
    const auto sweep =
        *rc::gen::uniqueBy<std::vector<Process>>(any_process(), [](const Process& p) { return p.pid; });
    for (const ProcessEvent& event : events) table.apply(event);
    table.reconcile(sweep);
    RC_ASSERT(table.rows().size() == sweep.size());
    for (const Process& p : sweep) {
        RC_ASSERT(table.find(p.pid) != nullptr);
        RC_ASSERT(table.find(p.pid)->same_facts(p));
    }
    for (std::size_t row = 1; row < table.rows().size(); ++row)
        RC_ASSERT(table.rows()[row - 1].pid < table.rows()[row].pid);
}

}  // namespace
}  // namespace reticle::probe
