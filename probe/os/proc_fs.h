#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/os/fd.h"

namespace reticle::probe::os {

/// The path of a file of one process relative to the root of /proc ("1234/stat"), without the heap.
class ProcPath {
  public:
    ProcPath(pid_t pid, std::string_view file);
    [[nodiscard]] const char* c_str() const { return text_; }

  private:
    char text_[64];
};

/// Reads a /proc file system whose root may be anywhere: the real one, a host's mounted into a container, or
/// a tree made by a test. That a file is gone is ordinary (processes die while we look) and never an error.
class ProcFs {
  public:
    explicit ProcFs(std::string root = "/proc");

    [[nodiscard]] const std::string& root() const { return root_; }
    /// Whether its pids are the pids that system calls of this program take (same pid namespace).
    [[nodiscard]] bool own_pids() const { return own_pids_; }

    /// Reads a whole file (path relative to the root) into `out`, reusing its memory; false if it cannot be
    /// read. Stops at `limit` bytes.
    bool read(const char* path, std::string& out, std::size_t limit = std::size_t{16} << 20) const;
    /// What a symbolic link points to.
    [[nodiscard]] std::optional<std::string> link(const char* path) const;
    /// The number in a namespace link such as "net:[4026531840]"; 0 when it cannot be read.
    [[nodiscard]] std::uint64_t namespace_inode(const char* path) const;
    /// The pids in the root, in no order. False if the root cannot be listed.
    bool pids(std::vector<pid_t>& out) const;
    /// How many descriptors a process has open, or nothing when that may not be known.
    [[nodiscard]] std::optional<std::uint64_t> open_files(pid_t pid) const;
    /// The inodes of the sockets that a process holds, sorted and without duplicates. False if its
    /// descriptors may not be listed.
    bool socket_inodes(pid_t pid, std::vector<std::uint64_t>& out) const;
    /// Opens a file (for setns).
    [[nodiscard]] Fd open(const char* path) const;

  private:
    bool each_entry(int directory, const std::function<void(const char* name)>& visit) const;

    std::string root_;
    Fd directory_;
    bool own_pids_ = false;
};

/// Reads a decimal number at the beginning of `text` and removes it with the spaces before it; nothing if
/// there is none.
std::optional<std::uint64_t> take_number(std::string_view& text);

/// The value of "Key:\tvalue" in a status-like text, without surrounding blanks; empty if there is none.
std::string_view field_of(std::string_view text, std::string_view key);

}  // namespace reticle::probe::os
