#include "report/wire/codec.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "report/base/utf8.h"
#include "report/wire/columns.h"
#include "report/wire/pack.h"
#include "report/wire/report.pb.h"
#include "report/wire/sanitise.h"
#include "report/wire/sections.h"

namespace reticle::report::wire {
namespace {

namespace proto = ::reticle::wire;

/// Frames up to this size travel as one pack: sections compress better together, and each pack costs a
/// header. Larger ones get a pack for each section, so that like stays with like.
constexpr std::size_t kOnePackBytes = 16 << 10;

void fill(const Hello& from, proto::Envelope& into) {
    proto::Hello& hello = *into.mutable_hello();
    hello.set_protocol_min(from.protocol_min);
    hello.set_protocol_max(from.protocol_max);
    hello.set_version(sanitised(from.version));
    hello.set_host_id(sanitised(from.host_id));
    hello.set_host_name(sanitised(from.host_name));
    hello.set_boot_id(sanitised(from.boot_id));
    hello.set_instance_id(sanitised(from.instance_id));
    hello.set_cluster(sanitised(from.cluster));
    hello.set_token(sanitised(from.token));
    hello.set_epoch(from.epoch);
    hello.set_now(from.now);
    for (const std::string& capability : from.capabilities) hello.add_capabilities(sanitised(capability));
}

void fill(const Welcome& from, proto::Envelope& into) {
    proto::Welcome& welcome = *into.mutable_welcome();
    welcome.set_protocol(from.protocol);
    welcome.set_version(sanitised(from.version));
    welcome.set_app_id(sanitised(from.app_id));
    welcome.set_epoch(from.epoch);
    welcome.set_max_nodes(from.max_nodes);
    welcome.set_now(from.now);
}

void fill(const Frame& from, proto::Envelope& into) {
    proto::Frame& frame = *into.mutable_frame();
    frame.set_epoch(from.epoch);
    frame.set_sequence(from.sequence);
    frame.set_full(from.full);
    frame.set_tick(from.version.tick());
    if (from.version.epoch() != from.epoch) frame.set_version_epoch(from.version.epoch());
    frame.set_now(from.now);

    const std::optional<Report> clean = sanitised(from.report);
    const auto sections = encode_sections(clean ? *clean : from.report, {from.version, from.now});
    std::size_t total = 0;
    for (const Section& section : sections) total += section.bytes.size();
    ColumnWriter pending;
    const auto flush = [&] {
        if (pending.bytes().empty()) return;
        Packed packed = pack(pending.bytes());
        proto::Pack& out = *frame.add_packs();
        out.set_raw_bytes(packed.raw_bytes);
        out.set_data(std::move(packed.data));
        pending = ColumnWriter();
    };
    for (const Section& section : sections) {
        pending.put(static_cast<std::uint64_t>(section.kind));
        pending.put(section.bytes.size());
        pending.put_bytes(section.bytes);
        if (total > kOnePackBytes) flush();
    }
    flush();
}

void fill(const Ack& from, proto::Envelope& into) {
    proto::Ack& ack = *into.mutable_ack();
    ack.set_epoch(from.epoch);
    ack.set_sequence(from.sequence);
    ack.set_durable_sequence(from.durable_sequence);
    ack.set_watched(from.watched);
}

void fill(const Goodbye& from, proto::Envelope& into) {
    proto::Goodbye& goodbye = *into.mutable_goodbye();
    goodbye.set_code(from.code);
    goodbye.set_reason(sanitised(from.reason));
    goodbye.set_retry(from.retry);
}

/// Moves texts out of a message, checking each; remembers the first that is not fit.
class TextReader {
  public:
    explicit TextReader(const Limits& limits) : limits_(limits) {}

    std::string take(const std::string& text, std::string_view field) {
        if (!error_ && text.size() > limits_.max_string_bytes) {
            error_ = fail(Errc::too_large,
                          fmt::format("{} is longer than {} bytes", field, limits_.max_string_bytes));
        }
        if (!error_ && !is_utf8(text))
            error_ = fail(Errc::invalid, fmt::format("{} is not valid UTF-8", field));
        return text;
    }

    /// The message, unless one of its texts was refused.
    Result<Message> finish(Message message) {
        if (error_) return *error_;
        return message;
    }

