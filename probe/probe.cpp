#include "probe/probe.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "probe/check.h"
#include "probe/host/host.h"
#include "probe/identity.h"
#include "probe/loop.h"
#include "probe/print.h"
#include "probe/publish/publisher.h"
#include "probe/sources.h"
#include "probe/state_dir.h"
#include "report/base/log.h"

namespace reticle::probe {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr int kBadUsage = 2;
/// A signal ends the program within a second: what the goodbyes may take of it.
constexpr std::chrono::milliseconds kGoodbyes{700};
/// A first look knows no rates; the second comes this much later.
constexpr std::chrono::seconds kBetweenLooks{1};
constexpr std::chrono::seconds kPrintEvery{2};

/// What the hello says of who we are.
Result<report::wire::Hello> introduction(const Config& config) {
    report::wire::Hello hello;
    hello.version = RETICLE_VERSION;
    hello.host_id = config.host_id;
    if (hello.host_id.empty()) {
        const auto machine_id = read_machine_id("/");
        if (!machine_id) return machine_id.error();
        hello.host_id = host_id_of(*machine_id);
    }
    hello.host_name = config.host_name.empty() ? system_host_name() : config.host_name;
    hello.boot_id = read_boot_id(os::ProcFs(config.proc_root.string()));
    hello.instance_id = random_instance_id();
    hello.cluster = config.cluster;
    if (!config.token_file.empty()) {
        auto token = read_token(config.token_file);
        if (!token) return token.error();
        hello.token = std::move(*token);
    }
    return hello;
}

fs::path state_dir_of(const Config& config, const Environment& environment) {
    return config.state_dir.empty() ? default_state_dir(geteuid() == 0, environment) : config.state_dir;
}

/// Reports to the apps until a signal comes. Everything runs on one thread, that of run().
class Reporting {
  public:
    Reporting(const Config& config, const report::wire::Hello& hello, fs::path state_dir)
        : epochs_(std::move(state_dir)),
          state_(hello.host_id, epochs_.begin(read_clocks().utc)),
          publisher_(io_, state_, config.apps, hello, [this](std::uint64_t epoch) { epochs_.store(epoch); }),
          loop_(io_, state_, make_sources(config, hello.host_name, hello.boot_id, state_),
                config.cpu_budget_percent, [this](Now) { ticked(); }),
          signals_(io_, SIGTERM, SIGINT) {}

    int run() {
        await_signal();
        loop_.start();
        io_.run();
        return exit_code_;
    }

  private:
    void ticked() {
        publisher_.wake();
        if (!publisher_.unwanted()) return;
        log_error("no app wants this probe: ending");
        exit_code_ = EXIT_FAILURE;
        stop();
    }

    void await_signal() {
        signals_.async_wait([this](const boost::system::error_code& cancelled, int) {
            if (cancelled) return;
            if (stopping_) return io_.stop();  // a second one: at once
            log_info("stopping");
            await_signal();
            stop();
        });
    }

    /// The one place that says in which order things stop: no more looks, then the goodbyes, then the loop.
    void stop() {
        if (std::exchange(stopping_, true)) return;
        loop_.stop();
        publisher_.stop(kGoodbyes, [this] { io_.stop(); });
    }

    asio::io_context io_{1};
    EpochStore epochs_;
    LocalState state_;
    Publisher publisher_;
    Loop loop_;
    asio::signal_set signals_;
    bool stopping_ = false;
    int exit_code_ = EXIT_SUCCESS;
};

std::string printed(const Config& config, std::string_view writer, const LocalState& state, bool compact) {
    return config.print_json ? print_json(writer, state.state(), compact) : print_text(state.state());
}

int print_once(const Config& config, const report::wire::Hello& hello) {
    LocalState state(hello.host_id, 1);
    const auto sources = make_sources(config, hello.host_name, hello.boot_id, state);
    for (int look = 0; look < 2; ++look) {
        if (look > 0) std::this_thread::sleep_for(kBetweenLooks);
        const Now now = read_clocks();
        for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
            if (const auto collected = (*source)->collect(state, now); !collected) {
                log_warn(std::string((*source)->name()) + ": " + collected.error().message);
            }
        }
        state.set_watched(true);  // metrics of the second look are wanted, not paced
        state.flush(now);
    }
    std::cout << printed(config, hello.host_id, state, false) << std::flush;
    return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}

int print_watch(const Config& config, const report::wire::Hello& hello) {
    asio::io_context io{1};
    LocalState state(hello.host_id, 1);
    state.set_watched(true);
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    MonoTime due = read_clocks().mono + kBetweenLooks;
    Loop loop(io, state, make_sources(config, hello.host_name, hello.boot_id, state),
              config.cpu_budget_percent, [&](Now now) {
                  if (now.mono < due) return;
                  due = now.mono + kPrintEvery;
                  if (terminal && !config.print_json) std::cout << "\033[H\033[2J";
                  std::cout << printed(config, hello.host_id, state, true) << std::flush;
                  if (!std::cout) io.stop();
              });
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    loop.start();
    io.run();
    return EXIT_SUCCESS;
}

int check(const Config& config, const report::wire::Hello& hello, const fs::path& state_dir) {
    utsname system{};
    uname(&system);
    LocalState state(hello.host_id, 1);
    const auto sources = make_sources(config, hello.host_name, hello.boot_id, state);
    std::cout << "reticle-probe " RETICLE_VERSION " on Linux " << system.release << ", as "
              << (geteuid() == 0 ? "root" : "an ordinary user") << ", host id " << hello.host_id << "\n\n"
              << findings_text(check_machine(config.proc_root, state_dir)) << '\n'
              << sources_text(sources, state) << std::flush;
    return EXIT_SUCCESS;
}

}  // namespace

int run_probe(const Config& config, const Environment& environment) {
    // The app's end of a connection may be gone at any time; that is an error of a write, not our end.
    if (config.task == Config::Task::report) std::signal(SIGPIPE, SIG_IGN);
    const auto hello = introduction(config);
    if (!hello) {
        std::cerr << "reticle-probe: " << hello.error().message << '\n';
        return kBadUsage;
    }
    const auto state_dir = state_dir_of(config, environment);
    switch (config.task) {
        case Config::Task::print_once:
            return print_once(config, *hello);
        case Config::Task::print_watch:
            return print_watch(config, *hello);
        case Config::Task::check:
            return check(config, *hello, state_dir);
        case Config::Task::report:
            break;
    }
    return Reporting(config, *hello, state_dir).run();
}

}  // namespace reticle::probe
