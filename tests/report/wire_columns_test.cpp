#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/base/utf8.h"
#include "report/wire/columns.h"

namespace reticle::report::wire {
namespace {

RC_GTEST_PROP(Columns, NumbersComeBack,
              (std::uint64_t number, std::int64_t signed_number, std::uint64_t base)) {
    ColumnWriter writer;
    writer.put(number);
    writer.put_signed(signed_number);
    writer.put_delta(base, number);
    writer.put_fixed64(number);
    ColumnReader reader(writer.bytes());
    RC_ASSERT(reader.take() == number);
    RC_ASSERT(reader.take_signed() == signed_number);
    RC_ASSERT(reader.take_delta(base) == number);
    RC_ASSERT(reader.take_fixed64() == number);
    RC_ASSERT(!reader.failed());
    RC_ASSERT(reader.remaining() == 0U);
}

TEST(Columns, LargestNumbersComeBack) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    ColumnWriter writer;
    writer.put(kMost);
    writer.put_signed(std::numeric_limits<std::int64_t>::min());
    writer.put_delta(kMost, 0);
    ColumnReader reader(writer.bytes());
    EXPECT_EQ(reader.take(), kMost);
    EXPECT_EQ(reader.take_signed(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(reader.take_delta(kMost), 0U);
    EXPECT_FALSE(reader.failed());
}

TEST(Columns, NumbersOfMoreThanSixtyFourBitsFail) {
    ColumnReader too_large("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
    too_large.take();
    EXPECT_TRUE(too_large.failed());
    ColumnReader endless("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
    endless.take();
    EXPECT_TRUE(endless.failed());
    ColumnReader cut("\xff");
    cut.take();
    EXPECT_TRUE(cut.failed());
}

void expect_real(double value, std::size_t most_bytes) {
    ColumnWriter writer;
    const std::uint8_t form = put_real(writer, value);
    EXPECT_LE(writer.bytes().size(), most_bytes) << value;
    ColumnReader reader(writer.bytes());
    EXPECT_EQ(take_real(reader, form), value);
    EXPECT_EQ(reader.remaining(), 0U);
    EXPECT_LT(form, 8);
}

TEST(Columns, RealNumbersAreShortAndExact) {
    expect_real(0, 1);
    expect_real(12.5, 2);
    expect_real(99.99, 3);
    expect_real(0.125, 2);
    expect_real(7340032, 2);        // pages
    expect_real(68719476736.0, 4);  // 64 GiB
    expect_real(1.0 / 3, 8);
    expect_real(-17, 1);
    expect_real(1e300, 8);
    expect_real(std::numeric_limits<double>::max(), 8);
    expect_real(std::numeric_limits<double>::denorm_min(), 8);
    expect_real(0.1F, 4);
}

RC_GTEST_PROP(Columns, EveryRealNumberComesBackExactly, (double value)) {
    ColumnWriter writer;
    const std::uint8_t form = put_real(writer, value);
    ColumnReader reader(writer.bytes());
    RC_ASSERT(take_real(reader, form) == value);
    RC_ASSERT(!reader.failed());
}

TEST(Columns, MomentsTakeTheCoarsestExactUnit) {
    const UtcNanos now = 1'795'311'324'123'456'789;
    for (const UtcNanos moment :
         {now, UtcNanos{0}, now - 1'000'000'000, UtcNanos{1'795'311'324'000'000'000},
          std::numeric_limits<UtcNanos>::max(), std::numeric_limits<UtcNanos>::min()}) {
        ColumnWriter writer;
        const std::uint8_t form = put_time(writer, now, moment);
        ColumnReader reader(writer.bytes());
        EXPECT_EQ(take_time(reader, now, form), moment);
    }
    ColumnWriter seconds;
    put_time(seconds, now, 1'795'311'320'000'000'000);
    EXPECT_EQ(seconds.bytes().size(), 1U);
}

TEST(Utf8, TellsTextFromBytes) {
    for (const char* good : {"", "plain", "äöü", "日本", "😀", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const char* bad : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xf8\x88\x80\x80\x80", "a\xff"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
}

TEST(Utf8, ReplacesMalformedBytesAndCutsBetweenCharacters) {
    EXPECT_EQ(to_utf8("a\xff"
                      "b",
                      100),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(to_utf8("\xe2\x82", 100), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(to_utf8("aä", 2), "a");
    EXPECT_EQ(to_utf8("aä", 3), "aä");
}

}  // namespace
}  // namespace reticle::report::wire
