#include "probe/os/proc_fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace reticle::probe::os {

namespace {

constexpr std::size_t kChunk = 4096;

std::optional<std::uint64_t> bracketed_number(std::string_view text, std::string_view before) {
    if (!text.starts_with(before)) return std::nullopt;
    text.remove_prefix(before.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data() + text.size() || *end != ']') return std::nullopt;
    return number;
}

}  // namespace

ProcPath::ProcPath(pid_t pid, std::string_view file) {
    char* end = std::to_chars(text_, text_ + 16, pid).ptr;
    *end++ = '/';
    const std::size_t room = sizeof text_ - static_cast<std::size_t>(end - text_) - 1;
    const std::size_t size = std::min(room, file.size());
    std::memcpy(end, file.data(), size);
    end[size] = '\0';
}

ProcFs::ProcFs(std::string root)
    : root_(std::move(root)), directory_(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    // A /proc of another pid namespace either hides us or shows us under another pid; should that happen to
    // be the same number, the namespace itself still differs.
    const auto self = link("self");
    if (!self || *self != std::to_string(::getpid())) return;
    const std::uint64_t of_init = namespace_inode("1/ns/pid");
    own_pids_ = of_init == 0 || of_init == namespace_inode("self/ns/pid");
}

bool ProcFs::read(const char* path, std::string& out, std::size_t limit) const {
    out.clear();
    const Fd file = open(path);
    if (!file.valid()) return false;
    std::size_t used = 0;
    while (used < limit) {
        // Most files of /proc fit the first chunk; tables of sockets are worth larger and larger ones.
        out.resize(used + std::max(kChunk, used));
        const ssize_t got = ::read(file.get(), out.data() + used, out.size() - used);
        if (got < 0) {
            out.clear();
            return false;
        }
        used += static_cast<std::size_t>(got);
        if (got == 0) break;
    }
    out.resize(std::min(used, limit));
    return true;
}

std::optional<std::string> ProcFs::link(const char* path) const {
    std::array<char, 4096> target;
    const ssize_t size = ::readlinkat(directory_.get(), path, target.data(), target.size());
    if (size < 0) return std::nullopt;
    return std::string(target.data(), static_cast<std::size_t>(size));
}

std::uint64_t ProcFs::namespace_inode(const char* path) const {
    std::array<char, 64> target;
    const ssize_t size = ::readlinkat(directory_.get(), path, target.data(), target.size());
    if (size <= 0) return 0;
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    const auto bracket = text.find('[');
    return bracket == std::string_view::npos ? 0 : bracketed_number(text.substr(bracket), "[").value_or(0);
}

Fd ProcFs::open(const char* path) const {
    return Fd(::openat(directory_.get(), path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

// getdents64 itself rather than readdir: opendir() costs a heap buffer and a stat for each process walked.
bool ProcFs::each_entry(int directory, const std::function<void(const char* name)>& visit) const {
    alignas(dirent64) std::array<char, 32768> buffer;
    for (;;) {
        const auto got = ::syscall(SYS_getdents64, directory, buffer.data(), buffer.size());
        if (got < 0) return false;
        if (got == 0) return true;
        for (long at = 0; at < got;) {
            const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
            visit(entry->d_name);
            at += entry->d_reclen;
        }
    }
}

bool ProcFs::pids(std::vector<pid_t>& out) const {
    out.clear();
    const Fd root(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return false;
    return each_entry(root.get(), [&out](const char* name) {
        pid_t pid = 0;
        const char* end = name + std::strlen(name);
        const auto parsed = std::from_chars(name, end, pid);
        if (parsed.ec == std::errc{} && parsed.ptr == end && pid > 0) out.push_back(pid);
    });
}

std::optional<std::uint64_t> ProcFs::open_files(pid_t pid) const {
    const ProcPath path(pid, "fd");
    struct stat info{};
    if (::fstatat(directory_.get(), path.c_str(), &info, 0) != 0) return std::nullopt;
    // Since Linux 6.2 the size of the directory is the number of descriptors (fs/proc/fd.c, proc_fd_getattr).
    if (info.st_size > 0) return static_cast<std::uint64_t>(info.st_size);
    const Fd directory(::openat(directory_.get(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) return std::nullopt;
    std::uint64_t count = 0;
    if (!each_entry(directory.get(), [&count](const char* name) { count += name[0] != '.' ? 1 : 0; }))
        return std::nullopt;
    return count;
}

bool ProcFs::socket_inodes(pid_t pid, std::vector<std::uint64_t>& out) const {
    out.clear();
    const Fd directory(
        ::openat(directory_.get(), ProcPath(pid, "fd").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) return false;
    const bool listed = each_entry(directory.get(), [&](const char* name) {
        if (name[0] == '.') return;
        std::array<char, 64> target;
        const ssize_t size = ::readlinkat(directory.get(), name, target.data(), target.size());
        if (size <= 0) return;
        const std::string_view text(target.data(), static_cast<std::size_t>(size));
        if (const auto inode = bracketed_number(text, "socket:[")) out.push_back(*inode);
    });
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return listed;
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::string_view field_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const auto line_end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, line_end);
        text.remove_prefix(std::min(line_end + 1, text.size()));
        if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':') continue;
        line.remove_prefix(key.size() + 1);
        const auto first = line.find_first_not_of(" \t");
        if (first == std::string_view::npos) return {};
        return line.substr(first, line.find_last_not_of(" \t") - first + 1);
    }
    return {};
}

}  // namespace reticle::probe::os
