#include "report/address.h"

#include <gtest/gtest.h>

namespace reticle::report {
namespace {

IpAddress ip(std::string_view text) {
    return IpAddress::parse(text).value();
}

TEST(IpAddress, ReadsWhatItWrites) {
    for (const char* text :
         {"10.0.0.1", "255.255.255.255", "0.0.0.0", "::", "::1", "2001:db8::1", "fe80::1"}) {
        EXPECT_EQ(ip(text).to_string(), text);
    }
}

TEST(IpAddress, MappedAndPlainV4AreTheSame) {
    EXPECT_EQ(ip("::ffff:10.0.0.1"), ip("10.0.0.1"));
    EXPECT_TRUE(ip("::ffff:10.0.0.1").is_v4());
    EXPECT_FALSE(ip("::10.0.0.1").is_v4());
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
    for (const char* text :
         {"", "10.0.0", "10.0.0.256", "10.0.0.1:80", "[::1]", "fe80::1%eth0", "localhost", " ::1"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view("10.0.0.1\0.5", 11)));
    EXPECT_FALSE(IpAddress::parse(std::string(100, '1')));
}

struct Kinds {
    const char* text;
    bool unspecified, loopback, link_local, multicast, private_use;
};

TEST(IpAddress, KnowsItsKind) {
    const Kinds table[] = {
        {"0.0.0.0", true, false, false, false, false},
        {"::", true, false, false, false, false},
        {"127.0.0.53", false, true, false, false, false},
        {"::1", false, true, false, false, false},
        {"169.254.1.1", false, false, true, false, false},
        {"febf::1", false, false, true, false, false},
        {"fec0::1", false, false, false, false, false},
        {"224.0.0.251", false, false, false, true, false},
        {"239.1.1.1", false, false, false, true, false},
        {"240.0.0.1", false, false, false, false, false},
        {"255.255.255.255", false, false, false, true, false},
        {"ff02::fb", false, false, false, true, false},
        {"10.1.2.3", false, false, false, false, true},
        {"172.31.0.1", false, false, false, false, true},
        {"172.32.0.1", false, false, false, false, false},
        {"192.168.1.1", false, false, false, false, true},
        {"100.64.0.1", false, false, false, false, true},
        {"100.128.0.1", false, false, false, false, false},
        {"fd00::1", false, false, false, false, true},
        {"8.8.8.8", false, false, false, false, false},
    };
    for (const Kinds& row : table) {
        EXPECT_EQ(ip(row.text).is_unspecified(), row.unspecified) << row.text;
        EXPECT_EQ(ip(row.text).is_loopback(), row.loopback) << row.text;
        EXPECT_EQ(ip(row.text).is_link_local(), row.link_local) << row.text;
        EXPECT_EQ(ip(row.text).is_multicast(), row.multicast) << row.text;
        EXPECT_EQ(ip(row.text).is_private(), row.private_use) << row.text;
    }
}

TEST(Subnet, ContainsItsAddresses) {
    const Subnet ten = Subnet::parse("10.0.0.1/8").value();
    EXPECT_TRUE(ten.contains(ip("10.255.0.1")));
    EXPECT_FALSE(ten.contains(ip("11.0.0.1")));
    EXPECT_TRUE(Subnet::parse("192.168.5.0/23")->contains(ip("192.168.4.9")));
    EXPECT_FALSE(Subnet::parse("192.168.5.0/24")->contains(ip("192.168.4.9")));
    EXPECT_TRUE(Subnet::parse("0.0.0.0/0")->contains(ip("8.8.8.8")));
    EXPECT_FALSE(Subnet::parse("0.0.0.0/0")->contains(ip("2001:db8::1")));
    EXPECT_FALSE(Subnet::parse("::/0")->contains(ip("8.8.8.8")));
    EXPECT_TRUE(Subnet::parse("2001:db8::/33")->contains(ip("2001:db8:7fff::1")));
    EXPECT_FALSE(Subnet::parse("2001:db8::/33")->contains(ip("2001:db8:8000::1")));
}

TEST(Subnet, KeepsHostBitsUntilAskedForTheNetwork) {
    const Subnet subnet = Subnet::parse("10.1.2.3/20").value();
    EXPECT_EQ(subnet.to_string(), "10.1.2.3/20");
    EXPECT_EQ(subnet.network().to_string(), "10.1.0.0/20");
    EXPECT_EQ(Subnet::parse("2001:db8::ff/120")->network().to_string(), "2001:db8::/120");
    EXPECT_EQ(Subnet::parse("10.1.2.3")->to_string(), "10.1.2.3/32");
    EXPECT_EQ(Subnet::parse("::1")->to_string(), "::1/128");
}

TEST(Subnet, RefusesWhatIsNone) {
    for (const char* text : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/a", "10.0.0.0/8 ", "/8", ""}) {
        EXPECT_FALSE(Subnet::parse(text)) << text;
    }
}

}  // namespace
}  // namespace reticle::report
