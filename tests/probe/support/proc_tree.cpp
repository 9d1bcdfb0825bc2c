#include "tests/probe/support/proc_tree.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace reticle::test {

namespace fs = std::filesystem;

std::string stat_text(const FakeProcess& p) {
    const auto number = [](std::uint64_t value) { return std::to_string(value) + " "; };
    // Fields as in proc(5): what a test cannot choose is what a quiet process has.
    std::string text = number(static_cast<std::uint64_t>(p.pid)) + "(" + p.name + ") " + p.state + " ";
    text += number(static_cast<std::uint64_t>(p.ppid)) + "1 1 0 -1 ";
    text += number(p.kernel_thread ? 0x00200040 : 0x00400000) + "0 0 0 0 ";
    text += number(p.cpu_ticks) + "0 0 0 20 0 " + number(p.threads) + "0 ";
    text += number(p.start_ticks) + "1000000 " + number(p.rss_pages) + "18446744073709551615 1 1 ";
    text += number(p.stack_start) + "0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
    return text;
}

ProcTree::ProcTree() {
    std::string pattern = (fs::temp_directory_path() / "reticle-proc-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    root_ = pattern;
}

ProcTree::~ProcTree() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

void ProcTree::write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
}

void ProcTree::link(const std::string& path, const std::string& target) {
    fs::create_directories((root_ / path).parent_path());
    fs::remove(root_ / path);
    fs::create_symlink(target, root_ / path);
}

void ProcTree::erase(const std::string& path) {
    fs::remove_all(root_ / path);
}

void ProcTree::remove(pid_t pid) {
    erase(std::to_string(pid));
}

void ProcTree::show(const FakeProcess& p) {
    const std::string base = std::to_string(p.pid) + "/";
    const std::string uid = std::to_string(p.uid);
    write(base + "stat", stat_text(p));
    write(base + "status",
          "Name:\t" + p.name + "\nUid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid + "\n");
    std::string arguments;
    for (const std::string& argument : p.argv) arguments += argument + '\0';
    write(base + "cmdline", p.kernel_thread ? "" : arguments);
    write(base + "cgroup", "0::" + p.cgroup + "\n");
    write(base + "limits",
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max open files            1024                 524288               files     \n");
    if (!p.kernel_thread) link(base + "exe", p.exe);
    if (p.netns != 0) link(base + "ns/net", "net:[" + std::to_string(p.netns) + "]");
    erase(base + "fd");
    fs::create_directories(root_ / (base + "fd"));
    for (std::size_t fd = 0; fd < p.descriptors.size(); ++fd)
        link(base + "fd/" + std::to_string(fd), p.descriptors[fd]);
}

}  // namespace reticle::test
