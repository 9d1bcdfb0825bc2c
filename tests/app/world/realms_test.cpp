// What an address means, and where from: realms, listeners, known services.
#include <gtest/gtest.h>

#include "tests/support/world_builder.h"

namespace reticle::test {
namespace {

TEST(Realms, BothEndsOnOneHostAreOneExactConversation) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl nginx").talk("curl -> nginx").send();
    EXPECT_EQ(builder.graph(), "curl -> nginx");
    builder.world().for_each_conversation([](const app::Conversation& each) {
        EXPECT_TRUE(each.seen_by_client);
        EXPECT_TRUE(each.seen_by_server);
        EXPECT_EQ(each.counters.bytes_sent, 100);
    });
}

TEST(Realms, HalvesOfTwoHostsMeet) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl nginx").host("db", {"10.0.0.2"}, "postgres");
    builder.talk("curl -> nginx; nginx -> postgres:5432").send();
    EXPECT_EQ(builder.graph(), "curl -> nginx; nginx -> postgres:5432");
}

TEST(Realms, AListenerOfAnotherHostIsFoundByItsAddress) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl").host("db", {"10.0.0.2"}, "postgres");
    builder.talk("curl -> postgres:5432", Seen::by_client).send();
    EXPECT_EQ(builder.graph(), "curl -> postgres:5432");
}

TEST(Realms, TheOrderInWhichHostsAreHeardDoesNotMatter) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl").host("db", {"10.0.0.2"}, "postgres");
    builder.talk("curl -> postgres:5432", Seen::by_client);
    builder.send("web");
    EXPECT_EQ(builder.graph(), "curl -> lan 10.0.0.2:5432");
    builder.send("db");
    EXPECT_EQ(builder.graph(), "curl -> postgres:5432");
}

TEST(Realms, SeveralListenersAreAGroupAndSaySo) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl").host("db", {"10.0.0.2"}, "a b");
    builder.listen("b", 80).talk("curl -> a", Seen::by_client).send();
    EXPECT_EQ(builder.graph(), "curl -> any of a|b?");
}

TEST(Realms, ASpecificBindingAnswersBeforeAWildcard) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl").host("db", {"10.0.0.2", "10.0.0.3"}, "a b c");
    builder.listen("b", 80, "10.0.0.2").listen("c", 80, "::").talk("curl -> a", Seen::by_client);
    builder.talk("curl -> 10.0.0.3");
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> a; curl -> b");
}

TEST(Realms, AProbedHostWithoutListenerIsNotGuessedAt) {
    WorldBuilder builder;
    builder.host("web", {"10.0.0.1"}, "curl").host("db", {"10.0.0.2"}, "postgres");
    builder.talk("curl -> 10.0.0.2:6379").send();
    EXPECT_EQ(builder.graph(), "curl -> host db:6379?");
}

TEST(Realms, LoopbackStaysInItsNamespace) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl_a nginx_a").host("b", {"10.0.0.2"}, "curl_b nginx_b");
    builder.listen("nginx_a", 80).listen("nginx_b", 80);
    builder.talk("curl_a -> 127.0.0.1; curl_b -> 127.0.0.1").send();
    EXPECT_EQ(builder.graph(), "curl_a -> nginx_a; curl_b -> nginx_b");
}

TEST(Realms, LoopbackTwinsOfTwoHostsDoNotMeet) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "nginx");
    builder.talk("curl -> nginx");
    // The same 4-tuple on both hosts: a's client and b's server have nothing to do with one another.
    const auto loopback = *report::IpAddress::parse("127.0.0.1");
    const report::Witness witness{report::flow_witness(report::Protocol::tcp, loopback, 40000, loopback, 80),
                                  1, true};
    for (const std::string host : {"a", "b"}) {
        auto flow = builder.stated(host).flows.front();
        builder.stated(host).flows.clear();
        flow.key.local = flow.key.peer = loopback;
        flow.witnesses = {witness};
        builder.stated(host).flows.push_back(flow);
    }
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> host a?; host b -> nginx?");
}

