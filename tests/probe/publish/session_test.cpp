#include "probe/publish/session.h"

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

namespace wire = report::wire;
using report::Key;
using report::Topology;
using report::Value;
using report::Version;
using namespace std::chrono_literals;

constexpr std::uint64_t kEpoch = 1000;

/// A probe's state, one session with an app, and the time, all moved by hand. The app's side joins what it is
/// sent, so that every test can ask whether it holds what the probe holds.
class Talk {
  public:
    explicit Talk(LocalState& state, double random = 0.0)
        : state_(state), session(hello_of(), [random] { return random; }) {}

    static wire::Hello hello_of() {
        wire::Hello hello;
        hello.host_id = "h1";
        hello.instance_id = "i1";
        return hello;
    }

    Step step() { return session.next(state_, now); }

    template <class T>
    T expect() {
        Step next = step();
        if (auto* as = std::get_if<T>(&next)) return std::move(*as);
        ADD_FAILURE() << "the next step is number " << next.index();
        return T{};
    }
    template <class T>
    T sent() {
        auto send = expect<Send>();
        if (auto* as = std::get_if<T>(&send.message)) return std::move(*as);
        ADD_FAILURE() << "the message is number " << send.message.index();
        return T{};
    }
    /// The next frame, joined into what the app holds.
    wire::Frame frame() {
        auto sent_frame = sent<wire::Frame>();
        if (sent_frame.full) app.end_absent(sent_frame.report, sent_frame.version);
        app.join(sent_frame.report);
        return sent_frame;
    }

    void receive(const wire::Message& message) { session.received(message, now.mono); }
    void ack(const wire::Frame& acknowledged) {
        receive(wire::Ack{acknowledged.epoch, acknowledged.sequence, 0, false});
    }

    /// From rest to live.
    void connect(std::uint64_t app_epoch = 0) {
        expect<Connect>();
        session.opened();
        const auto hello = sent<wire::Hello>();
        wire::Welcome welcome;
        welcome.epoch = std::max(hello.epoch, app_epoch);
        receive(welcome);
    }
    void lose() { session.closed(now.mono); }
    void after(std::chrono::milliseconds time) {
        now.mono += time;
        now.utc += std::chrono::nanoseconds(time).count();
    }

    [[nodiscard]] bool app_holds_the_state() const { return app == state_.state(); }

    LocalState& state_;
    Session session;
    Now now{MonoTime{} + 1h, 1'000'000};
    report::Report app;
};

class SessionTest : public testing::Test {
  protected:
    SessionTest() { tick("a"); }

    void tick(const std::string& name) {
        state.set(state.host(), Key::host_name, Value::string(name));
        state.flush(talk.now);
    }
    void process(const std::string& id) {
        state.alive({Topology::process, id});
        state.flush(talk.now);
    }
    void process_ended(const std::string& id) {
        state.ended({Topology::process, id});
        state.flush(talk.now);
    }

    LocalState state{"h1", kEpoch};
    Talk talk{state};
};

using SessionGreeting = SessionTest;
using SessionFrames = SessionTest;
using SessionAcks = SessionTest;
using SessionLoss = SessionTest;
using SessionRefusal = SessionTest;
using SessionEpoch = SessionTest;
using SessionStop = SessionTest;

TEST_F(SessionGreeting, SaysWhoItIsThenWaitsForTheWelcome) {
    talk.expect<Connect>();
    talk.expect<Wait>();
    talk.session.opened();
    const auto hello = talk.sent<wire::Hello>();
    EXPECT_EQ(hello.host_id, "h1");
    EXPECT_EQ(hello.instance_id, "i1");
    EXPECT_EQ(hello.epoch, kEpoch);
    EXPECT_EQ(hello.now, talk.now.utc);
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + Session::kWelcomeTimeout);
    EXPECT_FALSE(talk.session.live());
}

TEST_F(SessionGreeting, WaitsUntilTheFirstTickIsClosed) {
    LocalState empty("h1", kEpoch);
    Talk early(empty);
    early.expect<Connect>();
    early.session.opened();
    early.expect<Wait>();
    empty.flush(early.now);
    early.sent<wire::Hello>();
}

TEST_F(SessionGreeting, GivesUpWithoutAWelcome) {
    talk.expect<Connect>();
    talk.session.opened();
    talk.sent<wire::Hello>();
    talk.after(Session::kWelcomeTimeout);
    EXPECT_NE(talk.expect<Disconnect>().why.find("no welcome"), std::string::npos);
    talk.expect<Wait>();
    talk.lose();
    talk.after(Backoff::kLongest);
    talk.connect();
}

