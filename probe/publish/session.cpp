#include "probe/publish/session.h"

#include <utility>

namespace reticle::probe {

namespace wire = report::wire;

namespace {

std::string remedy(wire::GoodbyeCode code) {
    switch (code) {
        case wire::GoodbyeCode::stopping:
            return "";
        case wire::GoodbyeCode::bad_token:
            return "give this probe the app's join token with --token-file";
        case wire::GoodbyeCode::protocol_too_old:
            return "upgrade reticle-probe on this host";
        case wire::GoodbyeCode::protocol_too_new:
            return "upgrade reticle-app; an app speaks with probes of its own version and of the one before";
        case wire::GoodbyeCode::duplicate_host:
            return "another probe reports under the same host id: stop one of them, or give this one its own "
                   "with --host-id";
        case wire::GoodbyeCode::malformed:
            return "the two versions do not understand each other: upgrade the older one";
        case wire::GoodbyeCode::too_large:
            return "this host has more to report than the app takes: raise the app's limits";
        case wire::GoodbyeCode::superseded:
            return "a newer start of this host's probe took over";
    }
    return "upgrade the older of the two programs";
}

/// The app's words as part of a log line: one line, of bounded length.
std::string quoted(const std::string& text) {
    constexpr std::size_t kLongest = 200;
    std::string line = text.substr(0, kLongest);
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return line;
}

}  // namespace

std::string explain(const wire::Goodbye& goodbye) {
    const auto code = static_cast<wire::GoodbyeCode>(goodbye.code);
    const std::string reason = goodbye.reason.empty() ? "no reason given" : quoted(goodbye.reason);
    if (code == wire::GoodbyeCode::stopping) return "the app stops: " + reason;
    return "the app refused this probe: " + reason + " (" + remedy(code) + ")";
}

Session::Session(wire::Hello hello, std::function<double()> random)
    : hello_(std::move(hello)), backoff_(std::move(random)) {}

Step Session::next(const LocalState& state, Now now) {
    switch (phase_) {
        case Phase::resting:
            if (now.mono < retry_at_) return Wait{retry_at_};
            phase_ = Phase::connecting;
            return Connect{};
        case Phase::connecting:
        case Phase::closing:
            return Wait{};
        case Phase::greeting:
            return greet(state, now);
        case Phase::greeted:
            if (now.mono < deadline_) return Wait{deadline_};
            return leave_for("the app sent no welcome within " + std::to_string(kWelcomeTimeout.count()) +
                             " s");
        case Phase::live:
            return publish(state, now);
        case Phase::leaving:
            return leave();
        case Phase::finished:
            break;
    }
    return Finished{};
}

Step Session::greet(const LocalState& state, Now now) {
    if (state.version().none()) return Wait{};  // nothing is known yet, not even the host
    hello_.epoch = state.version().epoch();
    hello_.now = now.utc;
    deadline_ = now.mono + kWelcomeTimeout;
    phase_ = Phase::greeted;
    return Send{hello_};
}

Step Session::publish(const LocalState& state, Now now) {
    const report::Version version = state.version();
    if (agreed_epoch_ > version.epoch()) return RaiseEpoch{agreed_epoch_};
    if (agreed_epoch_ < version.epoch()) {
        come_back_at_once_ = true;
        return leave_for("another app knew a later epoch of this host: greeting anew");
    }
    if (outstanding_) {
        if (now.mono < outstanding_->deadline) return Wait{outstanding_->deadline};
        return leave_for("the app acknowledged nothing for " + std::to_string(kAckTimeout.count()) + " s");
    }
    const bool full = state.needs_full(acknowledged_);
    const auto heartbeat = last_frame_ + kHeartbeat;
    if (!full && version == acknowledged_ && now.mono < heartbeat) return Wait{heartbeat};

    wire::Frame frame;
    frame.epoch = version.epoch();
    frame.sequence = ++sequence_;
    frame.full = full;
    frame.version = version;
    frame.now = now.utc;
    frame.report = full ? state.full() : state.changed_since(acknowledged_);
    outstanding_ = Outstanding{frame.epoch, frame.sequence, version, now.mono + kAckTimeout};
    last_frame_ = now.mono;
    return Send{std::move(frame)};
}

Step Session::leave() {
    if (goodbye_due_) {
        goodbye_due_ = false;
        return Send{wire::Goodbye{static_cast<std::uint32_t>(wire::GoodbyeCode::stopping), why_, true}};
    }
    phase_ = Phase::closing;
    return Disconnect{why_};
}

void Session::leave_soon(std::string why) {
    why_ = std::move(why);
    phase_ = Phase::leaving;
}

Step Session::leave_for(std::string why) {
    leave_soon(std::move(why));
    return leave();
}

void Session::opened() {
    if (phase_ != Phase::connecting) return;
    sequence_ = 0;
    agreed_epoch_ = 0;
    acknowledged_ = {};
    outstanding_.reset();
    why_.clear();
    watched_ = false;
    phase_ = stopping_ ? Phase::leaving : Phase::greeting;
}

void Session::closed(MonoTime now) {
    if (phase_ == Phase::finished || phase_ == Phase::resting) return;
    if (stopping_ || !refusal_.empty()) {
        phase_ = Phase::finished;
        return;
    }
    const bool was_live = live_since_ != MonoTime{};
    if (was_live && now - live_since_ >= kHealthy) backoff_.reset();
    live_since_ = {};
    retry_at_ = std::exchange(come_back_at_once_, false) ? now : now + backoff_.next();
    phase_ = Phase::resting;
}

void Session::received(const wire::Message& message, MonoTime now) {
    if (phase_ != Phase::greeted && phase_ != Phase::live) return;
    if (const auto* goodbye = std::get_if<wire::Goodbye>(&message)) {
        on(*goodbye);
    } else if (const auto* welcome = std::get_if<wire::Welcome>(&message);
               welcome && phase_ == Phase::greeted) {
        on(*welcome, now);
    } else if (const auto* ack = std::get_if<wire::Ack>(&message); ack && phase_ == Phase::live) {
        on(*ack);
    } else {
        leave_soon("the app sent a message that has no place here");
    }
}

void Session::on(const wire::Welcome& welcome, MonoTime now) {
    if (welcome.protocol < hello_.protocol_min || welcome.protocol > hello_.protocol_max) {
        return leave_soon("the app chose protocol " + std::to_string(welcome.protocol) +
                          ", which was not offered");
    }
    if (welcome.epoch < hello_.epoch || welcome.epoch > report::Version::kMaxEpoch) {
        return leave_soon("the app answered with an epoch before the one proposed");
    }
    agreed_epoch_ = welcome.epoch;
    live_since_ = now;
    phase_ = Phase::live;
}

void Session::on(const wire::Ack& ack) {
    if (ack.sequence > sequence_) {
        return leave_soon("the app acknowledged a frame that was never sent");
    }
    watched_ = ack.watched;
    // Anything but the outstanding frame is a repetition.
    if (!outstanding_ || ack.sequence != outstanding_->sequence || ack.epoch != outstanding_->epoch) return;
    acknowledged_ = outstanding_->version;
    outstanding_.reset();
}

void Session::on(const wire::Goodbye& goodbye) {
    leave_soon(explain(goodbye));
    if (!goodbye.retry) refusal_ = why_;
    if (goodbye.code != static_cast<std::uint32_t>(wire::GoodbyeCode::stopping)) backoff_.discourage();
}

void Session::received_garbage(const Error& error) {
    if (phase_ != Phase::greeted && phase_ != Phase::live) return;
    leave_soon("the app's answer is not understood: " + error.message);
}

void Session::too_large(std::size_t bytes) {
    backoff_.discourage();
    leave_soon("the report of this host is too large for one message: " + std::to_string(bytes) + " bytes");
}

void Session::stop() {
    stopping_ = true;
    switch (phase_) {
        case Phase::greeted:
        case Phase::live:
            goodbye_due_ = true;
            leave_soon("the probe stops");
            break;
        case Phase::greeting:
            phase_ = Phase::leaving;
            break;
        case Phase::resting:
        case Phase::connecting:
            phase_ = Phase::finished;
            break;
        case Phase::leaving:
        case Phase::closing:
        case Phase::finished:
            break;
    }
}

std::optional<report::Version> Session::acknowledged() const {
    if (phase_ != Phase::live) return std::nullopt;
    return acknowledged_;
}

}  // namespace reticle::probe
