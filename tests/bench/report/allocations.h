#pragma once

#include <cstdint>

namespace reticle::bench {

/// Bytes this program holds on the heap, as the allocator rounds them, its own header included.
std::int64_t heap_bytes();

}  // namespace reticle::bench