TEST_F(SessionGreeting, RefusesAProtocolThatItDidNotOffer) {
    talk.expect<Connect>();
    talk.session.opened();
    talk.sent<wire::Hello>();
    wire::Welcome welcome;
    welcome.epoch = kEpoch;
    welcome.protocol = 99;
    talk.receive(welcome);
    talk.expect<Disconnect>();
}

TEST_F(SessionGreeting, RefusesAnEpochBeforeItsOwn) {
    talk.expect<Connect>();
    talk.session.opened();
    talk.sent<wire::Hello>();
    wire::Welcome welcome;
    welcome.epoch = kEpoch - 1;
    talk.receive(welcome);
    talk.expect<Disconnect>();
}

TEST_F(SessionFrames, BeginsWithAFullOne) {
    process("p1");
    talk.connect();
    const auto frame = talk.frame();
    EXPECT_TRUE(frame.full);
    EXPECT_EQ(frame.sequence, 1u);
    EXPECT_EQ(frame.epoch, kEpoch);
    EXPECT_EQ(frame.version, state.version());
    EXPECT_TRUE(talk.app_holds_the_state());
}

TEST_F(SessionFrames, GatherNewsWhileOneIsOutstanding) {
    talk.connect();
    const auto first = talk.frame();
    process("p1");
    process("p2");
    process_ended("p1");
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + Session::kAckTimeout);
    talk.ack(first);
    const auto second = talk.frame();
    EXPECT_FALSE(second.full);
    EXPECT_EQ(second.sequence, 2u);
    EXPECT_EQ(second.report.nodes.size(), 2u);
    EXPECT_TRUE(talk.app_holds_the_state());
    talk.ack(second);
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + Session::kHeartbeat);
}

TEST_F(SessionFrames, SayNothingNewAsAHeartbeat) {
    talk.connect();
    talk.ack(talk.frame());
    talk.expect<Wait>();
    talk.after(Session::kHeartbeat);
    const auto frame = talk.frame();
    EXPECT_FALSE(frame.full);
    EXPECT_TRUE(frame.report.empty());
    EXPECT_EQ(frame.now, talk.now.utc);
}

TEST_F(SessionFrames, AreFullAgainWhenATombstoneIsGoneThatTheAppNeverSaw) {
    process("p1");
    talk.connect();
    const auto first = talk.frame();
    process_ended("p1");
    talk.after(LocalState::kTombstoneAge + 1s);
    tick("b");
    ASSERT_EQ(state.state().find(report::NodeKey{Topology::process, "p1"}), nullptr);
    talk.ack(first);
    const auto second = talk.frame();
    EXPECT_TRUE(second.full);
    EXPECT_TRUE(talk.app.find(report::NodeKey{Topology::process, "p1"})->presence.ended());
}

TEST_F(SessionFrames, TooLargeForAnAppEndTheConnectionAndComeBackSlowly) {
    talk.connect();
    talk.frame();
    talk.session.too_large(20'000'000);
    talk.expect<Disconnect>();
    talk.lose();
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + Backoff::kLongest / 2);
}

TEST_F(SessionAcks, OnesThatComeTwiceOrLateChangeNothing) {
    talk.connect();
    const auto first = talk.frame();
    talk.ack(first);
    process("p1");
    const auto second = talk.frame();
    talk.ack(first);  // again, and late
    talk.expect<Wait>();
    EXPECT_EQ(talk.session.acknowledged(), first.version);
    talk.ack(second);
    talk.ack(second);
    EXPECT_EQ(talk.session.acknowledged(), second.version);
    process("p2");
    EXPECT_EQ(talk.frame().sequence, 3u);
    EXPECT_TRUE(talk.app_holds_the_state());
}

TEST_F(SessionAcks, OfAFrameNeverSentEndTheConnection) {
    talk.connect();
    const auto first = talk.frame();
    talk.receive(wire::Ack{first.epoch, first.sequence + 1, 0, false});
    talk.expect<Disconnect>();
}

TEST_F(SessionAcks, OfAnotherEpochAreNotForThisFrame) {
    talk.connect();
    const auto first = talk.frame();
    talk.receive(wire::Ack{first.epoch - 1, first.sequence, 0, false});
    EXPECT_EQ(talk.session.acknowledged(), Version{});
    talk.expect<Wait>();
}

TEST_F(SessionAcks, MissingForTooLongEndTheConnection) {
    talk.connect();
    talk.frame();
    talk.after(Session::kAckTimeout);
    EXPECT_NE(talk.expect<Disconnect>().why.find("acknowledged nothing"), std::string::npos);
}

TEST_F(SessionAcks, SayWhetherSomeoneLooks) {
    talk.connect();
    const auto first = talk.frame();
    talk.receive(wire::Ack{first.epoch, first.sequence, 0, true});
    EXPECT_TRUE(talk.session.watched());
    talk.lose();
    EXPECT_FALSE(talk.session.watched());
}

