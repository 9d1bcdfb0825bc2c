#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "report/base/result.h"

namespace reticle::app {

/// The secret that probes share with this server. Empty: none is asked for.
class JoinToken {
  public:
    JoinToken() = default;
    explicit JoinToken(std::string secret) : secret_(std::move(secret)) {}

    /// The first line of a file that only its owner can read: 16 to 4096 characters.
    static Result<JoinToken> from_file(const std::filesystem::path& file);

    /// Whether `offered` is the secret; takes the same time wherever they differ.
    [[nodiscard]] bool accepts(std::string_view offered) const;

  private:
    std::string secret_;
};

}  // namespace reticle::app
