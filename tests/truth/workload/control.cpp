#include "tests/truth/workload/control.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace reticle::truth {
namespace {

bool readable(int fd) {
    pollfd polled{fd, POLLIN, 0};
    return poll(&polled, 1, 0) == 1;
}

}  // namespace

int milliseconds_until(std::chrono::steady_clock::time_point moment) {
    const auto left = moment - std::chrono::steady_clock::now();
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<decltype(rounded)>(rounded, 0));
}

Control::Control() {
    sigset_t handled;
    sigemptyset(&handled);
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&handled, signal);
    sigprocmask(SIG_BLOCK, &handled, nullptr);
    signals_ = Fd(signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
    if (signals_.get() < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
}

int Control::fork_children(unsigned count) {
    const pid_t parent = getpid();
    for (unsigned index = 0; index < count; ++index) {
        const pid_t child = fork();
        if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent) _exit(1);
            reads_input_ = false;
            children_.clear();
            return static_cast<int>(index);
        }
        children_.push_back(child);
    }
    return -1;
}

void Control::watch(std::vector<pollfd>& polled) const {
    polled.push_back({signals_.get(), POLLIN, 0});
    if (reads_input_) polled.push_back({STDIN_FILENO, POLLIN, 0});
}

Command Control::next() {
    Command command = read_signal();
    if (command == Command::none && reads_input_ && readable(STDIN_FILENO)) command = read_input();
    pass_on(command);
    return command;
}

void Control::run_parent() {
    for (Command command = Command::none; command != Command::quit; command = next()) {
        std::vector<pollfd> polled;
        watch(polled);
        poll(polled.data(), polled.size(), -1);
    }
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
}

Command Control::read_signal() const {
    signalfd_siginfo info{};
    if (read(signals_.get(), &info, sizeof info) != sizeof info) return Command::none;
    return info.ssi_signo == SIGUSR1 ? Command::close : Command::quit;
}

Command Control::read_input() {
    std::array<char, 256> text{};
    const ssize_t size = read(STDIN_FILENO, text.data(), text.size());
    if (size <= 0) return Command::quit;
    const std::string_view order(text.data(), static_cast<size_t>(size));
    return order == "close\n" ? Command::close : Command::none;
}

void Control::pass_on(Command command) const {
    if (command == Command::none) return;
    for (const pid_t child : children_) kill(child, command == Command::close ? SIGUSR1 : SIGTERM);
}

}  // namespace reticle::truth