TEST_F(SessionLoss, IsFollowedByAFullFrameWithAllThatChangedMeanwhile) {
    process("p1");
    talk.connect();
    talk.ack(talk.frame());
    talk.lose();
    EXPECT_EQ(talk.session.acknowledged(), std::nullopt);
    process_ended("p1");
    process("p2");
    talk.after(Backoff::kLongest);
    talk.connect();
    const auto frame = talk.frame();
    EXPECT_TRUE(frame.full);
    EXPECT_EQ(frame.sequence, 1u);
    EXPECT_TRUE(talk.app_holds_the_state());
}

TEST_F(SessionLoss, WithAFrameOutstandingSendsItAllAgain) {
    talk.connect();
    talk.frame();
    talk.lose();
    talk.app = {};  // it never arrived
    talk.after(Backoff::kLongest);
    talk.connect();
    EXPECT_TRUE(talk.frame().full);
    EXPECT_TRUE(talk.app_holds_the_state());
}

TEST_F(SessionLoss, AcksOfTheConnectionBeforeAreNotForThisOne) {
    talk.connect();
    const auto before = talk.frame();
    talk.lose();
    talk.after(Backoff::kLongest);
    talk.expect<Connect>();
    talk.ack(before);  // still connecting: ignored
    talk.session.opened();
    talk.sent<wire::Hello>();
}

TEST_F(SessionLoss, WaitsLongerEachTimeUpToALimit) {
    std::vector<std::chrono::milliseconds> waits;
    for (int i = 0; i < 8; ++i) {
        talk.expect<Connect>();
        talk.lose();
        const auto until = talk.expect<Wait>().until.value();
        waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(until - talk.now.mono));
        talk.now.mono = until;
    }
    EXPECT_EQ(waits, (std::vector<std::chrono::milliseconds>{250ms, 500ms, 1000ms, 2000ms, 4000ms, 7500ms,
                                                             7500ms, 7500ms}));
}

TEST_F(SessionLoss, AfterAMinuteOfHealthStartsWithTheShortestWait) {
    for (int i = 0; i < 6; ++i) {
        talk.expect<Connect>();
        talk.lose();
        talk.after(Backoff::kLongest);
    }
    talk.connect();
    talk.after(Session::kHealthy - 1ms);
    talk.lose();
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + 7500ms);
    talk.after(Backoff::kLongest);
    talk.connect();
    talk.after(Session::kHealthy);
    talk.lose();
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + 250ms);
}

TEST(Backoff, JitterStaysWithinHalfAStep) {
    Backoff lucky([] { return 0.0; });
    Backoff unlucky([] { return 0.999; });
    EXPECT_EQ(lucky.next(), 250ms);
    EXPECT_EQ(unlucky.next(), 499ms);
    EXPECT_EQ(lucky.next(), 500ms);
    EXPECT_EQ(unlucky.next(), 999ms);
}

TEST_F(SessionRefusal, ForGoodEndsTheSessionAndNamesTheRemedy) {
    talk.expect<Connect>();
    talk.session.opened();
    talk.sent<wire::Hello>();
    talk.receive(
        wire::Goodbye{static_cast<std::uint32_t>(wire::GoodbyeCode::bad_token), "wrong\ntoken", false});
    const auto why = talk.expect<Disconnect>().why;
    EXPECT_EQ(
        why,
        "the app refused this probe: wrong token (give this probe the app's join token with --token-file)");
    talk.lose();
    talk.expect<Finished>();
    EXPECT_TRUE(talk.session.finished());
    EXPECT_EQ(talk.session.refusal(), why);
}

TEST_F(SessionRefusal, ForNowComesBackSlowly) {
    talk.connect();
    talk.ack(talk.frame());
    talk.receive(
        wire::Goodbye{static_cast<std::uint32_t>(wire::GoodbyeCode::duplicate_host), "h1 is there", true});
    EXPECT_NE(talk.expect<Disconnect>().why.find("--host-id"), std::string::npos);
    talk.lose();
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + Backoff::kLongest / 2);
}

TEST_F(SessionRefusal, AnAppThatStopsIsTriedAgainSoon) {
    talk.connect();
    talk.receive(wire::Goodbye{static_cast<std::uint32_t>(wire::GoodbyeCode::stopping), "restart", true});
    talk.expect<Disconnect>();
    talk.lose();
    EXPECT_EQ(talk.expect<Wait>().until, talk.now.mono + 250ms);
    EXPECT_TRUE(talk.session.refusal().empty());
}

TEST_F(SessionRefusal, EveryCodeIsExplained) {
    for (std::uint32_t code = 1; code < 10; ++code) {
        const auto text = explain(wire::Goodbye{code, "", true});
        EXPECT_NE(text.find("no reason given ("), std::string::npos) << text;
        EXPECT_EQ(text.find("()"), std::string::npos) << text;
    }
}

