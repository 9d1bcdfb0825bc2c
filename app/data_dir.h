#pragma once

#include <filesystem>
#include <string>

#include "report/base/result.h"

namespace reticle::app {

/// The folder a server keeps things in: locked while it runs, and holding its id for good.
class DataDir {
  public:
    /// Makes the folder (mode 700) when missing, locks it and reads or makes the id.
    static Result<DataDir> open(const std::filesystem::path& path);
    DataDir(DataDir&& other) noexcept;
    DataDir& operator=(DataDir&&) = delete;
    ~DataDir();

    /// 16 hexadecimal digits.
    [[nodiscard]] const std::string& app_id() const { return app_id_; }

  private:
    DataDir(int lock, std::string app_id) : lock_(lock), app_id_(std::move(app_id)) {}

    int lock_;  ///< file descriptor that holds the lock
    std::string app_id_;
};

/// `bytes` random bytes in hexadecimal.
std::string random_hex(std::size_t bytes);

}  // namespace reticle::app
