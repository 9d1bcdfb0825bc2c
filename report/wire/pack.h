#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "report/base/result.h"

namespace reticle::report::wire {

/// Bytes as they travel: compressed, unless that does not pay.
struct Packed {
    std::uint32_t raw_bytes = 0;  ///< size before compression; 0: not compressed
    std::string data;
};

/// Compresses into a zstd frame of its own with a window of at most 64 KiB. The compressor belongs to the
/// thread.
Packed pack(std::string raw);

/// The reverse. `max_bytes` caps what is allocated for the result.
Result<std::string> unpack(std::uint32_t raw_bytes, std::string data, std::size_t max_bytes);

}  // namespace reticle::report::wire
