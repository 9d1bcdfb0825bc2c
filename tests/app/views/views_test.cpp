#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/views/edge_group.h"
#include "tests/app/views/fleet.h"
#include "tests/app/views/view_text.h"

namespace reticle::test {
namespace {

using namespace std::chrono_literals;
using app::NodeKind;
using app::OptionValues;
using app::View;
using app::ViewEdge;
using app::ViewNode;
using app::ViewState;
using report::Key;
using report::NodeKey;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const OptionValues kHide{{"unconnected", "hide"}};

/// A fleet and the three views that follow it.
class Views : public testing::Test {
  protected:
    void follow(const app::Touched& touched) {
        for (const auto& view : views_) last_.push_back(view->apply(fleet_.world(), touched, fleet_.now()));
    }
    void flush() { follow(fleet_.flush_all()); }
    void tick() {
        for (const auto& view : views_) view->tick(fleet_.now());
    }
    /// The one edge of a view whose port is this.
    static const ViewEdge* edge(const View& view, std::uint16_t port) {
        const ViewEdge* found = nullptr;
        view.for_each_edge([&](const ViewEdge& each) {
            if (each.port == port) found = &each;
        });
        return found;
    }
    static const ViewNode* labelled(const View& view, std::string_view label) {
        const ViewNode* found = nullptr;
        view.for_each_node([&](const ViewNode& each) {
            if (each.label == label) found = &each;
        });
        return found;
    }

