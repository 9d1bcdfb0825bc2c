#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace reticle::test {

/// A process as a test wants /proc to show it.
struct FakeProcess {
    pid_t pid = 1;
    std::string name = "worker";
    pid_t ppid = 1;
    char state = 'S';
    std::uint64_t cpu_ticks = 0;
    std::uint64_t start_ticks = 100;
    std::uint64_t threads = 1;
    std::uint64_t rss_pages = 10;
    std::uint64_t stack_start = 0x7ffc1000;
    bool kernel_thread = false;
    std::vector<std::string> argv = {"worker"};
    std::string exe = "/usr/bin/worker";
    std::uint32_t uid = 0;
    std::string cgroup = "/system.slice/worker.service";
    std::uint64_t netns = 4026531840;
    std::vector<std::string> descriptors = {};  ///< what the links in fd/ point to, such as "socket:[12]"
};

/// A /proc file system made of files in a temporary directory, gone with this object.
class ProcTree {
  public:
    ProcTree();
    ProcTree(const ProcTree&) = delete;
    ProcTree& operator=(const ProcTree&) = delete;
    ~ProcTree();

    [[nodiscard]] std::string root() const { return root_.string(); }
    /// Shows a process, or shows it anew.
    void show(const FakeProcess& process);
    void remove(pid_t pid);
    /// Writes any file, by its path under the root; directories are made.
    void write(const std::string& path, const std::string& text);
    void link(const std::string& path, const std::string& target);
    void erase(const std::string& path);

  private:
    std::filesystem::path root_;
};

/// The line of a process in /proc/<pid>/stat.
std::string stat_text(const FakeProcess& process);

}  // namespace reticle::test
