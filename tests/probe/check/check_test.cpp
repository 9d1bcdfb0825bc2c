#include "probe/check.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

const Finding& finding(const std::vector<Finding>& findings, const std::string& feature) {
    const auto found = std::find_if(findings.begin(), findings.end(), [&](const auto& each) {
        return each.feature.find(feature) != std::string::npos;
    });
    if (found != findings.end()) return *found;
    throw std::out_of_range(feature);
}

TEST(Check, EveryFindingSaysWhatItGivesWhatIsLostAndTheRemedy) {
    const auto findings = check_machine("/proc", "/tmp");
    EXPECT_GE(findings.size(), 8u);
    for (const auto& each : findings) {
        EXPECT_FALSE(each.feature.empty());
        EXPECT_FALSE(each.gives.empty()) << each.feature;
        EXPECT_FALSE(each.lost.empty()) << each.feature;
        EXPECT_FALSE(each.remedy.empty()) << each.feature;
    }
    EXPECT_TRUE(finding(findings, "/proc").present);
    EXPECT_TRUE(finding(findings, "state directory").present);
}

TEST(Check, ADirectoryThatIsNoProcIsFound) {
    const auto findings = check_machine("/nonexistent", "/proc/none");
    EXPECT_FALSE(finding(findings, "/proc").present);
    EXPECT_FALSE(finding(findings, "CPU clocks").present);
}

TEST(CheckText, WhatIsMissingComesWithLossAndRemedy) {
    const auto text = findings_text({{"wings", true, "flying", "walking", "grow them"},
                                     {"gills", false, "diving", "drowning", "stay out of the water"}});
    EXPECT_NE(text.find("yes  wings: flying\n"), std::string::npos);
    EXPECT_NE(text.find("NO   gills: drowning\n     remedy: stay out of the water\n"), std::string::npos);
    EXPECT_EQ(text.find("grow them"), std::string::npos);
}

TEST(CheckText, SaysWhatThisVersionDoesNotUse) {
    const auto text = findings_text({});
    for (const auto* unused : {"eBPF", "conntrack", "containers"}) {
        EXPECT_NE(text.find(std::string("--   ") + unused + ": not "), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace reticle::probe
