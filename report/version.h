#pragma once

#include <compare>
#include <cstdint>

namespace reticle::report {

/// When a writer said something, in the writer's own order: (epoch, tick), never a wall clock.
/// The epoch is agreed in the hello and rises with every restart; the tick counts changed flushes in it.
/// Packed as epoch << 30 | tick: 33 bits of epoch (seconds until the year 2242), 30 bits of tick.
class Version {
  public:
    static constexpr int kTickBits = 30;
    static constexpr std::uint64_t kMaxTick = (std::uint64_t{1} << kTickBits) - 1;
    static constexpr std::uint64_t kMaxEpoch = (std::uint64_t{1} << 33) - 1;

    constexpr Version() = default;
    /// Both parts must be within their maxima; larger ones are cut to them.
    constexpr Version(std::uint64_t epoch, std::uint64_t tick)
        : packed_((epoch > kMaxEpoch ? kMaxEpoch : epoch) << kTickBits |
                  (tick > kMaxTick ? kMaxTick : tick)) {}

    /// From the packed form; bits above the 63rd are dropped.
    static constexpr Version from_packed(std::uint64_t packed) {
        Version version;
        version.packed_ = packed & ((std::uint64_t{1} << 63) - 1);
        return version;
    }

    [[nodiscard]] constexpr std::uint64_t packed() const { return packed_; }
    [[nodiscard]] constexpr std::uint64_t epoch() const { return packed_ >> kTickBits; }
    [[nodiscard]] constexpr std::uint64_t tick() const { return packed_ & kMaxTick; }
    /// The neutral version, before everything a writer can say.
    [[nodiscard]] constexpr bool none() const { return packed_ == 0; }

    constexpr auto operator<=>(const Version&) const = default;

  private:
    std::uint64_t packed_ = 0;
};

/// Whether a thing is there: version << 1 | ended, joined by max, so that at equal versions *ended wins*
/// (what starts and exits within one tick did end).
class Presence {
  public:
    constexpr Presence() = default;
    static constexpr Presence alive_at(Version version) { return Presence(version.packed() << 1); }
    static constexpr Presence ended_at(Version version) { return Presence(version.packed() << 1 | 1); }
    static constexpr Presence from_word(std::uint64_t word) { return Presence(word); }

    [[nodiscard]] constexpr std::uint64_t word() const { return word_; }
    [[nodiscard]] constexpr Version version() const { return Version::from_packed(word_ >> 1); }
    [[nodiscard]] constexpr bool ended() const { return (word_ & 1) != 0; }
    /// True for a presence that nobody stated.
    [[nodiscard]] constexpr bool none() const { return word_ == 0; }
    [[nodiscard]] constexpr bool alive() const { return word_ != 0 && !ended(); }

    constexpr void join(Presence other) {
        if (other.word_ > word_) word_ = other.word_;
    }
    constexpr auto operator<=>(const Presence&) const = default;

  private:
    explicit constexpr Presence(std::uint64_t word) : word_(word) {}
    std::uint64_t word_ = 0;
};

}  // namespace reticle::report