TEST_F(SessionRefusal, NonsenseEndsTheConnectionAndIsTriedAgain) {
    talk.connect();
    talk.session.received_garbage(fail(Errc::invalid, "not an envelope"));
    EXPECT_NE(talk.expect<Disconnect>().why.find("not an envelope"), std::string::npos);
    talk.lose();
    talk.after(Backoff::kLongest);
    talk.connect();
}

TEST_F(SessionRefusal, MessagesOutOfPlaceAreNonsense) {
    talk.connect();
    talk.receive(wire::Hello{});
    talk.expect<Disconnect>();
    talk.receive(wire::Ack{kEpoch, 1, 0, false});  // the rest is not looked at
    talk.expect<Wait>();
}

TEST_F(SessionEpoch, IsRaisedToWhatTheAppSaw) {
    process("p1");
    talk.connect(kEpoch + 7);
    const auto raise = talk.expect<RaiseEpoch>();
    EXPECT_EQ(raise.epoch, kEpoch + 7);
    state.raise_epoch(raise.epoch);
    const auto frame = talk.frame();
    EXPECT_TRUE(frame.full);
    EXPECT_EQ(frame.epoch, kEpoch + 7);
    EXPECT_TRUE(talk.app_holds_the_state());
}

TEST_F(SessionEpoch, RaisedByOneAppMeansThatTheOtherIsGreetedAnewAtOnce) {
    Talk other(state);
    other.connect();
    const auto first = other.frame();
    talk.connect(kEpoch + 7);
    state.raise_epoch(talk.expect<RaiseEpoch>().epoch);
    other.ack(first);
    other.expect<Disconnect>();
    other.lose();
    other.connect();
    const auto frame = other.frame();
    EXPECT_TRUE(frame.full);
    EXPECT_EQ(frame.epoch, kEpoch + 7);
    other.ack(frame);
    EXPECT_TRUE(other.app_holds_the_state());
    other.expect<Wait>();
}

TEST_F(SessionEpoch, OfAWelcomeThatIsOvertakenByAnotherAppIsAgreedAnew) {
    Talk other(state);
    other.expect<Connect>();
    other.session.opened();
    const auto hello = other.sent<wire::Hello>();
    state.raise_epoch(kEpoch + 7);
    wire::Welcome welcome;
    welcome.epoch = hello.epoch;
    other.receive(welcome);
    other.expect<Disconnect>();
    other.lose();
    other.connect();
    EXPECT_EQ(other.frame().epoch, kEpoch + 7);
}

TEST_F(SessionStop, SaysGoodbyeToTheApp) {
    talk.connect();
    talk.frame();
    talk.session.stop();
    const auto goodbye = talk.sent<wire::Goodbye>();
    EXPECT_EQ(goodbye.code, static_cast<std::uint32_t>(wire::GoodbyeCode::stopping));
    talk.expect<Disconnect>();
    talk.lose();
    talk.expect<Finished>();
    EXPECT_TRUE(talk.session.refusal().empty());
}

TEST_F(SessionStop, FinishesAtOnceWhenNobodyListens) {
    talk.session.stop();
    talk.expect<Finished>();
    Talk connecting(state);
    connecting.expect<Connect>();
    connecting.session.stop();
    connecting.expect<Finished>();
    connecting.session.opened();  // too late
    connecting.expect<Finished>();
}

TEST_F(SessionStop, BeforeTheHelloJustLeaves) {
    talk.expect<Connect>();
    talk.session.opened();
    talk.session.stop();
    talk.expect<Disconnect>();
    talk.lose();
    talk.expect<Finished>();
}

TEST(Session, SeveralAppsAreEachSentWhatTheyLack) {
    LocalState state("h1", kEpoch);
    Talk fast(state);
    Talk slow(state);
    state.flush(fast.now);
    fast.connect();
    slow.connect();
    fast.ack(fast.frame());
    const auto outstanding = slow.frame();
    for (int i = 0; i < 5; ++i) {
        state.alive({Topology::process, "p" + std::to_string(i)});
        state.flush(fast.now);
        const auto frame = fast.frame();
        EXPECT_EQ(frame.report.nodes.size(), 1u);
        fast.ack(frame);
        slow.expect<Wait>();
    }
    slow.ack(outstanding);
    EXPECT_EQ(slow.frame().report.nodes.size(), 5u);
    EXPECT_TRUE(fast.app_holds_the_state());
    EXPECT_TRUE(slow.app_holds_the_state());
    EXPECT_LT(slow.session.acknowledged(), fast.session.acknowledged());
}

}  // namespace
}  // namespace reticle::probe
