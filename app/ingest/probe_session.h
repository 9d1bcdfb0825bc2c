#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/ingest/join_token.h"
#include "report/base/result.h"
#include "report/wire/codec.h"

namespace reticle::app {

/// The conversation with one probe as a state machine: bytes in, what to do next out. No sockets, no clock.
///
///   waiting --hello--> Open --opened--> talking --frame--> Apply --applied--> talking
///   anything unfit, in any state --> End: last words, close; the world is not touched
class ProbeSession {
  public:
    /// How long a connection may wait before it says hello.
    static constexpr std::chrono::seconds kHelloWithin{5};

    /// Ask the world to open a session, then call `opened`.
    struct Open {
        report::wire::Hello hello;
    };
    /// Ask the world to join the frame, then call `applied`. Nothing else is read until then.
    struct Apply {
        report::wire::Frame frame;
    };
    /// Send these bytes and read on.
    struct Send {
        std::string bytes;
    };
    /// Send these last words, if any, and close. `left`: the probe itself said goodbye.
    struct End {
        std::string bytes;
        std::string reason;
        bool left = false;
    };
    using Step = std::variant<Open, Apply, Send, End>;

    ProbeSession(JoinToken token, report::wire::Limits limits);

    /// A binary message arrived. Decodes it: to be called off the world's strand.
    Step received(std::string_view bytes);
    /// A message that cannot be read: too large, or text.
    Step unreadable(const Error& error);
    /// No hello came in time.
    Step late();
    Step opened(const Result<report::wire::Welcome>& welcome);
    Step applied(const Result<report::wire::Ack>& ack);
    /// The server stops; the probe should come back.
    [[nodiscard]] static std::string stopping();

    /// The hello, once it was accepted by the world.
    [[nodiscard]] const std::optional<report::wire::Hello>& hello() const { return hello_; }
    [[nodiscard]] bool waiting_for_hello() const { return state_ == State::waiting; }

  private:
    enum class State : std::uint8_t { waiting, opening, talking, applying, over };

    Step greet(report::wire::Hello hello);
    Step take(report::wire::Frame frame);
    Step refuse(report::wire::GoodbyeCode code, std::string reason, bool retry);

    JoinToken token_;
    report::wire::Limits limits_;
    State state_ = State::waiting;
    std::optional<report::wire::Hello> offered_;
    std::optional<report::wire::Hello> hello_;
    std::uint64_t epoch_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace reticle::app
