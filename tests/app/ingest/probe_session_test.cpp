#include "app/ingest/probe_session.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace reticle::app {
namespace {

namespace wire = report::wire;
using wire::GoodbyeCode;

wire::Hello hello() {
    wire::Hello hello;
    hello.version = "test";
    hello.host_id = "h1";
    hello.host_name = "web-1";
    hello.boot_id = "boot";
    hello.instance_id = "instance";
    hello.epoch = 7;
    return hello;
}

wire::Frame frame(std::uint64_t sequence, bool full, std::uint64_t epoch = 7) {
    wire::Frame frame;
    frame.epoch = epoch;
    frame.sequence = sequence;
    frame.full = full;
    frame.version = report::Version(epoch, sequence);
    return frame;
}

ProbeSession session(const std::string& token = "") {
    return {JoinToken(token), wire::Limits{}};
}

/// The session after an accepted hello of epoch 7.
ProbeSession talking() {
    ProbeSession one = session();
    one.received(wire::encode(hello()));
    wire::Welcome welcome;
    welcome.epoch = 7;
    one.opened(welcome);
    return one;
}

/// The last words of a step that ends the session.
wire::Goodbye last_words(const ProbeSession::Step& step) {
    const auto* end = std::get_if<ProbeSession::End>(&step);
    if (end == nullptr || end->bytes.empty()) {
        ADD_FAILURE() << "the session did not end with words";
        return {};
    }
    return std::get<wire::Goodbye>(*wire::decode(end->bytes));
}

void expect_refused(const ProbeSession::Step& step, GoodbyeCode code) {
    const wire::Goodbye words = last_words(step);
    EXPECT_EQ(words.code, static_cast<std::uint32_t>(code)) << words.reason;
    EXPECT_FALSE(words.reason.empty());
}

TEST(ProbeSession, GreetsFirst) {
    ProbeSession one = session();
    const auto step = one.received(wire::encode(hello()));
    ASSERT_TRUE(std::holds_alternative<ProbeSession::Open>(step));
    EXPECT_EQ(std::get<ProbeSession::Open>(step).hello.host_id, "h1");
    wire::Welcome welcome;
    welcome.epoch = 9;
    const auto answer = one.opened(welcome);
    ASSERT_TRUE(std::holds_alternative<ProbeSession::Send>(answer));
    EXPECT_EQ(std::get<wire::Welcome>(*wire::decode(std::get<ProbeSession::Send>(answer).bytes)).epoch, 9u);
    EXPECT_EQ(one.hello()->host_id, "h1");
}

TEST(ProbeSession, AFrameBeforeTheHelloIsMalformed) {
    ProbeSession one = session();
    expect_refused(one.received(wire::encode(frame(1, true))), GoodbyeCode::malformed);
}

TEST(ProbeSession, ASecondHelloIsMalformed) {
    ProbeSession one = talking();
    expect_refused(one.received(wire::encode(hello())), GoodbyeCode::malformed);
}

TEST(ProbeSession, NoHelloInTimeIsSaid) {
    ProbeSession one = session();
    expect_refused(one.late(), GoodbyeCode::malformed);
}

TEST(ProbeSession, AWrongTokenIsRefused) {
    wire::Hello wrong = hello();
    wrong.token = "another-secret-value";
    ProbeSession one = session("the-secret-of-the-house");
    expect_refused(one.received(wire::encode(wrong)), GoodbyeCode::bad_token);
    wrong.token = "the-secret-of-the-house";
    ProbeSession two = session("the-secret-of-the-house");
    EXPECT_TRUE(std::holds_alternative<ProbeSession::Open>(two.received(wire::encode(wrong))));
}

TEST(ProbeSession, ForeignProtocolsAreRefusedEitherWay) {
    wire::Hello newer = hello();
    newer.protocol_min = wire::kProtocol + 1;
    newer.protocol_max = wire::kProtocol + 2;
    ProbeSession one = session();
    expect_refused(one.received(wire::encode(newer)), GoodbyeCode::protocol_too_new);
    wire::Hello older = hello();
    older.protocol_min = 0;
    older.protocol_max = wire::kOldestProtocol - 1;
    ProbeSession two = session();
    const auto step = two.received(wire::encode(older));
    const auto code = last_words(step).code;
    EXPECT_TRUE(code == static_cast<std::uint32_t>(GoodbyeCode::protocol_too_old) ||
                code == static_cast<std::uint32_t>(GoodbyeCode::malformed));
}

TEST(ProbeSession, UnfitNamesAreRefused) {
    for (const std::string& id :
         {std::string(), std::string("a b"), std::string("a/b"), std::string(129, 'a')}) {
        wire::Hello unfit = hello();
        unfit.host_id = id;
        ProbeSession one = session();
        expect_refused(one.received(wire::encode(unfit)), GoodbyeCode::malformed);
    }
}

TEST(ProbeSession, ATwinOfALiveHostIsRefusedButMayRetry) {
    ProbeSession one = session();
    one.received(wire::encode(hello()));
    const auto words = last_words(one.opened(fail(Errc::conflict, "h1 is reported by another probe")));
    EXPECT_EQ(words.code, static_cast<std::uint32_t>(GoodbyeCode::duplicate_host));
    EXPECT_TRUE(words.retry);
}

TEST(ProbeSession, EachFrameIsAcknowledgedOnceApplied) {
    ProbeSession one = talking();
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
        const auto step = one.received(wire::encode(frame(sequence, sequence == 1)));
        ASSERT_TRUE(std::holds_alternative<ProbeSession::Apply>(step));
        const auto answer = one.applied(wire::Ack{7, sequence, 0, false});
        ASSERT_TRUE(std::holds_alternative<ProbeSession::Send>(answer));
        EXPECT_EQ(std::get<wire::Ack>(*wire::decode(std::get<ProbeSession::Send>(answer).bytes)).sequence,
                  sequence);
    }
}

