#include "app/http/stream_command.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace reticle::app {
namespace {

using namespace std::chrono_literals;

std::string wrong(std::string_view text) {
    const StreamCommand command = parse_stream_command(text);
    const auto* bad = std::get_if<BadCommand>(&command);
    return bad == nullptr ? "" : bad->message;
}

TEST(StreamCommand, ReadsASubscription) {
    const StreamCommand command = parse_stream_command(
        R"({"type":"subscribe","sub":64,"view":"processes","options":{"unconnected":"hide"},)"
        R"("resume":{"app_epoch":"7f3a","seq":17}})");
    const auto* subscribe = std::get_if<SubscribeCommand>(&command);
    ASSERT_NE(subscribe, nullptr);
    EXPECT_EQ(subscribe->sub, 64u);
    EXPECT_EQ(subscribe->view, "processes");
    EXPECT_EQ(subscribe->options, (OptionValues{{"unconnected", "hide"}}));
    EXPECT_EQ(subscribe->resume_app_epoch, "7f3a");
    EXPECT_EQ(subscribe->resume_sequence, 17u);
}

TEST(StreamCommand, ReadsAnUnsubscription) {
    const StreamCommand command = parse_stream_command(R"({"type":"unsubscribe","sub":3})");
    ASSERT_TRUE(std::holds_alternative<UnsubscribeCommand>(command));
    EXPECT_EQ(std::get<UnsubscribeCommand>(command).sub, 3u);
}

TEST(StreamCommand, SaysWhatIsWrong) {
    EXPECT_EQ(wrong("not json"), "a message must be one JSON object");
    EXPECT_EQ(wrong("[]"), "a message must be one JSON object");
    EXPECT_EQ(wrong(R"({"type":"subscribe"})"), "sub must be an integer from 1 to 64");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":0})"), "sub must be an integer from 1 to 64");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":65})"), "sub must be an integer from 1 to 64");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":-1})"), "sub must be an integer from 1 to 64");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":1.5})"), "sub must be an integer from 1 to 64");
    EXPECT_EQ(wrong(R"({"type":"dance","sub":1})"), "type must be subscribe or unsubscribe");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":1})"), "view must be a string");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":1,"view":"a","vew":1})"), "unknown member 'vew'");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":1,"view":"a","options":[]})"),
              "options must be an object of strings");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":1,"view":"a","options":{"a":1}})"),
              "options must be an object of strings");
    EXPECT_EQ(wrong(R"({"type":"subscribe","sub":1,"view":"a","resume":{"seq":1}})"),
              "resume must be {app_epoch, seq}");
    EXPECT_EQ(wrong(std::string(60'000, '[')), "the message is nested too deeply");
}

RC_GTEST_PROP(StreamCommand, SurvivesAnything, (const std::string& text)) {
    parse_stream_command(text);
    parse_stream_command("{\"type\":\"subscribe\",\"sub\":1,\"view\":\"" + text + "\"}");
}

TEST(MessageRate, AllowsABurstThenARate) {
    const MonoTime start{};
    MessageRate rate(3, 2, start);
    EXPECT_TRUE(rate.allow(start) && rate.allow(start) && rate.allow(start));
    EXPECT_FALSE(rate.allow(start));
    EXPECT_TRUE(rate.allow(start + 500ms));
    EXPECT_FALSE(rate.allow(start + 600ms));
    EXPECT_TRUE(rate.allow(start + 100s) && rate.allow(start + 100s) && rate.allow(start + 100s));
    EXPECT_FALSE(rate.allow(start + 100s));
}

}  // namespace
}  // namespace reticle::app
