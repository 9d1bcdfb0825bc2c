#include "tests/truth/workload/truth_log.h"

#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

namespace reticle::truth {
namespace {

using Json = nlohmann::ordered_json;

std::string read_link(const char* path) {
    std::array<char, 256> text{};
    const ssize_t size = readlink(path, text.data(), text.size());
    return size < 0 ? std::string() : std::string(text.data(), static_cast<size_t>(size));
}

/// The number of our network namespace, from a link of the form `net:[4026531840]`.
long long network_namespace() {
    const std::string text = read_link("/proc/self/ns/net");
    const size_t open = text.find('[');
    return open == std::string::npos ? 0 : std::strtoll(text.c_str() + open + 1, nullptr, 10);
}

std::string host_name() {
    std::array<char, 256> text{};
    return gethostname(text.data(), text.size() - 1) == 0 ? text.data() : std::string();
}

/// CLOCK_MONOTONIC is one clock for all hosts of the harness, whatever their wall clocks say.
long long monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

void print(Json line) {
    line["monotonic_ns"] = monotonic_ns();
    const std::string text = line.dump() + "\n";
    if (write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::system_error(errno, std::generic_category(), "the truth could not be written");
}

}  // namespace

TruthLog::TruthLog(std::string name, std::string role) : name_(std::move(name)), role_(std::move(role)) {}

void TruthLog::start(int worker) {
    // /proc/self names us as the pid namespace of the mounted /proc does, which is what a probe on
    // this host sees; getpid() differs from it in a container-like inner pid namespace.
    pid_ = std::strtol(read_link("/proc/self").c_str(), nullptr, 10);
    print({{"event", "start"},
           {"name", name_},
           {"role", role_},
           {"pid", pid_},
           {"own_pid", getpid()},
           {"worker", worker},
           {"host_name", host_name()},
           {"netns", network_namespace()}});
}

void TruthLog::listening(const char* protocol, const Endpoint& local) {
    print({{"event", "listen"}, {"pid", pid_}, {"protocol", protocol}, {"local", to_string(local)}});
}

void TruthLog::opened(const char* protocol, Side side, const Endpoint& local, const Endpoint& peer) {
    conversation("open", protocol, side, local, peer);
}

void TruthLog::closed(const char* protocol, Side side, const Endpoint& local, const Endpoint& peer) {
    conversation("close", protocol, side, local, peer);
}

void TruthLog::failed(const char* protocol, const Endpoint& peer, const std::string& reason) {
    print({{"event", "failed"},
           {"pid", pid_},
           {"protocol", protocol},
           {"peer", to_string(peer)},
           {"reason", reason}});
}

void TruthLog::ready() {
    print({{"event", "ready"}, {"pid", pid_}});
}

void TruthLog::conversation(const char* event, const char* protocol, Side side, const Endpoint& local,
                            const Endpoint& peer) {
    print({{"event", event},
           {"pid", pid_},
           {"protocol", protocol},
           {"side", side == Side::client ? "client" : "server"},
           {"local", to_string(local)},
           {"peer", to_string(peer)}});
}

}  // namespace reticle::truth
