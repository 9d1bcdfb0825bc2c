#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace reticle::app {

/// Many things of one type under small numbers: fixed blocks, so that growing neither moves nor doubles what
/// is there; the numbers of released things are given again.
template <class T>
class Slab {
  public:
    std::uint32_t add() {
        if (!free_.empty()) {
            const std::uint32_t index = free_.back();
            free_.pop_back();
            return index;
        }
        if (size_ % kBlock == 0) blocks_.push_back(std::make_unique<T[]>(kBlock));
        return size_++;
    }
    /// The thing's content is the caller's to reset.
    void release(std::uint32_t index) { free_.push_back(index); }

    T& operator[](std::uint32_t index) { return blocks_[index / kBlock][index % kBlock]; }
    const T& operator[](std::uint32_t index) const { return blocks_[index / kBlock][index % kBlock]; }

    /// One past the highest number ever given; released ones are among them.
    [[nodiscard]] std::uint32_t end() const { return size_; }
    [[nodiscard]] std::size_t count() const { return size_ - free_.size(); }
    [[nodiscard]] std::size_t memory_bytes() const {
        return blocks_.size() * kBlock * sizeof(T) + free_.capacity() * sizeof(std::uint32_t);
    }

  private:
    static constexpr std::uint32_t kBlock = 512;
    std::vector<std::unique_ptr<T[]>> blocks_;
    std::vector<std::uint32_t> free_;
    std::uint32_t size_ = 0;
};

}  // namespace reticle::app
