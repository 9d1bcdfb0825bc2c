// The source `processes` on the kernel that runs this test.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

#include "probe/processes/processes.h"

namespace reticle::probe {
namespace {

using report::Key;

/// A child of this test that does as told through a pipe, and is gone with this object.
class Child {
  public:
    explicit Child(const char* program) {
        pid_ = ::fork();
        if (pid_ != 0) return;
        ::execlp(program, program, "1000", nullptr);
        ::_exit(127);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { end(); }
    void end() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = 0;
};

struct ProcessesKernelTest : testing::Test {
    std::shared_ptr<ProcessWatch> watch = std::make_shared<ProcessWatch>(
        "/proc", "/etc/passwd",
        [](std::vector<std::string> argv) { return argv.empty() ? "" : argv.back(); });
    LocalState state{"h1", 1};
    Processes source{watch, "0f9c2d41", std::chrono::seconds(1)};

    void collect() {
        const Now now = read_clocks();
        ASSERT_TRUE(watch->refresh_again(now));
        ASSERT_TRUE(source.collect(state, now));
        state.flush(now);
    }
    const report::Node* node(pid_t pid) const {
        for (const auto& node : state.state().nodes)
            if (node.value(Key::pid).as_integer() == pid && node.presence.alive()) return &node;
        return nullptr;
    }
    template <class Condition>
    bool eventually(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (std::chrono::steady_clock::now() < deadline) {
            collect();
            if (condition()) return true;
            ::usleep(20'000);
        }
        return false;
    }
};

TEST_F(ProcessesKernelTest, FindsItself) {
    ASSERT_TRUE(watch->proc().own_pids());
    collect();
    const report::Node* self = node(::getpid());
    ASSERT_NE(self, nullptr);
    EXPECT_EQ(self->value(Key::ppid).as_integer(), ::getppid());
    EXPECT_EQ(self->value(Key::uid).as_integer(), static_cast<std::int64_t>(::geteuid()));
    EXPECT_NE(self->value(Key::netns).as_integer(), 0);
    EXPECT_GT(self->metric(Key::open_files_count)->value, 2);
    EXPECT_GT(self->metric(Key::process_memory_usage_bytes)->value, 100'000);
}

TEST_F(ProcessesKernelTest, SeesAChildComeAndGo) {
    collect();
    Child child("sleep");
    EXPECT_TRUE(eventually([&] {
        const report::Node* found = node(child.pid());
        return found != nullptr && found->value(Key::name).as_string() == "sleep" &&
               found->value(Key::cmdline).as_string() == "1000";
    })) << "after its exec it has its new name and arguments";
    const pid_t pid = child.pid();
    child.end();
    EXPECT_TRUE(eventually([&] { return node(pid) == nullptr; }));
}

TEST_F(ProcessesKernelTest, MeasuresWhoWorks) {
    const pid_t busy = ::fork();
    if (busy == 0) {
        for (;;) asm volatile("");
    }
    collect();
    EXPECT_TRUE(eventually([&] {
        const report::Node* found = node(busy);
        return found != nullptr && found->metric(Key::process_cpu_usage_percent) != nullptr &&
               found->metric(Key::process_cpu_usage_percent)->value > 5;
    }));
    ::kill(busy, SIGKILL);
    ::waitpid(busy, nullptr, 0);
}

}  // namespace
}  // namespace reticle::probe
