#include "app/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <utility>

#include <fmt/format.h>

namespace reticle::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIdBytes = 8;
constexpr mode_t kPrivate = 0600;

Error cannot(std::string_view verb, const fs::path& path, std::string_view why) {
    return fail(Errc::unavailable, fmt::format("--data: cannot {} {}: {}", verb, path.string(), why));
}

bool is_id(const std::string& text) {
    return text.size() == 2 * kIdBytes && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<std::string> read_or_make_id(const fs::path& file) {
    std::string id;
    if (std::ifstream in(file); in >> id) {
        if (is_id(id)) return id;
        return cannot("use", file, "it does not hold an id; remove it to get a new one");
    }
    id = random_hex(kIdBytes);
    std::ofstream out(file);
    out << id << '\n';
    if (!out.flush()) return cannot("write", file, std::strerror(errno));
    return id;
}

}  // namespace

Result<DataDir> DataDir::open(const fs::path& path) {
    std::error_code error;
    if (fs::create_directories(path, error)) fs::permissions(path, fs::perms::owner_all, error);
    if (error) return cannot("make", path, error.message());
    const fs::path lock_file = path / "lock";
    const int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivate);
    if (lock < 0) return cannot("write", lock_file, std::strerror(errno));
    DataDir held(lock, {});
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        return fail(Errc::conflict,
                    fmt::format("--data: {} is in use by another reticle-app", path.string()));
    }
    auto id = read_or_make_id(path / "app-id");
    if (!id) return id.error();
    held.app_id_ = std::move(*id);
    return held;
}

DataDir::DataDir(DataDir&& other) noexcept
    : lock_(std::exchange(other.lock_, -1)), app_id_(std::move(other.app_id_)) {}

DataDir::~DataDir() {
    if (lock_ >= 0) ::close(lock_);
}

std::string random_hex(std::size_t bytes) {
    std::random_device random;
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) text += fmt::format("{:02x}", random() & 0xFF);
    return text;
}

}  // namespace reticle::app
