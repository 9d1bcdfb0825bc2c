#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/world/world.h"
#include "report/report.h"

namespace reticle::test {

/// Turns a list of numbers, as a property test makes and shrinks them, into choices; 0 once it is used up.
class Dice {
  public:
    explicit Dice(std::vector<std::uint16_t> numbers) : numbers_(std::move(numbers)) {}
    std::size_t below(std::size_t limit);
    bool one_in(std::size_t n) { return below(n) == 1; }
    [[nodiscard]] bool used_up() const { return next_ >= numbers_.size(); }

  private:
    std::vector<std::uint16_t> numbers_;
    std::size_t next_ = 0;
};

/// What happens to one writer at one moment.
struct Event {
    enum class Kind : std::uint8_t { open, frame, again, disconnect, goodbye };
    Kind kind = Kind::frame;
    std::string writer;
    report::wire::Hello hello;
    report::wire::Frame frame;
};

/// Events of several writers that happen at the same moment, and the time that passes after them.
struct Round {
    std::vector<Event> events;
    std::chrono::seconds then{0};
};

/// Random but lawful sessions of three probes whose facts are drawn from few addresses, ports and witnesses,
/// so that everything meets everything: addresses that move, listeners that come and go, shared witnesses,
/// private networks, loopback, unknown directions, restarts with new epochs, duplicates, silence.
std::vector<Round> random_sessions(Dice& dice);

/// Plays rounds into a world; in each round the writers' turns come forwards or backwards (the order within a
/// writer stays). `follow` sees every step.
void play(app::World& world, const std::vector<Round>& rounds, bool backwards,
          const std::function<void(const app::Applied&)>& follow);

/// Lets all afterglows run out, so that what is visible is what lives.
void let_glow_out(app::World& world, const std::vector<Round>& rounds,
                  const std::function<void(const app::Applied&)>& follow);

}  // namespace reticle::test
