// reticle-bench-load: the load the probe is measured under. N idle processes and M idle TCP connections on
// loopback, held by those processes, until stdin closes. Prints "ready" when everything stands.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

struct Load {
    int processes = 1000;
    int connections = 2000;
};

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

int listen_on_loopback(sockaddr_in& address) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener, 1024) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        die("listen");
    }
    return listener;
}

/// A child that holds its share of the client ends and sleeps until its parent goes.
void hold_connections(const sockaddr_in& address, int count, int ready) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < count; ++i) {
        const int client = socket(AF_INET, SOCK_STREAM, 0);
        if (client < 0 || connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            die("connect");
    }
    const char done = 1;
    if (write(ready, &done, 1) != 1) std::exit(1);
    for (;;) pause();
}

}  // namespace

int main(int argc, char** argv) {
    Load load;
    if (argc > 1) load.processes = std::atoi(argv[1]);
    if (argc > 2) load.connections = std::atoi(argv[2]);
    if (load.processes < 1 || load.connections < 0) {
        std::fputs("usage: reticle-bench-load [PROCESSES [CONNECTIONS]]\n", stderr);
        return 2;
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    sockaddr_in address{};
    const int listener = listen_on_loopback(address);
    int ready[2];
    if (pipe(ready) != 0) die("pipe");
    for (int i = 0; i < load.processes; ++i) {
        const int share = load.connections / load.processes + (i < load.connections % load.processes ? 1 : 0);
        const pid_t child = fork();
        if (child < 0) die("fork");
        if (child == 0) {
            close(listener);
            hold_connections(address, share, ready[1]);
        }
    }
    for (int i = 0; i < load.connections; ++i) {
        if (accept(listener, nullptr, nullptr) < 0) die("accept");
    }
    for (int i = 0; i < load.processes; ++i) {
        char done = 0;
        if (read(ready[0], &done, 1) != 1) die("read");
    }
    std::puts("ready");
    std::fflush(stdout);
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) {  // the children end with us (PR_SET_PDEATHSIG)
    }
    return 0;
}
