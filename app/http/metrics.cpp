#include "app/http/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "app/live.h"

namespace reticle::app {
namespace {

/// Writes families of the text format one after the other.
class Page {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        text_ += fmt::format("# HELP reticle_app_{0} {1}\n# TYPE reticle_app_{0} {2}\n", name, help, type);
    }
    template <class Number>
    void sample(std::string_view name, std::string_view labels, Number value) {
        text_ += fmt::format("reticle_app_{}{} {}\n", name, labels, value);
    }
    template <class Number>
    void counter(std::string_view name, std::string_view help, Number value) {
        family(name, "counter", help);
        sample(name, "", value);
    }
    template <class Number>
    void gauge(std::string_view name, std::string_view help, Number value) {
        family(name, "gauge", help);
        sample(name, "", value);
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t resident_bytes() {
    std::uint64_t total_pages = 0;
    std::uint64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void add_server(Page& page, const Metrics& metrics) {
    page.gauge("connections", "Connections open now.", metrics.connections.load());
    page.counter("connections_total", "Connections accepted.", metrics.connections_total.load());
    page.counter("connections_refused_total", "Connections beyond the limit.",
                 metrics.connections_refused.load());
    page.gauge("probe_sessions", "Probe sessions open now.", metrics.probes.load());
    page.gauge("streams", "Viewers' streams open now.", metrics.streams.load());
    page.family("http_answers_total", "counter", "HTTP answers by class of status.");
    for (std::size_t i = 0; i < metrics.answers.size(); ++i) {
        page.sample("http_answers_total", fmt::format("{{status=\"{}xx\"}}", i + 1),
                    metrics.answers[i].load());
    }
    page.counter("refused_origins_total", "Requests refused by the Host and Origin checks.",
                 metrics.refused_host.load());
    page.counter("received_bytes_total", "Bytes read from clients.", metrics.bytes_received.load());
    page.counter("sent_bytes_total", "Bytes written to clients.", metrics.bytes_sent.load());
    page.counter("slow_clients_total", "Clients dropped because they did not read or stalled.",
                 metrics.dropped_slow.load());
    page.counter("probes_refused_total", "Probe sessions turned away at the hello.",
                 metrics.probes_refused.load());
    page.counter("frames_refused_total", "Messages of probes that were malformed, too large or out of order.",
                 metrics.frames_refused.load());
    page.counter("reports_refused_total", "Posted reports with an error.", metrics.reports_refused.load());
    page.counter("process_cpu_seconds_total", "CPU time of this process.", cpu_seconds());
    page.gauge("process_resident_memory_bytes", "Resident set of this process.", resident_bytes());
}

/// What the probes say they missed, summed.
std::int64_t lost_events(const World& world) {
    std::int64_t lost = 0;
    world.for_each_node(report::Topology::host, [&](const NodeRef&, const WorldNode& host) {
        if (host.node != nullptr) lost += host.node->value(report::Key::probe_lost_events).as_integer();
    });
    return lost;
}

void add_world(Page& page, const LiveState& state) {
    const LiveState::Totals& totals = state.totals();
    page.counter("frames_total", "Frames of probes applied.", totals.frames);
    page.counter("reports_total", "Posted reports applied.", totals.posts);
    page.counter("facts_total", "Facts in applied frames and reports.", totals.facts);
    page.counter("changes_total", "Changes of the world.", totals.changes);
    const World::Counts counts = state.world().counts();
    page.gauge("world_writers", "Probes and scripts whose facts are held.", counts.writers);
    page.gauge("world_nodes", "Nodes held.", counts.nodes);
    page.gauge("world_flows", "Flows held.", counts.flows);
    page.gauge("world_listeners", "Listeners held.", counts.listeners);
    page.gauge("world_conversations", "Conversations held.", counts.conversations);
    page.gauge("world_ambiguous_addresses", "Addresses that more than one host owns.",
               counts.ambiguous_addresses);
    page.gauge("world_memory_bytes", "Memory of the world, estimated.", state.world().memory_bytes());
    page.counter("limited_facts_total", "Facts dropped because a writer exceeded its limits.",
                 counts.limited);
    page.counter("duplicate_frames_total", "Frames that were applied before.", counts.duplicates);
    page.gauge("probe_lost_events", "Events that probes know they missed, summed.",
               lost_events(state.world()));
    page.gauge("subscriptions", "Subscriptions of viewers.", state.viewers().subscriptions());
    page.gauge("subscription_memory_bytes", "Memory of subscriptions, estimated.",
               state.viewers().memory_bytes());
}

void add_latency(Page& page, const QueueLatency& latency) {
    constexpr std::string_view kName = "strand_wait_seconds";
    page.family(kName, "histogram", "How long calls waited for the world's strand.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < latency.counts.size(); ++i) {
        below += latency.counts[i];
        const std::string bound = i < QueueLatency::kBoundsSeconds.size()
                                      ? fmt::format("{}", QueueLatency::kBoundsSeconds[i])
                                      : "+Inf";
        page.sample("strand_wait_seconds_bucket", fmt::format("{{le=\"{}\"}}", bound), below);
    }
    page.sample("strand_wait_seconds_sum", "", latency.sum_seconds);
    page.sample("strand_wait_seconds_count", "", below);
}

}  // namespace

std::string exposition(const Metrics& metrics, const Live& live, const LiveState& state) {
    Page page;
    add_server(page, metrics);
    add_world(page, state);
    add_latency(page, live.latency());
    return page.take();
}

}  // namespace reticle::app
