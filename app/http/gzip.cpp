#include "app/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace reticle::app {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 32 KiB window, gzip framing
constexpr std::size_t kChunk = std::size_t{32} << 10;

// zlib's interface predates const: it does not write through next_in.
Bytef* input(std::string_view data) {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data.data()));  // NOLINT
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Inflater {
    z_stream stream{};
    Inflater() {
        if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::runtime_error("zlib: no memory");
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

std::string gzip(std::string_view data) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib: no memory");
    }
    std::string zipped(deflateBound(&stream, static_cast<uLong>(data.size())), '\0');
    stream.next_in = input(data);
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef*>(zipped.data());
    stream.avail_out = static_cast<uInt>(zipped.size());
    deflate(&stream, Z_FINISH);
    zipped.resize(stream.total_out);
    deflateEnd(&stream);
    return zipped;
}

Result<std::string> gunzip(std::string_view data, std::size_t max_bytes) {
    Inflater inflater;
    z_stream& stream = inflater.stream;
    stream.next_in = input(data);
    stream.avail_in = static_cast<uInt>(data.size());
    std::string plain;
    std::array<char, kChunk> chunk;
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        status = inflate(&stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END)
            return fail(Errc::invalid, "the body is not valid gzip");
        const std::size_t got = chunk.size() - stream.avail_out;
        if (plain.size() + got > max_bytes) {
            return fail(Errc::too_large, fmt::format("the body unzips to more than {} bytes", max_bytes));
        }
        plain.append(chunk.data(), got);
        if (status == Z_OK && got == 0 && stream.avail_in == 0) {
            return fail(Errc::invalid, "the gzip body is cut short");
        }
    }
    if (stream.avail_in != 0) return fail(Errc::invalid, "there is something behind the gzip body");
    return plain;
}

bool accepts_gzip(std::string_view accept_encoding) {
    while (!accept_encoding.empty()) {
        const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
        accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
        const std::string_view coding = trim(item.substr(0, item.find(';')));
        if (coding != "gzip" && coding != "*") continue;
        const std::size_t q = item.find("q=");
        if (q == std::string_view::npos) return true;
        return item.find_first_of("123456789", q) != std::string_view::npos;
    }
    return false;
}

}  // namespace reticle::app
