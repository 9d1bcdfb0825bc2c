#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "app/http/router.h"

namespace reticle::app {

/// The browser view: the files of one folder, with a strict content security policy. Hashed names (below
/// assets/) are cached for good, the rest is checked by ETag each time; `name.gz` beside a file is what
/// clients that take gzip get. A path can name only regular files below the folder, never a dot file.
class StaticFiles {
  public:
    explicit StaticFiles(std::filesystem::path root);

    /// The answer to GET /{path...}.
    [[nodiscard]] Response get(const Request& request) const;

  private:
    [[nodiscard]] std::optional<std::filesystem::path> find(std::string_view path) const;

    std::filesystem::path root_;
};

/// Adds the catch-all route; to be added last. Without the folder, `/` says how to build it.
void register_static_files(Router& router, const std::filesystem::path& root);

}  // namespace reticle::app
