#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "tests/truth/workload/socket.h"

namespace reticle::truth {

/// How several workers serve one port.
enum class Sharing {
    prefork,     ///< one listening socket, opened before the fork
    reuse_port,  ///< a listening socket each, with SO_REUSEPORT
};

/// What a serving end does with an open connection.
enum class Talk {
    echo,    ///< reads, and answers with what it read
    write,   ///< writes at every interval and never reads
    silent,  ///< neither reads nor writes
};

/// One role, as the command line gives it.
struct Options {
    std::string role;  ///< `tcp`, `tcp-short` or `udp`
    std::string name;
    std::vector<Endpoint> listen;
    std::vector<Endpoint> peers;
    Source source;
    bool dual_stack = false;
    bool unconnected = false;
    bool quiet = false;
    unsigned workers = 0;  ///< 0: the first process serves by itself
    Sharing sharing = Sharing::prefork;
    Talk talk = Talk::echo;
    unsigned connections = 1;
    unsigned processes = 1;
    unsigned rate = 100;
    unsigned count = 100;
    std::chrono::milliseconds interval{500};
    std::chrono::milliseconds hold{0};  ///< how long tcp-short keeps each connection
};

/// The outcome of reading a command line: options, or the text to print and the code to exit with.
struct Usage {
    std::string text;
    int exit_code = 0;
};
std::variant<Options, Usage> parse_options(int argc, const char* const* argv);

}  // namespace reticle::truth
