#include "tests/truth/workload/role.h"

#include <vector>

#include "tests/truth/workload/control.h"
#include "tests/truth/workload/tcp.h"
#include "tests/truth/workload/truth_log.h"
#include "tests/truth/workload/udp.h"

namespace reticle::truth {
namespace {

ListenMode listen_mode(const Options& options) {
    ListenMode mode;
    mode.dual_stack = options.dual_stack;
    mode.reuse_port = options.workers > 0 && options.sharing == Sharing::reuse_port;
    return mode;
}

std::vector<Fd> open_listeners(const Options& options, TruthLog& log) {
    const bool udp = options.role == "udp";
    std::vector<Fd> listeners;
    for (const Endpoint& at : options.listen) {
        Fd fd = udp ? bind_udp(at, listen_mode(options)) : listen_tcp(at, listen_mode(options));
        log.listening(udp ? "udp" : "tcp", local_endpoint(fd.get()));
        listeners.push_back(std::move(fd));
    }
    return listeners;
}

/// Serves and connects in this process until told to quit.
template <typename Process>
void play_as(const Options& options, TruthLog& log, Control& control, const std::vector<Fd>& listeners) {
    Process process(options, log, control);
    for (const Fd& listener : listeners) process.serve(listener.get());
    process.connect_peers();
    log.ready();
    process.run();
}

void play(const Options& options, TruthLog& log, Control& control, const std::vector<Fd>& listeners) {
    if (options.role == "tcp-short") {
        ShortConnections(options, log, control).run();
        log.ready();
        control.run_parent();
    } else if (options.role == "udp") {
        play_as<UdpProcess>(options, log, control, listeners);
    } else {
        play_as<TcpProcess>(options, log, control, listeners);
    }
}

}  // namespace

void run_role(const Options& options) {
    TruthLog log(options.name, options.role);
    Control control;
    log.start(-1);
    const bool each_listens = options.workers > 0 && options.sharing == Sharing::reuse_port;
    std::vector<Fd> listeners;
    if (!each_listens) listeners = open_listeners(options, log);

    const unsigned children = options.workers > 0     ? options.workers
                              : options.processes > 1 ? options.processes
                                                      : 0;
    if (children == 0) return play(options, log, control, listeners);
    const int worker = control.fork_children(children);
    if (worker < 0) return control.run_parent();
    log.start(worker);
    if (each_listens) listeners = open_listeners(options, log);
    play(options, log, control, listeners);
}

}  // namespace reticle::truth
