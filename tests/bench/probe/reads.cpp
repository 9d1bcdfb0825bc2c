// reticle-bench-reads: what reading the kernel costs by itself, to hold the probe's CPU against.
//   floor  the bare reads of the interfaces the probe uses: every process's CPU clock once a second, one
//   sock_diag dump of
//          TCP and UDP every 3 s, a 200-byte send a second. Nothing is parsed, kept or compared.
//   scan   a re-enactment of the reads that Weave Scope's probe documents (every second each process's stat
//   and fd
//          directory; a walk over every descriptor in 10 s; the socket tables as text): a peer.
// Runs for SECONDS, then prints the CPU seconds it took per minute.
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<int> pids() {
    std::vector<int> found;
    DIR* proc = opendir("/proc");
    if (proc == nullptr) return found;
    while (const dirent* entry = readdir(proc)) {
        if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0)
            found.push_back(std::atoi(entry->d_name));
    }
    closedir(proc);
    return found;
}

void read_file(const std::string& path) {
    static std::array<char, 65536> buffer;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    while (read(file, buffer.data(), buffer.size()) > 0) {
    }
    close(file);
}

void dump_sockets(int family, int protocol) {
    static std::vector<char> buffer(1 << 16);
    const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) return;
    struct {
        nlmsghdr header;
        inet_diag_req_v2 request;
    } message{};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.request.sdiag_family = static_cast<std::uint8_t>(family);
    message.request.sdiag_protocol = static_cast<std::uint8_t>(protocol);
    message.request.idiag_states = ~0u;
    message.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
    if (send(netlink, &message, sizeof message, 0) < 0) {
        close(netlink);
        return;
    }
    for (bool done = false; !done;) {
        const ssize_t size = recv(netlink, buffer.data(), buffer.size(), 0);
        if (size <= 0) break;
        auto left = static_cast<unsigned>(size);
        for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(header, left);
             header = NLMSG_NEXT(header, left)) {
            done = done || header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR;
        }
    }
    close(netlink);
}

void floor_second(int second, int sink) {
    for (const int pid : pids()) {
        timespec cpu{};
        // The CPU clock of a process: see clock_getcpuclockid(3).
        clock_gettime(static_cast<clockid_t>(~static_cast<unsigned>(pid) << 3 | 2), &cpu);
    }
    if (second % 3 == 0) {
        for (const int family : {AF_INET, AF_INET6}) {
            for (const int protocol : {IPPROTO_TCP, IPPROTO_UDP}) dump_sockets(family, protocol);
        }
    }
    static const std::array<char, 200> frame{};
    if (write(sink, frame.data(), frame.size()) < 0) std::perror("write");
}

void scan_second(int second) {
    const std::vector<int> all = pids();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string base = "/proc/" + std::to_string(all[i]);
        read_file(base + "/stat");
        if (second % 60 == 0) {
            read_file(base + "/cmdline");
            read_file(base + "/limits");
        }
        DIR* files = opendir((base + "/fd").c_str());
        if (files == nullptr) continue;
        // The background walk visits a tenth of the processes each second: every descriptor is stat()ed in 10
        // s.
        const bool walk = static_cast<int>(i % 10) == second % 10;
        while (const dirent* entry = readdir(files)) {
            struct stat status{};
            if (walk) static_cast<void>(fstatat(dirfd(files), entry->d_name, &status, 0));
        }
        closedir(files);
    }
    if (second % 10 == 0) {
        read_file("/proc/self/net/tcp");
        read_file("/proc/self/net/tcp6");
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    const int seconds = argc > 2 ? std::atoi(argv[2]) : 20;
    if ((mode != "floor" && mode != "scan") || seconds < 1) {
        std::fputs("usage: reticle-bench-reads floor|scan [SECONDS]\n", stderr);
        return 2;
    }
    int sink[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sink) != 0) return 1;
    timespec next{};
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (int second = 0; second < seconds; ++second) {
        if (mode == "floor") {
            floor_second(second, sink[0]);
            std::array<char, 256> drained{};
            if (read(sink[1], drained.data(), drained.size()) < 0) return 1;
        } else {
            scan_second(second);
        }
        ++next.tv_sec;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
    }
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const double cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                       static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    std::printf("{\"mode\": \"%s\", \"seconds\": %d, \"cpu_seconds_per_minute\": %.4f}\n", argv[1], seconds,
                cpu * 60 / seconds);
    return 0;
}
