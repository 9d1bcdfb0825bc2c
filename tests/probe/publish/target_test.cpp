#include "probe/publish/target.h"

#include <gtest/gtest.h>

namespace reticle::probe {
namespace {

TEST(Target, TakesEveryWayToNameAnApp) {
    const std::map<std::string, Target> cases{
        {"map.example", {"map.example", 4040}},
        {"map.example:80", {"map.example", 80}},
        {"10.0.0.1:4041", {"10.0.0.1", 4041}},
        {"[::1]", {"::1", 4040}},
        {"[fe80::1%eth0]:99", {"fe80::1%eth0", 99}},
        {"ws://h", {"h", 4040}},
        {"ws://[::1]:5", {"::1", 5}},
        {"http://127.0.0.1:4040/", {"127.0.0.1", 4040}},
    };
    for (const auto& [text, target] : cases) {
        const auto parsed = Target::parse(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        EXPECT_EQ(*parsed, target) << text;
    }
}

TEST(Target, NamesWhatIsWrong) {
    const std::map<std::string, std::string> cases{
        {"", "use host:port"},
        {":4040", "use host:port"},
        {"a:0", "port"},
        {"a:65536", "port"},
        {"a:b", "port"},
        {"a:", "port"},
        {"::1", "brackets"},
        {"[::1", "']'"},
        {"[::1]x", "port"},
        {"ftp://a", "use host:port"},
        {"wss://a", "TLS is not yet"},
        {"https://a", "TLS is not yet"},
        {"a b", "use host:port"},
        {"ws://a/path", "use host:port"},
        {std::string(300, 'a'), "use host:port"},
    };
    for (const auto& [text, complaint] : cases) {
        const auto parsed = Target::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_NE(parsed.error().message.find(complaint), std::string::npos) << parsed.error().message;
    }
    EXPECT_EQ(Target::parse("wss://a").error().code, Errc::unsupported);
}

TEST(Target, ShowsItselfAsItIsWritten) {
    EXPECT_EQ((Target{"h", 1}.to_string()), "h:1");
    EXPECT_EQ((Target{"::1", 4040}.to_string()), "[::1]:4040");
}

}  // namespace
}  // namespace reticle::probe
