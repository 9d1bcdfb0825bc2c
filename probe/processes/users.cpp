#include "probe/processes/users.h"

#include <sys/stat.h>

#include <fstream>
#include <string_view>
#include <utility>

#include "probe/os/proc_fs.h"
#include "probe/os/text.h"

namespace reticle::probe {

Users::Users(std::string passwd_path) : path_(std::move(passwd_path)) {
    refresh();
}

void Users::refresh() {
    struct stat info{};
    if (::stat(path_.c_str(), &info) != 0) return;
    if (info.st_mtim.tv_sec == modified_.tv_sec && info.st_mtim.tv_nsec == modified_.tv_nsec) return;
    modified_ = info.st_mtim;
    names_.clear();
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
        // name:password:uid:...
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::string_view rest = std::string_view(line).substr(second + 1);
        const auto uid = os::take_number(rest);
        if (uid && rest.starts_with(':'))
            names_.try_emplace(static_cast<std::uint32_t>(*uid), os::valid_utf8(line.substr(0, first)));
    }
}

report::Text Users::name_of(std::uint32_t uid) {
    const auto at = names_.find(uid);
    if (at != names_.end()) return at->second;
    return names_.emplace(uid, std::to_string(uid)).first->second;
}

}  // namespace reticle::probe
