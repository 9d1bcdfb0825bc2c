#include "app/http/gzip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace reticle::app {
namespace {

RC_GTEST_PROP(Gzip, UnzipsToWhatWasZipped, (const std::string& text)) {
    RC_ASSERT(*gunzip(gzip(text), text.size()) == text);
}

TEST(Gunzip, StopsAtTheCap) {
    const std::string bomb = gzip(std::string(10'000'000, 'a'));
    EXPECT_LT(bomb.size(), 100'000u);
    EXPECT_EQ(gunzip(bomb, 1'000'000).error().code, Errc::too_large);
}

TEST(Gunzip, RefusesWhatIsNotWholeGzip) {
    const std::string whole = gzip("something worth zipping, several times over and over and over");
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        EXPECT_FALSE(gunzip(whole.substr(0, cut), 1000)) << cut;
    }
    EXPECT_FALSE(gunzip("plain text", 1000));
    EXPECT_FALSE(gunzip(whole + "x", 1000));
}

RC_GTEST_PROP(Gunzip, SurvivesAnything, (const std::string& bytes)) {
    const auto result = gunzip(bytes, 1000);
    // In brackets of its own: the macro would evaluate both sides.
    RC_ASSERT((!result || result->size() <= 1000u));
}

TEST(AcceptEncoding, ReadsQualities) {
    EXPECT_TRUE(accepts_gzip("gzip"));
    EXPECT_TRUE(accepts_gzip("br, gzip;q=0.5"));
    EXPECT_TRUE(accepts_gzip("*"));
    EXPECT_FALSE(accepts_gzip(""));
    EXPECT_FALSE(accepts_gzip("br"));
    EXPECT_FALSE(accepts_gzip("gzip;q=0"));
    EXPECT_FALSE(accepts_gzip("gzip; q=0.000, br"));
}

}  // namespace
}  // namespace reticle::app
