#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <unordered_map>

#include "report/value.h"

namespace reticle::probe {

/// Names of user ids from a passwd file, read again when the file changes. The file itself and not
/// getpwuid(3), which may ask a directory service and block.
class Users {
  public:
    explicit Users(std::string passwd_path = "/etc/passwd");

    /// The name of a user id, or its number in digits.
    report::Text name_of(std::uint32_t uid);
    /// Looks whether the file changed.
    void refresh();

  private:
    std::string path_;
    timespec modified_{};
    std::unordered_map<std::uint32_t, report::Text> names_;
};

}  // namespace reticle::probe
