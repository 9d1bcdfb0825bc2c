#include "app/ingest/probe_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace reticle::app {
namespace {

namespace wire = report::wire;
using wire::GoodbyeCode;

constexpr std::size_t kMaxIdBytes = 128;
constexpr std::size_t kMaxNameBytes = 256;

/// What is wrong with who the probe says it is; nothing when it is fit.
std::optional<std::string> unfit(const wire::Hello& hello) {
    const auto id_character = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-' || c == ':';
    };
    if (hello.host_id.empty() || hello.host_id.size() > kMaxIdBytes ||
        !std::ranges::all_of(hello.host_id, id_character)) {
        return fmt::format("host_id must be 1 to {} letters, digits or . _ - :", kMaxIdBytes);
    }
    if (hello.host_name.size() > kMaxNameBytes || hello.boot_id.size() > kMaxIdBytes ||
        hello.instance_id.size() > kMaxIdBytes || hello.cluster.size() > kMaxNameBytes ||
        hello.version.size() > kMaxNameBytes) {
        return "a name in the hello is too long";
    }
    return std::nullopt;
}

}  // namespace

ProbeSession::ProbeSession(JoinToken token, wire::Limits limits)
    : token_(std::move(token)), limits_(limits) {}

ProbeSession::Step ProbeSession::received(std::string_view bytes) {
    auto message = wire::decode(bytes, limits_);
    if (!message) return unreadable(message.error());
    if (auto* goodbye = std::get_if<wire::Goodbye>(&*message)) {
        state_ = State::over;
        const bool stopping = goodbye->code == static_cast<std::uint32_t>(GoodbyeCode::stopping);
        return End{{}, goodbye->reason, stopping && hello_.has_value()};
    }
    if (auto* hello = std::get_if<wire::Hello>(&*message)) return greet(std::move(*hello));
    if (auto* frame = std::get_if<wire::Frame>(&*message)) return take(std::move(*frame));
    return refuse(GoodbyeCode::malformed, "this message is for probes, not from them", false);
}

ProbeSession::Step ProbeSession::unreadable(const Error& error) {
    const bool large = error.code == Errc::too_large;
    return refuse(large ? GoodbyeCode::too_large : GoodbyeCode::malformed, error.message, false);
}

ProbeSession::Step ProbeSession::late() {
    return refuse(GoodbyeCode::malformed, fmt::format("no hello within {} seconds", kHelloWithin.count()),
                  true);
}

ProbeSession::Step ProbeSession::greet(wire::Hello hello) {
    if (state_ != State::waiting) return refuse(GoodbyeCode::malformed, "a second hello", false);
    offered_ = hello;
    if (!token_.accepts(hello.token)) {
        return refuse(GoodbyeCode::bad_token,
                      "the join token is missing or wrong: start the probe with the token of this server",
                      false);
    }
    if (hello.protocol_max < wire::kOldestProtocol) {
        return refuse(GoodbyeCode::protocol_too_old,
                      fmt::format("the probe speaks protocol {}, this server {} to {}: update the probe",
                                  hello.protocol_max, wire::kOldestProtocol, wire::kProtocol),
                      false);
    }
    if (hello.protocol_min > wire::kProtocol) {
        return refuse(
            GoodbyeCode::protocol_too_new,
            fmt::format("the probe speaks protocol {} and newer, this server {} to {}: update the server",
                        hello.protocol_min, wire::kOldestProtocol, wire::kProtocol),
            false);
    }
    if (auto wrong = unfit(hello)) return refuse(GoodbyeCode::malformed, std::move(*wrong), false);
    state_ = State::opening;
    return Open{std::move(hello)};
}

ProbeSession::Step ProbeSession::opened(const Result<wire::Welcome>& welcome) {
    if (!welcome) {
        const bool twin = welcome.error().code == Errc::conflict;
        return refuse(twin ? GoodbyeCode::duplicate_host : GoodbyeCode::too_large, welcome.error().message,
                      true);
    }
    state_ = State::talking;
    hello_ = std::move(offered_);
    epoch_ = welcome->epoch;
    wire::Welcome answer = *welcome;
    answer.protocol = std::min(wire::kProtocol, hello_->protocol_max);
    return Send{wire::encode(answer)};
}

ProbeSession::Step ProbeSession::take(wire::Frame frame) {
    if (state_ != State::talking) return refuse(GoodbyeCode::malformed, "a frame before the hello", false);
    if (frame.epoch != epoch_) {
        return refuse(GoodbyeCode::malformed,
                      fmt::format("a frame of epoch {} in a session of epoch {}", frame.epoch, epoch_), true);
    }
    if (frame.sequence > sequence_ + 1 && !frame.full) {
        return refuse(
            GoodbyeCode::malformed,
            fmt::format("frame {} after {}: a full frame must follow a gap", frame.sequence, sequence_),
            true);
    }
    if (sequence_ == 0 && !frame.full) {
        return refuse(GoodbyeCode::malformed, "the first frame of a session must be a full one", true);
    }
    sequence_ = std::max(sequence_, frame.sequence);
    state_ = State::applying;
    return Apply{std::move(frame)};
}

ProbeSession::Step ProbeSession::applied(const Result<wire::Ack>& ack) {
    if (!ack) {
        const bool large = ack.error().code == Errc::too_large;
        return refuse(large ? GoodbyeCode::too_large : GoodbyeCode::superseded, ack.error().message, true);
    }
    state_ = State::talking;
    return Send{wire::encode(*ack)};
}

std::string ProbeSession::stopping() {
    return wire::encode(
        wire::Goodbye{static_cast<std::uint32_t>(GoodbyeCode::stopping), "the server stops", true});
}

ProbeSession::Step ProbeSession::refuse(GoodbyeCode code, std::string reason, bool retry) {
    state_ = State::over;
    wire::Goodbye goodbye{static_cast<std::uint32_t>(code), reason, retry};
    return End{wire::encode(goodbye), std::move(reason), false};
}

}  // namespace reticle::app
