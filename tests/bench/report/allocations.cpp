#include "tests/bench/report/allocations.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

constexpr std::int64_t kAllocatorHeader = 8;  // glibc keeps a size word before every block

std::atomic<std::int64_t> held{0};

std::int64_t cost(void* block) {
    return static_cast<std::int64_t>(malloc_usable_size(block)) + kAllocatorHeader;
}

void* allocate(std::size_t size) {
    void* block = std::malloc(size);
    if (block == nullptr) throw std::bad_alloc();
    held.fetch_add(cost(block), std::memory_order_relaxed);
    return block;
}

void release(void* block) noexcept {
    if (block == nullptr) return;
    held.fetch_sub(cost(block), std::memory_order_relaxed);
    std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void operator delete(void* block) noexcept {
    release(block);
}
void operator delete(void* block, std::size_t) noexcept {
    release(block);
}

namespace reticle::bench {

std::int64_t heap_bytes() {
    return held.load(std::memory_order_relaxed);
}

}  // namespace reticle::bench
