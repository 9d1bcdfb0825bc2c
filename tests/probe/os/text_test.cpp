#include "probe/os/text.h"

#include <gtest/gtest.h>

namespace reticle::probe::os {
namespace {

TEST(ValidUtf8, LeavesTextAlone) {
    for (const std::string text : {"", "plain", "na\xC3\xAFve", "\xE2\x82\xAC", "\xF0\x9F\x90\x98", "a\nb\t"})
        EXPECT_EQ(valid_utf8(text), text);
}

TEST(ValidUtf8, ReplacesWhatIsNone) {
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(valid_utf8("a\xFF"
                         "b"),
              "a" + bad + "b");
    EXPECT_EQ(valid_utf8("\xE2\x82"), bad + bad) << "cut short";
    EXPECT_EQ(valid_utf8("\xC0\xAF"), bad + bad) << "overlong";
    EXPECT_EQ(valid_utf8("\xED\xA0\x80"), bad + bad + bad) << "a surrogate";
    EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), bad + bad + bad + bad) << "beyond U+10FFFF";
}

}  // namespace
}  // namespace reticle::probe::os