TEST(ProbeSession, ARepeatedFrameIsPassedOnForTheWorldToIgnore) {
    ProbeSession one = talking();
    one.received(wire::encode(frame(1, true)));
    one.applied(wire::Ack{7, 1, 0, false});
    EXPECT_TRUE(std::holds_alternative<ProbeSession::Apply>(one.received(wire::encode(frame(1, true)))));
}

TEST(ProbeSession, AGapNeedsAFullFrame) {
    ProbeSession one = talking();
    one.received(wire::encode(frame(1, true)));
    one.applied(wire::Ack{7, 1, 0, false});
    expect_refused(one.received(wire::encode(frame(3, false))), GoodbyeCode::malformed);
    ProbeSession two = talking();
    expect_refused(two.received(wire::encode(frame(1, false))), GoodbyeCode::malformed);
}

TEST(ProbeSession, AnotherEpochIsMalformed) {
    ProbeSession one = talking();
    expect_refused(one.received(wire::encode(frame(1, true, 8))), GoodbyeCode::malformed);
}

TEST(ProbeSession, MessagesForProbesAreMalformedFromProbes) {
    ProbeSession one = talking();
    expect_refused(one.received(wire::encode(wire::Ack{7, 1, 0, false})), GoodbyeCode::malformed);
    ProbeSession two = session();
    expect_refused(two.received(wire::encode(wire::Welcome{})), GoodbyeCode::malformed);
}

TEST(ProbeSession, AGoodbyeEndsTheProbesThingsOnlyWhenItStops) {
    ProbeSession one = talking();
    const auto stops = one.received(wire::encode(wire::Goodbye{0, "stopping", true}));
    EXPECT_TRUE(std::get<ProbeSession::End>(stops).left);
    ProbeSession two = talking();
    const auto fails = two.received(
        wire::encode(wire::Goodbye{static_cast<std::uint32_t>(GoodbyeCode::malformed), "odd ack", true}));
    EXPECT_FALSE(std::get<ProbeSession::End>(fails).left);
    ProbeSession three = session();
    EXPECT_FALSE(std::get<ProbeSession::End>(three.received(wire::encode(wire::Goodbye{}))).left);
}

TEST(ProbeSession, SaysTooLargeForWhatIsTooLarge) {
    ProbeSession one = talking();
    expect_refused(one.unreadable(fail(Errc::too_large, "a message is larger than 16 bytes")),
                   GoodbyeCode::too_large);
}

RC_GTEST_PROP(ProbeSession, RandomBytesNeverReachTheWorld, (const std::string& bytes)) {
    ProbeSession one = talking();
    const auto step = one.received(bytes);
    RC_ASSERT(std::holds_alternative<ProbeSession::End>(step));
}

RC_GTEST_PROP(ProbeSession, TruncatedFramesNeverReachTheWorld, ()) {
    const std::string whole = wire::encode(frame(1, true));
    const auto cut = *rc::gen::inRange<std::size_t>(1, whole.size());
    ProbeSession one = talking();
    const auto step = one.received(std::string_view(whole).substr(0, cut));
    // A cut that happens to end between two optional fields is a shorter, valid message; never a larger one.
    if (const auto* apply = std::get_if<ProbeSession::Apply>(&step)) RC_ASSERT(apply->frame.report.empty());
}

}  // namespace
}  // namespace reticle::app