TEST(Realms, PrivateNetworksDoNotReachBeyondTheirHost) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1", "172.17.0.1"}, "curl_a", {"172.17.0.0/16"});
    builder.host("b", {"10.0.0.2", "172.17.0.2"}, "nginx_b", {"172.17.0.0/16"});
    builder.host("c", {"10.0.0.3"}, "curl_c");
    builder.listen("nginx_b", 80);
    builder.talk("curl_a -> 172.17.0.2; curl_c -> 172.17.0.2").send();
    EXPECT_EQ(builder.graph(), "curl_a -> lan 172.17.0.2 in a; curl_c -> lan 172.17.0.2");
}

TEST(Realms, TwoOwnersOfAnAddressAreShownAsAmbiguousAndCounted) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl")
        .host("b", {"10.0.0.9"}, "nginx_b")
        .host("c", {"10.0.0.9"}, "nginx_c");
    builder.listen("nginx_b", 80).listen("nginx_c", 80).talk("curl -> 10.0.0.9").send();
    EXPECT_EQ(builder.graph(), "curl -> ambiguous 10.0.0.9?");
    EXPECT_EQ(builder.world().counts().ambiguous_addresses, 1);
}

TEST(Realms, AWitnessTellsWhichOfTwoOwnersItWas) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl")
        .host("b", {"10.0.0.9"}, "nginx_b")
        .host("c", {"10.0.0.9"}, "nginx_c");
    builder.listen("nginx_c", 80).talk("curl -> nginx_b").send();
    EXPECT_EQ(builder.graph(), "curl -> nginx_b");
}

TEST(Realms, BeyondTheProbesAreLanInternetAndServices) {
    app::WorldPolicy policy;
    policy.services.push_back({"backup", report::Subnet::parse("198.51.100.0/24"), {}});
    WorldBuilder builder(policy);
    builder.host("a", {"10.0.0.1"}, "curl nginx");
    builder.talk(
        "curl -> 10.9.9.9; curl -> 203.0.113.7:443; curl -> 198.51.100.3:22; curl -> 224.0.0.251:5353");
    builder.talk("203.0.113.8 -> nginx; 10.7.7.7 -> nginx");
    auto& flow = builder.stated("a").flows.front();
    flow.key.peer = *report::IpAddress::parse("203.0.113.9");
    flow.extra = std::make_unique<report::Flow::Extra>();
    flow.extra->dialled_name = {builder.version("a"), "s3.amazonaws.com"};
    builder.send();
    EXPECT_EQ(builder.graph(),
              "curl -> internet:443; curl -> lan 224.0.0.251:5353; curl -> service backup:22; "
              "curl -> service s3.amazonaws.com; internet -> nginx; lan 10.7.7.7 -> nginx");
}

TEST(Realms, AServersHalfAloneNamesTheHostItsClientIsOn) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "nginx");
    builder.talk("curl -> nginx", Seen::by_server).send();
    EXPECT_EQ(builder.graph(), "host a -> nginx?");
}

TEST(Realms, AServersHalfThatAClientCoversIsNotDrawnTwice) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "nginx");
    builder.talk("curl -> nginx");
    for (auto& flow : builder.stated("b").flows) flow.witnesses.clear();
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> nginx");
    builder.world().for_each_conversation(
        [](const app::Conversation& each) { EXPECT_TRUE(each.seen_by_server); });
}

TEST(Realms, AnAliasLeadsToWhatItStandsFor) {
    WorldBuilder builder;
    builder.host("a", {"10.0.0.1"}, "curl").host("b", {"10.0.0.2"}, "nginx").listen("nginx", 8080);
    builder.talk("curl -> 10.96.0.1");
    report::Alias alias;
    alias.key = {.netns = 0,
                 .seen = *report::IpAddress::parse("10.96.0.1"),
                 .meant = *report::IpAddress::parse("10.0.0.2"),
                 .seen_port = 80,
                 .meant_port = 8080,
                 .protocol = report::Protocol::tcp,
                 .kind = report::AliasKind::service};
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> lan 10.96.0.1");
    alias.presence = report::Presence::alive_at(builder.version("a"));
    builder.stated("a").aliases.push_back(alias);
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> nginx");
    builder.stated("a").aliases[0].presence = report::Presence::ended_at(builder.version("a"));
    builder.send();
    EXPECT_EQ(builder.graph(), "curl -> lan 10.96.0.1");
}

}  // namespace
}  // namespace reticle::test