    Fleet fleet_;
    std::vector<std::unique_ptr<View>> views_ = app::make_views();
    View& processes_ = *views_[0];
    View& names_ = *views_[1];
    View& hosts_ = *views_[2];
    std::vector<app::ViewDelta> last_;
};

TEST_F(Views, AreOfferedInOrder) {
    EXPECT_EQ(processes_.spec().id, "processes");
    EXPECT_EQ(names_.spec().id, "processes-by-name");
    EXPECT_EQ(names_.spec().parent, "processes");
    EXPECT_EQ(hosts_.spec().id, "hosts");
    EXPECT_THAT(hosts_.spec().options, IsEmpty());
}

TEST_F(Views, ShowAProcessAsPeopleKnowIt) {
    const NodeKey nginx = fleet_.process(1, 1234, "/usr/sbin/nginx");
    fleet_.metric(1, nginx, Key::process_cpu_usage_percent, 12.5);
    flush();
    const ViewNode* node = processes_.node("h1;b00t;1234;12340");
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->kind, NodeKind::process);
    EXPECT_EQ(node->label, "nginx");
    EXPECT_EQ(node->sublabel, "web-1.example.org (1234)");
    EXPECT_EQ(node->group, "h1");
    EXPECT_EQ(node->since, fleet_.now().utc);
    EXPECT_THAT(node->metrics, ElementsAre(std::pair(Key::process_cpu_usage_percent, 12.5)));
    EXPECT_THAT(node->parents, ElementsAre(ViewNode::ParentLink{"hosts", "h1", "web-1.example.org"}));
    EXPECT_THAT(labels(names_), ElementsAre("/usr/sbin/nginx"));
    const ViewNode* host = hosts_.node("h1");
    ASSERT_NE(host, nullptr);
    EXPECT_EQ(host->label, "web-1");
    EXPECT_EQ(host->sublabel, "example.org");
    EXPECT_TRUE(host->clock_skew_ms.has_value());
}

TEST_F(Views, JoinBothEndsOfAConversation) {
    const NodeKey curl = fleet_.process(1, 10, "curl");
    const NodeKey nginx = fleet_.process(2, 20, "nginx");
    fleet_.remote_flow(1, curl, 2, nginx, 80, {3, 1000, 50});
    flush();
    EXPECT_THAT(edges_text(processes_), ElementsAre("curl -> nginx :80"));
    EXPECT_THAT(edges_text(names_), ElementsAre("curl -> nginx :80"));
    EXPECT_THAT(edges_text(hosts_), ElementsAre("web-1 -> web-2 :80"));
    const ViewEdge* found = edge(processes_, 80);
    EXPECT_TRUE(found->seen_by_client && found->seen_by_server && found->exact);
    EXPECT_EQ(found->counters.opened, 3U);
    EXPECT_EQ(found->counters.bytes_sent, 1000U);
    EXPECT_EQ(found->id, "e:h1;b00t;10;100|h2;b00t;20;200|tcp/80");
    EXPECT_THAT(processes_.edges_of("h2;b00t;20;200"), ElementsAre(found->id));
}

TEST_F(Views, SumUpWhatTheyGroup) {
    for (int host = 1; host <= 3; ++host) {
        const NodeKey worker = fleet_.process(host, 10, "worker");
        fleet_.metric(host, worker, Key::process_memory_usage_bytes, 1000.0 * host);
        fleet_.outbound(host, worker, "203.0.113.7", 443, {1, 10, 0});
    }
    flush();
    const ViewNode* workers = names_.node("worker");
    ASSERT_NE(workers, nullptr);
    EXPECT_EQ(workers->sublabel, "3 processes");
    EXPECT_EQ(workers->members, 3U);
    EXPECT_THAT(workers->metrics, ElementsAre(std::pair(Key::process_memory_usage_bytes, 6000.0)));
    EXPECT_EQ(edge(names_, 443)->counters.bytes_sent, 30U);
    fleet_.exit(2, {report::Topology::process, "b00t;10;100"});
    flush();
    follow(fleet_.advance(16s));
    EXPECT_EQ(names_.node("worker")->members, 2U);
    EXPECT_THAT(names_.node("worker")->metrics,
                ElementsAre(std::pair(Key::process_memory_usage_bytes, 4000.0)));
    EXPECT_EQ(edge(names_, 443)->counters.bytes_sent, 20U);
}

TEST_F(Views, DrawWhatLiesOutsideHonestly) {
    const NodeKey nginx = fleet_.process(1, 10, "nginx");
    fleet_.inbound(1, nginx, "198.51.100.9", 80, {1, 1, 1});
    fleet_.outbound(1, nginx, "203.0.113.7", 443, {1, 1, 1});
    fleet_.outbound(1, nginx, "203.0.113.8", 444, {1, 1, 1}, "s3.eu.amazonaws.com");
    fleet_.outbound(1, nginx, "192.168.7.7", 5432, {1, 1, 1});
    flush();
    for (const View* view : {&processes_, &names_, &hosts_}) {
        SCOPED_TRACE(view->spec().id);
        ASSERT_NE(view->node("in-theinternet"), nullptr);
        EXPECT_EQ(view->node("in-theinternet")->sublabel, "Inbound connections");
        ASSERT_NE(view->node("out-theinternet"), nullptr);
        EXPECT_EQ(view->node("out-theinternet")->sublabel, "Outbound connections");
        EXPECT_TRUE(view->node("out-theinternet")->pseudo);
        EXPECT_THAT(edges_text(*view), testing::SizeIs(4));
        ASSERT_NE(labelled(*view, "192.168.7.7"), nullptr);
        EXPECT_EQ(labelled(*view, "192.168.7.7")->kind, NodeKind::lan_host);
        EXPECT_EQ(view->stats(kHide).pseudo_nodes, 4U);
    }
    fleet_.exit(1, nginx);
    flush();
    EXPECT_EQ(processes_.node("out-theinternet")->state, ViewState::ended);
    follow(fleet_.advance(16s));
    EXPECT_THAT(labels(processes_), IsEmpty());
    EXPECT_THAT(labels(hosts_), ElementsAre("web-1"));
}

TEST_F(Views, NameSharedListenersAsAGroup) {
    const NodeKey curl = fleet_.process(1, 10, "curl");
    const NodeKey one = fleet_.process(2, 20, "nginx");
    const NodeKey two = fleet_.process(2, 21, "nginx");
    fleet_.listen(2, one, 80);
    fleet_.listen(2, two, 80);
    fleet_.outbound(1, curl, Fleet::address(2), 80, {1, 1, 1});
    flush();
    const ViewEdge* found = edge(processes_, 80);
    ASSERT_NE(found, nullptr);
    EXPECT_FALSE(found->exact);
    const ViewNode* group = processes_.node(found->target);
    ASSERT_NE(group, nullptr);
    EXPECT_EQ(group->kind, NodeKind::listener_group);
    EXPECT_EQ(group->id, "listeners:h2:tcp/80:b00t;20;200");
    EXPECT_EQ(group->members, 2U);
    EXPECT_EQ(group->group, "h2");
    EXPECT_THAT(edges_text(names_), ElementsAre("curl -> nginx :80"));
    EXPECT_EQ(names_.node(edge(names_, 80)->target)->kind, NodeKind::process_name);
    EXPECT_THAT(edges_text(hosts_), ElementsAre("web-1 -> web-2 :80"));

    fleet_.process(2, 21, "haproxy");
    flush();
    EXPECT_EQ(names_.node(edge(names_, 80)->target)->kind, NodeKind::listener_group);
}

TEST_F(Views, HideTheUnconnectedOnRequest) {
    const NodeKey curl = fleet_.process(1, 10, "curl");
    const NodeKey nginx = fleet_.process(1, 20, "nginx");
    fleet_.process(1, 30, "idle");
    const NodeKey self = fleet_.process(1, 40, "self");
    fleet_.local_flow(1, curl, nginx, 80, {1, 1, 1});
    fleet_.local_flow(1, self, self, 81, {1, 1, 1});
    flush();
    EXPECT_THAT(labels(processes_, kHide), ElementsAre("curl", "nginx"));
    EXPECT_THAT(labels(processes_, {{"unconnected", "show"}}), ElementsAre("curl", "idle", "nginx", "self"));
    EXPECT_THAT(labels(processes_, {{"unconnected", "nonsense"}}), testing::SizeIs(4));
    const View::Stats hidden = processes_.stats(kHide);
    EXPECT_EQ(hidden.nodes, 2U);
    EXPECT_EQ(hidden.edges, 1U);
    EXPECT_EQ(hidden.hidden_nodes, 2U);
    EXPECT_EQ(processes_.stats({}).nodes, 4U);
    EXPECT_EQ(processes_.stats({}).edges, 2U);
    EXPECT_EQ(hosts_.node("h1")->degree, 0U);
    EXPECT_THAT(edges_text(hosts_), ElementsAre("web-1 -> web-1 :80", "web-1 -> web-1 :81"));
}

TEST_F(Views, TurnStaleWithTheirWriterAndComeBack) {
    const NodeKey curl = fleet_.process(1, 10, "curl");
    fleet_.outbound(1, curl, "203.0.113.7", 443, {1, 1, 1});
    flush();
    follow(fleet_.advance(11s));
    EXPECT_EQ(labelled(processes_, "curl")->state, ViewState::stale);
    EXPECT_EQ(edge(processes_, 443)->state, ViewState::stale);
    EXPECT_EQ(processes_.node("out-theinternet")->state, ViewState::stale);
    EXPECT_EQ(hosts_.node("h1")->state, ViewState::stale);
    flush();
    EXPECT_EQ(labelled(processes_, "curl")->state, ViewState::live);
    EXPECT_EQ(edge(processes_, 443)->state, ViewState::live);
}

TEST_F(Views, FollowAProcessThatChangesItsName) {
    const NodeKey shell = fleet_.process(1, 10, "sh");
    const NodeKey server = fleet_.process(1, 20, "nginx");
    fleet_.local_flow(1, shell, server, 80, {1, 1, 1});
    flush();
    EXPECT_THAT(edges_text(names_), ElementsAre("sh -> nginx :80"));
    fleet_.process(1, 10, "curl");
    flush();
    EXPECT_THAT(edges_text(names_), ElementsAre("curl -> nginx :80"));
    EXPECT_THAT(labels(names_), ElementsAre("curl", "nginx"));
}

TEST_F(Views, DoNotLetAProcessPoseAsTheInternet) {
    const NodeKey impostor = fleet_.process(1, 10, "out-theinternet");
    fleet_.outbound(1, impostor, "203.0.113.7", 443, {1, 1, 1});
    flush();
    EXPECT_THAT(edges_text(names_), ElementsAre("out-theinternet -> The Internet :443"));
    EXPECT_TRUE(names_.node("out-theinternet")->pseudo);
    EXPECT_FALSE(names_.node("process_name:out-theinternet")->pseudo);
}

TEST_F(Views, ShowRatesOfWhatMovedAndNoSpikeForWhatWasThere) {
    const NodeKey curl = fleet_.process(1, 10, "curl");
    fleet_.outbound(1, curl, "203.0.113.7", 443, {1, 1'000'000, 0});
    flush();
    tick();
    EXPECT_EQ(edge(processes_, 443)->sent_bytes_per_second, 0);
    fleet_.outbound(1, curl, "203.0.113.7", 443, {1, 1'005'000, 0});
    follow(fleet_.advance(1s));
    flush();
    tick();
    EXPECT_EQ(edge(processes_, 443)->sent_bytes_per_second, 1000);
    fleet_.goodbye(1);
    flush();
    tick();
    EXPECT_EQ(edge(processes_, 443)->sent_bytes_per_second, 1000);
    follow(fleet_.advance(20s));
    tick();
    EXPECT_EQ(edge(processes_, 443)->sent_bytes_per_second, 0);
}

TEST_F(Views, ReportWhatChangedAndNothingElse) {
    for (int host = 1; host <= 3; ++host) {
        const NodeKey curl = fleet_.process(host, 10, "curl");
        fleet_.outbound(host, curl, "203.0.113.7", 443, {1, 1, 1});
    }
    flush();
    last_.clear();
    fleet_.metric(2, {report::Topology::process, "b00t;10;100"}, Key::process_cpu_usage_percent, 5);
    follow(fleet_.flush(2));
    EXPECT_THAT(last_[0].nodes, ElementsAre("h2;b00t;10;100"));
    EXPECT_THAT(last_[0].edges, IsEmpty());
    EXPECT_THAT(last_[1].nodes, ElementsAre("curl"));
    EXPECT_TRUE(last_[2].empty());
}

TEST(EdgeId, CannotBeForgedByNames) {
    EXPECT_NE(app::edge_id("a|b", "c", report::Protocol::tcp, 1),
              app::edge_id("a", "b|c", report::Protocol::tcp, 1));
    EXPECT_NE(app::edge_id("a%7Cb", "c", report::Protocol::tcp, 1),
              app::edge_id("a|b", "c", report::Protocol::tcp, 1));
}

}  // namespace
}  // namespace reticle::test
