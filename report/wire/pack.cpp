#include "report/wire/pack.h"

#include <memory>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <zstd.h>

namespace reticle::report::wire {
namespace {

constexpr int kLevel = 3;
constexpr int kWindowLog = 16;  // 64 KiB
/// Below this the header of a zstd frame costs more than it can save.
constexpr std::size_t kSmallest = 64;

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx* compressor() {
    thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context = [] {
        std::unique_ptr<ZSTD_CCtx, FreeContext> made(ZSTD_createCCtx());
        if (!made) throw std::bad_alloc();
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_compressionLevel, kLevel);
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_windowLog, kWindowLog);
        // The pack's own raw_bytes says the size, and WebSocket and TCP guard the bytes.
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_contentSizeFlag, 0);
        ZSTD_CCtx_setParameter(made.get(), ZSTD_c_checksumFlag, 0);
        return made;
    }();
    return context.get();
}

ZSTD_DCtx* decompressor() {
    thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context = [] {
        std::unique_ptr<ZSTD_DCtx, FreeContext> made(ZSTD_createDCtx());
        if (!made) throw std::bad_alloc();
        return made;
    }();
    return context.get();
}

}  // namespace

Packed pack(std::string raw) {
    if (raw.size() < kSmallest) return {0, std::move(raw)};
    std::string data(ZSTD_compressBound(raw.size()), '\0');
    const std::size_t size = ZSTD_compress2(compressor(), data.data(), data.size(), raw.data(), raw.size());
    if (ZSTD_isError(size) != 0 || size >= raw.size()) return {0, std::move(raw)};
    data.resize(size);
    return {static_cast<std::uint32_t>(raw.size()), std::move(data)};
}

Result<std::string> unpack(std::uint32_t raw_bytes, std::string data, std::size_t max_bytes) {
    const std::size_t wanted = raw_bytes == 0 ? data.size() : raw_bytes;
    if (wanted > max_bytes) {
        return fail(Errc::too_large,
                    fmt::format("the frame unpacks to more than the {} bytes left to it", max_bytes));
    }
    if (raw_bytes == 0) return data;
    std::string raw(raw_bytes, '\0');
    const std::size_t size =
        ZSTD_decompressDCtx(decompressor(), raw.data(), raw.size(), data.data(), data.size());
    if (ZSTD_isError(size) != 0) {
        return fail(Errc::invalid, fmt::format("a pack does not decompress: {}", ZSTD_getErrorName(size)));
    }
    if (size != raw.size()) {
        return fail(Errc::invalid, fmt::format("a pack decompresses to {} bytes, not to the {} it announces",
                                               size, raw_bytes));
    }
    return raw;
}

}  // namespace reticle::report::wire
