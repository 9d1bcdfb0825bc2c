#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "probe/local_state.h"
#include "probe/publish/backoff.h"
#include "report/base/time.h"
#include "report/version.h"
#include "report/wire/codec.h"

namespace reticle::probe {

/// Next step: make a connection, then call opened() or closed().
struct Connect {};
/// Next step: send this message on the connection.
struct Send {
    report::wire::Message message;
};
/// Next step: LocalState::raise_epoch, and store the epoch; the app has seen a later one than ours.
struct RaiseEpoch {
    std::uint64_t epoch = 0;
};
/// Next step: close the connection, for that reason, once what was sent is written; then call closed().
struct Disconnect {
    std::string why;
};
/// Nothing to do before `until`, an event, or a change of the state.
struct Wait {
    std::optional<MonoTime> until;
};
/// Over: stopped, or refused for good.
struct Finished {};

/// What to do next.
using Step = std::variant<Connect, Send, RaiseEpoch, Disconnect, Wait, Finished>;

/// How one probe speaks with one app (docs/report-format.md, report/wire): hello, welcome, a full frame, then
/// after each ack the difference since the version acknowledged; while a frame is outstanding, news gather in
/// the state. Comes back by itself after a loss, with a full frame; also when another app raised the epoch,
/// since an epoch is agreed in the hello. Only a probe that stops says goodbye: to the app, that ends its
/// host. Has no socket and no clock: events go in, next() says what to do. Ask next() again until it says
/// Wait or Finished.
class Session {
  public:
    /// No welcome after this long: the connection is given up.
    static constexpr std::chrono::seconds kWelcomeTimeout{10};
    /// No ack after this long: the connection is given up.
    static constexpr std::chrono::seconds kAckTimeout{20};
    /// A frame goes out at least this often; the app calls a silent host stale after 10 s.
    static constexpr std::chrono::seconds kHeartbeat{4};
    /// A connection that lived this long was healthy: the next loss starts with the shortest back-off.
    static constexpr std::chrono::seconds kHealthy{60};

    /// `hello` says who we are; its epoch and time are filled in when sent. `random` gives numbers in [0, 1).
    Session(report::wire::Hello hello, std::function<double()> random);

    /// What to do next, given the state at a closed tick.
    Step next(const LocalState& state, Now now);

    /// The connection asked for is there.
    void opened();
    /// The connection could not be made, or is gone.
    void closed(MonoTime now);
    /// A message came.
    void received(const report::wire::Message& message, MonoTime now);
    /// Bytes came that are no message.
    void received_garbage(const Error& error);
    /// The message last handed out by next() is larger than an app takes.
    void too_large(std::size_t bytes);
    /// The probe stops: says goodbye if someone listens, then finishes.
    void stop();

    /// What the app holds for certain while connected; its absence holds nothing back.
    [[nodiscard]] std::optional<report::Version> acknowledged() const;
    /// Whether the session is between welcome and loss.
    [[nodiscard]] bool live() const { return phase_ == Phase::live; }
    [[nodiscard]] bool finished() const { return phase_ == Phase::finished; }
    /// Why the app refused us for good, with the remedy; empty if it did not.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }
    /// Whether the app says that someone looks at this host.
    [[nodiscard]] bool watched() const { return live() && watched_; }

  private:
    enum class Phase {
        resting,     // until retry_at_
        connecting,  // until opened() or closed()
        greeting,    // connected, the hello is due
        greeted,     // until the welcome
        live,
        leaving,  // disconnects, after the goodbye if it is due
        closing,  // until closed()
        finished,
    };
    struct Outstanding {
        std::uint64_t epoch = 0;
        std::uint64_t sequence = 0;
        report::Version version;
        MonoTime deadline;
    };

    Step greet(const LocalState& state, Now now);
    Step publish(const LocalState& state, Now now);
    Step leave();
    Step leave_for(std::string why);
    void leave_soon(std::string why);
    void on(const report::wire::Welcome& welcome, MonoTime now);
    void on(const report::wire::Ack& ack);
    void on(const report::wire::Goodbye& goodbye);

    report::wire::Hello hello_;
    Backoff backoff_;
    Phase phase_ = Phase::resting;
    MonoTime retry_at_{};
    MonoTime deadline_{};  // of the welcome
    MonoTime live_since_{};
    MonoTime last_frame_{};
    std::uint64_t sequence_ = 0;
    std::uint64_t agreed_epoch_ = 0;
    report::Version acknowledged_;
    std::optional<Outstanding> outstanding_;
    std::string why_;  // of leaving
    std::string refusal_;
    bool watched_ = false;
    bool stopping_ = false;
    bool goodbye_due_ = false;
    bool come_back_at_once_ = false;
};

/// What a goodbye of the app means, as a sentence that names the remedy.
std::string explain(const report::wire::Goodbye& goodbye);

}  // namespace reticle::probe
