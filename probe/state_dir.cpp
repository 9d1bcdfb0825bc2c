#include "probe/state_dir.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <system_error>

#include "report/base/log.h"
#include "report/version.h"

namespace reticle::probe {

namespace fs = std::filesystem;

namespace {

/// Written beside and moved into place: after a crash there is the old number or the new one. Answers why
/// not.
std::string replace_file(const fs::path& file, const std::string& content) {
    const fs::path beside = file.string() + ".new";
    {
        std::ofstream stream(beside, std::ios::trunc);
        stream << content;
        stream.flush();
        if (!stream) return "cannot write " + beside.string();
    }
    std::error_code error;
    fs::rename(beside, file, error);
    return error ? "cannot replace " + file.string() + ": " + error.message() : "";
}

}  // namespace

fs::path default_state_dir(bool root, const Environment& environment) {
    if (root) return "/var/lib/reticle";
    if (const auto state = environment("XDG_STATE_HOME"); state && state->starts_with('/')) {
        return fs::path(*state) / "reticle";
    }
    if (const auto home = environment("HOME"); home && home->starts_with('/')) {
        return fs::path(*home) / ".local/state/reticle";
    }
    return {};
}

std::uint64_t EpochStore::begin(UtcNanos now) {
    constexpr UtcNanos kNanosPerSecond = 1'000'000'000;
    const auto wall = static_cast<std::uint64_t>(std::max<UtcNanos>(now / kNanosPerSecond, 1));
    const auto epoch = std::min(std::max(wall, stored() + 1), report::Version::kMaxEpoch);
    store(epoch);
    return epoch;
}

std::uint64_t EpochStore::stored() const {
    if (directory_.empty()) return 0;
    std::ifstream stream(directory_ / "epoch");
    std::string line;
    if (!std::getline(stream, line)) return 0;
    std::uint64_t epoch = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), epoch);
    if (error != std::errc() || end != line.data() + line.size() || epoch > report::Version::kMaxEpoch) {
        log_warn((directory_ / "epoch").string() + " holds no epoch and is ignored");
        return 0;
    }
    return epoch;
}

void EpochStore::store(std::uint64_t epoch) {
    if (directory_.empty()) return;
    std::error_code error;
    fs::create_directories(directory_, error);
    const std::string problem = error ? "cannot make " + directory_.string() + ": " + error.message()
                                      : replace_file(directory_ / "epoch", std::to_string(epoch) + "\n");
    if (!problem.empty()) {
        log_warn(problem +
                 "; going on without (give a writable --state-dir, so that a restart is told from a "
                 "clock that was set back)");
    }
}

}  // namespace reticle::probe
