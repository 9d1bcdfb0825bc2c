#include "app/http/static_files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "app/http/gzip.h"

namespace reticle::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";
constexpr std::string_view kNoView =
    "<!doctype html><title>Reticle</title><p>The browser view is not installed here (--web). The API is at "
    "<a href=\"/api/v1/views\">/api/v1/views</a>.</p>\n";

std::string_view content_type(const fs::path& path) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes{{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".wasm", "application/wasm"},
        {".txt", "text/plain; charset=utf-8"},
    }};
    const std::string extension = path.extension().string();
    const auto found = std::ranges::find(kTypes, extension, [](const auto& type) { return type.first; });
    return found == kTypes.end() ? "application/octet-stream" : found->second;
}

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Changes whenever the file does: its size and time of change.
std::string etag_of(const fs::path& path) {
    std::error_code ignored;
    const auto size = fs::file_size(path, ignored);
    const auto changed = fs::last_write_time(path, ignored).time_since_epoch().count();
    return fmt::format("\"{:x}-{:x}\"", changed, size);
}

bool matches(std::string_view if_none_match, std::string_view etag) {
    return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

Response page(int status, std::string body) {
    return {.status = status,
            .content_type = "text/html; charset=utf-8",
            .body = std::move(body),
            .headers = {},
            .zipped = false};
}

boost::asio::awaitable<Response> serve(std::shared_ptr<const StaticFiles> files,
                                       std::shared_ptr<const Request> request) {
    co_return files->get(*request);
}

}  // namespace

StaticFiles::StaticFiles(fs::path root) {
    std::error_code error;
    root_ = fs::canonical(root, error);
}

std::optional<fs::path> StaticFiles::find(std::string_view path) const {
    if (root_.empty()) return std::nullopt;
    fs::path wanted = root_;
    if (path.empty()) path = "index.html";
    while (!path.empty()) {
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), segment.size() + 1));
        if (segment.empty() || segment.starts_with('.')) return std::nullopt;
        wanted /= segment;
    }
    std::error_code error;
    const fs::path real = fs::canonical(wanted, error);  // follows links, which must not lead out
    if (error || !fs::is_regular_file(real, error)) return std::nullopt;
    const auto [end, ignored] = std::ranges::mismatch(root_, real);
    if (end != root_.end()) return std::nullopt;
    return real;
}

Response StaticFiles::get(const Request& request) const {
    const std::string_view path = request.parameter("path");
    const auto file = find(path);
    if (!file && path.empty()) return page(200, std::string(kNoView));
    if (!file) return error_response(404, "not_found", fmt::format("nothing is at {}", request.path));
    Response response = page(200, {});
    response.content_type = content_type(*file);
    const std::string etag = etag_of(*file);
    response.headers = {
        {"Content-Security-Policy", std::string(kPolicy)},
        {"Cache-Control", path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache"},
        {"ETag", etag},
        {"Vary", "Accept-Encoding"}};
    if (matches(request.header("if-none-match").value_or(""), etag)) {
        response.status = 304;
        return response;
    }
    std::optional<std::string> content;
    if (accepts_gzip(request.header("accept-encoding").value_or(""))) {
        content = read_file(file->string() + ".gz");
        response.zipped = content.has_value();
    }
    if (!content) content = read_file(*file);
    if (!content) return error_response(404, "not_found", fmt::format("{} cannot be read", request.path));
    response.body = std::move(*content);
    return response;
}

void register_static_files(Router& router, const fs::path& root) {
    router.add(Method::get, "/{path...}", std::bind_front(serve, std::make_shared<const StaticFiles>(root)),
               {.max_body_bytes = 0, .quiet = true, .any_host = false, .no_origin = false, .socket = {}});
}

}  // namespace reticle::app
