#include "app/scope/time_text.h"

#include <gtest/gtest.h>

namespace reticle::app::scope {
namespace {

using std::chrono::milliseconds;

TEST(GoDuration, UnitsAddUp) {
    EXPECT_EQ(*parse_duration("5s"), milliseconds(5000));
    EXPECT_EQ(*parse_duration("1m30s"), milliseconds(90'000));
    EXPECT_EQ(*parse_duration("250ms"), milliseconds(250));
    EXPECT_EQ(*parse_duration("1.5s"), milliseconds(1500));
    EXPECT_EQ(*parse_duration("1h"), milliseconds(3'600'000));
}

TEST(GoDuration, WhatIsNoDurationIsRefusedByName) {
    for (const char* text : {"", "5", "s", "-5s", "5 s", "5x", "1e3s", "100000h", "nan", "5s!"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_NE(duration.error().message.find("is not a duration"), std::string::npos);
    }
}

TEST(Rfc3339, TimesAreKnownByTheirShape) {
    EXPECT_TRUE(is_rfc3339("2021-06-01T12:00:00Z"));
    EXPECT_TRUE(is_rfc3339("2021-06-01T12:00:00.123456789Z"));
    EXPECT_TRUE(is_rfc3339("2021-06-01T12:00:00+02:00"));
    for (const char* text : {"", "yesterday", "2021-06-01", "2021-06-01T12:00:00", "2021-06-01T12:00:00.Z",
                             "2021-06-01T12:00:00+0200", "2021-06-01T12:00:00Zz"}) {
        EXPECT_FALSE(is_rfc3339(text)) << text;
    }
}

TEST(Rfc3339, MomentsAreWrittenInUtc) {
    EXPECT_EQ(rfc3339(1'622'548'800'000'000'000), "2021-06-01T12:00:00Z");
    EXPECT_EQ(rfc3339(1'622'548'800'000'000'007), "2021-06-01T12:00:00.000000007Z");
}

}  // namespace
}  // namespace reticle::app::scope