  private:
    const Limits& limits_;
    std::optional<Error> error_;
};

Result<Message> read(const proto::Hello& from, const Limits& limits) {
    constexpr int kMaxCapabilities = 64;
    if (from.capabilities_size() > kMaxCapabilities) {
        return fail(Errc::too_large, fmt::format("hello: more than {} capabilities", kMaxCapabilities));
    }
    TextReader texts(limits);
    Hello hello;
    hello.protocol_min = from.protocol_min();
    hello.protocol_max = from.protocol_max();
    hello.version = texts.take(from.version(), "hello.version");
    hello.host_id = texts.take(from.host_id(), "hello.host_id");
    hello.host_name = texts.take(from.host_name(), "hello.host_name");
    hello.boot_id = texts.take(from.boot_id(), "hello.boot_id");
    hello.instance_id = texts.take(from.instance_id(), "hello.instance_id");
    hello.cluster = texts.take(from.cluster(), "hello.cluster");
    hello.token = texts.take(from.token(), "hello.token");
    hello.epoch = from.epoch();
    hello.now = from.now();
    for (const std::string& capability : from.capabilities()) {
        hello.capabilities.push_back(texts.take(capability, "hello.capabilities"));
    }
    return texts.finish(std::move(hello));
}

Result<Message> read(const proto::Welcome& from, const Limits& limits) {
    TextReader texts(limits);
    Welcome welcome;
    welcome.protocol = from.protocol();
    welcome.version = texts.take(from.version(), "welcome.version");
    welcome.app_id = texts.take(from.app_id(), "welcome.app_id");
    welcome.epoch = from.epoch();
    welcome.max_nodes = from.max_nodes();
    welcome.now = from.now();
    return texts.finish(std::move(welcome));
}

Result<Message> read(const proto::Frame& from, const Limits& limits) {
    Frame frame;
    frame.epoch = from.epoch();
    frame.sequence = from.sequence();
    frame.full = from.full();
    frame.now = from.now();
    const std::uint64_t version_epoch = from.has_version_epoch() ? from.version_epoch() : from.epoch();
    if (frame.epoch > Version::kMaxEpoch || version_epoch > Version::kMaxEpoch ||
        from.tick() > Version::kMaxTick) {
        return fail(Errc::invalid, "frame: an epoch or tick is out of range");
    }
    frame.version = Version(version_epoch, from.tick());
    std::vector<std::string> packs;
    std::size_t left = limits.max_unpacked_bytes;
    for (const proto::Pack& pack : from.packs()) {
        auto raw = unpack(pack.raw_bytes(), pack.data(), left);
        if (!raw) return fail(raw.error().code, "frame: " + raw.error().message);
        left -= raw->size();
        packs.push_back(std::move(*raw));
    }
    auto report = decode_sections(packs, {frame.version, frame.now}, limits);
    if (!report) return fail(report.error().code, "frame: " + report.error().message);
    frame.report = std::move(*report);
    return Message(std::move(frame));
}

Result<Message> read(const proto::Ack& from) {
    Ack ack;
    ack.epoch = from.epoch();
    ack.sequence = from.sequence();
    ack.durable_sequence = from.durable_sequence();
    ack.watched = from.watched();
    return Message(ack);
}

Result<Message> read(const proto::Goodbye& from, const Limits& limits) {
    TextReader texts(limits);
    Goodbye goodbye;
    goodbye.code = from.code();
    goodbye.reason = texts.take(from.reason(), "goodbye.reason");
    goodbye.retry = from.retry();
    return texts.finish(std::move(goodbye));
}

}  // namespace

std::string encode(const Message& message) {
    proto::Envelope envelope;
    std::visit([&](const auto& body) { fill(body, envelope); }, message);
    return envelope.SerializeAsString();
}

Result<Message> decode(std::string_view bytes, const Limits& limits) {
    if (bytes.size() > limits.max_envelope_bytes) {
        return fail(Errc::too_large, fmt::format("a message of {} bytes is beyond the limit of {}",
                                                 bytes.size(), limits.max_envelope_bytes));
    }
    proto::Envelope envelope;
    if (!envelope.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return fail(Errc::invalid, "the message is not a protocol buffer of this protocol");
    }
    switch (envelope.message_case()) {
        case proto::Envelope::kHello:
            return read(envelope.hello(), limits);
        case proto::Envelope::kWelcome:
            return read(envelope.welcome(), limits);
        case proto::Envelope::kFrame:
            return read(envelope.frame(), limits);
        case proto::Envelope::kAck:
            return read(envelope.ack());
        case proto::Envelope::kGoodbye:
            return read(envelope.goodbye(), limits);
        case proto::Envelope::MESSAGE_NOT_SET:
            break;
    }
    return fail(Errc::unsupported,
                fmt::format("the message is of no kind that protocol {} knows", kProtocol));
}

}  // namespace reticle::report::wire
