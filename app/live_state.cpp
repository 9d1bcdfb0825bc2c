#include "app/live_state.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "app/streams/json.h"

namespace reticle::app {
namespace {

constexpr std::size_t kMaxRefusals = 32;
constexpr std::chrono::seconds kRefusalShown{60};
constexpr std::size_t kMaxLateShown = 100;
constexpr std::chrono::seconds kStatusEvery{1};

std::int64_t milliseconds(UtcNanos nanos) {
    return nanos / 1'000'000;
}

std::int64_t milliseconds_between(MonoTime from, MonoTime to) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

/// The writers part of a status message: how many probes stand how, and which are late.
struct Writers {
    std::size_t live = 0, stale = 0, ended = 0;
    std::string late;
};

Writers summarise(const World& world, MonoTime now) {
    Writers writers;
    std::size_t shown = 0;
    world.for_each_writer([&](const WriterInfo& info) {
        if (!info.probe) return;
        if (info.state == WriterState::live) ++writers.live;
        if (info.state == WriterState::ended) ++writers.ended;
        if (info.state != WriterState::stale) return;
        ++writers.stale;
        if (shown == kMaxLateShown) return;
        writers.late += fmt::format(R"({}{{"host_id":{},"host_name":{},"silent_ms":{}}})",
                                    shown == 0 ? "" : ",", json_string(info.id.view()),
                                    json_string(info.host_name), milliseconds_between(info.heard, now));
        ++shown;
    });
    return writers;
}

}  // namespace

LiveState::LiveState(AppIdentity identity, WorldPolicy policy)
    : identity_(std::move(identity)),
      world_(std::move(policy)),
      views_(make_views()),
      placements_(views_.size()),
      viewers_(identity_.epoch) {}

Result<report::wire::Welcome> LiveState::open(const report::wire::Hello& hello, Now now) {
    auto opened = world_.open(hello, now);
    if (!opened) {
        refused(hello.host_id, opened.error().message, now);
        return opened.error();
    }
    follow(opened->applied, now);
    std::erase_if(refusals_, [&](const Refusal& refusal) { return refusal.host_id == hello.host_id; });
    report::wire::Welcome welcome = std::move(opened->welcome);
    welcome.app_id = identity_.id;
    welcome.version = RETICLE_VERSION;
    welcome.now = now.utc;
    return welcome;
}

Result<report::wire::Ack> LiveState::apply(const WriterId& writer, report::wire::Frame frame, Now now) {
    report::wire::Ack ack{.epoch = frame.epoch,
                          .sequence = frame.sequence,
                          .durable_sequence = 0,
                          .watched = viewers_.clients() > 0};
    const std::size_t facts = frame.report.size();
    auto applied = world_.apply(writer, std::move(frame), now);
    if (!applied) return applied.error();
    ++totals_.frames;
    if (!*applied) return ack;  // a duplicate: it is in the world already
    totals_.facts += facts;
    follow(**applied, now);
    return ack;
}

Result<std::size_t> LiveState::post(const WriterId& writer, report::Report report,
                                    std::chrono::milliseconds window, Now now) {
    const std::size_t facts = report.size();
    auto applied = world_.post(writer, writer.str(), std::move(report), window, now);
    if (!applied) return applied.error();
    ++totals_.posts;
    totals_.facts += facts;
    follow(*applied, now);
    return facts;
}

void LiveState::disconnected(const WriterId& writer, const std::string& instance_id) {
    world_.disconnected(writer, instance_id);
}

void LiveState::goodbye(const WriterId& writer, Now now) {
    if (const auto applied = world_.goodbye(writer, now)) follow(*applied, now);
}

void LiveState::refused(const std::string& host_id, const std::string& reason, Now now) {
    std::erase_if(refusals_, [&](const Refusal& refusal) {
        return refusal.host_id == host_id || now.mono - refusal.when > kRefusalShown;
    });
    if (refusals_.size() == kMaxRefusals) refusals_.erase(refusals_.begin());
    refusals_.push_back({host_id, reason, now.mono});
}

void LiveState::tick(Now now) {
    for (const Applied& applied : world_.advance(now)) follow(applied, now);
    for (std::size_t i = 0; i < views_.size(); ++i) show(i, views_[i]->tick(now), now);
    std::erase_if(refusals_, [&](const Refusal& refusal) { return now.mono - refusal.when > kRefusalShown; });
    if (viewers_.clients() > 0) viewers_.note_status(status(now));
}

Viewers::Id LiveState::join_viewer(Now now) {
    const bool fresh = last_status_ && now.mono - last_status_time_ < kStatusEvery;
    auto hello = std::make_shared<const std::string>(
        fmt::format(R"({{"type":"hello","app_epoch":{},"version":{},"host_name":{},"time_ms":{}}})",
                    json_string(identity_.epoch), json_string(RETICLE_VERSION),
                    json_string(identity_.host_name), milliseconds(now.utc)));
    return viewers_.join(std::move(hello), fresh ? last_status_ : status(now));
}

bool LiveState::subscribe(Viewers::Id id, const SubscribeCommand& command) {
    return viewers_.subscribe(id, command, views_);
}

const View* LiveState::view(std::string_view id) const {
    const auto found = std::ranges::find_if(views_, [&](const auto& view) { return view->spec().id == id; });
    return found == views_.end() ? nullptr : found->get();
}

void LiveState::follow(const Applied& applied, Now now) {
    ++totals_.changes;
    for (std::size_t i = 0; i < views_.size(); ++i) {
        show(i, views_[i]->apply(world_, applied.touched, now), now);
    }
}

void LiveState::show(std::size_t view_index, ViewDelta delta, Now now) {
    if (delta.empty()) return;
    std::vector<std::string> moved = placements_[view_index].apply(*views_[view_index], delta, now);
    if (!moved.empty()) {
        delta.nodes.insert(delta.nodes.end(), std::make_move_iterator(moved.begin()),
                           std::make_move_iterator(moved.end()));
        std::ranges::sort(delta.nodes);
        delta.nodes.erase(std::ranges::unique(delta.nodes).begin(), delta.nodes.end());
    }
    viewers_.note(*views_[view_index], delta);
}

StreamMessage LiveState::status(Now now) {
    const Writers writers = summarise(world_, now.mono);
    std::string refused;
    for (const Refusal& refusal : refusals_) {
        refused += fmt::format(R"({}{{"host_id":{},"reason":{}}})", refused.empty() ? "" : ",",
                               json_string(refusal.host_id), json_string(refusal.reason));
    }
    std::string views;
    for (const auto& view : views_) {
        views += fmt::format("{}{}:{}", views.empty() ? "" : ",", json_string(view->spec().id),
                             stats_json(view->stats(default_options(view->spec()))));
    }
    last_status_time_ = now.mono;
    last_status_ = std::make_shared<const std::string>(fmt::format(
        R"({{"type":"status","time_ms":{},"world_seq":{},"probes":{{"live":{},"stale":{},"ended":{}}},)"
        R"("late":[{}],"refused":[{}],"views":{{{}}}}})",
        milliseconds(now.utc), world_.sequence(), writers.live, writers.stale, writers.ended, writers.late,
        refused, views));
    return last_status_;
}

OptionValues default_options(const ViewSpec& spec) {
    OptionValues values;
    for (const ViewOption& option : spec.options) values.emplace_back(option.id, option.default_value);
    return values;
}

std::string stats_json(const View::Stats& stats) {
    return fmt::format(R"({{"nodes":{},"pseudo_nodes":{},"edges":{},"hidden_nodes":{}}})", stats.nodes,
                       stats.pseudo_nodes, stats.edges, stats.hidden_nodes);
}

}  // namespace reticle::app
