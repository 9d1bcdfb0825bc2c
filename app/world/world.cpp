// Sessions, frames and posted reports: what happens to a World, put into words as Changes.
#include "app/world/world.h"

#include <algorithm>
#include <utility>

#include "app/world/world_impl.h"

namespace reticle::app {

using report::Version;
using report::wire::Frame;
using report::wire::Hello;

World::World(WorldPolicy policy) : impl_(std::make_unique<Impl>(std::move(policy))) {}
World::~World() = default;
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;

namespace {

constexpr std::uint64_t kMaxEpoch = Version::kMaxEpoch - 1;

bool same_start(const WriterInfo& known, const Hello& hello) {
    return known.boot_id == hello.boot_id && known.instance_id == hello.instance_id;
}

/// Whether another probe holds the host: its connection stands and was heard of lately.
bool held_by_another(const Writer& writer, const Hello& hello) {
    return writer.sessions > 0 && writer.info.state == WriterState::live && !same_start(writer.info, hello);
}

/// The same start of a probe goes on in its epoch, so that its counters do; another start gets a later one.
std::uint64_t agreed_epoch(const WriterInfo& known, const Hello& hello) {
    const bool goes_on = same_start(known, hello) && known.epoch != 0;
    return std::max(hello.epoch, goes_on ? known.epoch : known.epoch + 1);
}

void introduce(WriterInfo& info, const Hello& hello, Now now) {
    info.epoch = agreed_epoch(info, hello);
    info.id = hello.host_id;
    info.host_name = hello.host_name.empty() ? hello.host_id : hello.host_name;
    info.boot_id = hello.boot_id;
    info.instance_id = hello.instance_id;
    info.cluster = hello.cluster;
    info.version = hello.version;
    info.probe = true;
    info.state = WriterState::live;
    info.sequence = 0;
    info.heard = now.mono;
    info.skew_nanos = hello.now == 0 ? 0 : hello.now - now.utc;
}

/// Times of flows are joined by min and max, so they must be on one clock before they are: ours, as far as
/// the writer's own reading shows how far off it is. In steps, or the jitter of every frame would restate
/// them. What a writer said before its clock stepped must not be said anew with the new skew: a known first
/// time stands, and no time lies in the future.
void to_our_clock(report::Report& report, const report::Report& known, std::int64_t skew_nanos,
                  UtcNanos now) {
    constexpr std::int64_t kStep = 10'000'000'000;
    const std::int64_t off = (skew_nanos + (skew_nanos < 0 ? -kStep : kStep) / 2) / kStep * kStep;
    for (report::Flow& flow : report.flows) {
        if (flow.first_seen != 0) {
            const report::Flow* before = known.find(flow.key);
            const bool told = before != nullptr && before->first_seen != 0;
            flow.first_seen = told ? before->first_seen : std::min(flow.first_seen - off, now);
        }
        if (flow.last_seen != 0) flow.last_seen = std::min(flow.last_seen - off, now);
    }
}

}  // namespace

Change World::Impl::about(Change::Kind kind, WriterIndex writer, Now now) const {
    Change change;
    change.kind = kind;
    change.time = now;
    if (writer != kNoIndex) {
        change.info = writers[writer].info;
        change.writer = change.info.id;
    }
    return change;
}

/// Why a hello cannot be accepted, if so.
std::optional<Error> World::Impl::objection(const Hello& hello) const {
    if (hello.host_id.empty()) return fail(Errc::invalid, "hello: host_id is empty");
    const WriterIndex known = writers.find(WriterId(hello.host_id));
    if (known == kNoIndex) {
        if (hello.epoch > kMaxEpoch) return fail(Errc::invalid, "hello: epoch is out of range");
        if (writers.count() < policy.max_writers) return std::nullopt;
        return fail(Errc::too_large, "no room for another host: the limit of writers is reached");
    }
    const Writer& writer = writers[known];
    if (agreed_epoch(writer.info, hello) > kMaxEpoch)
        return fail(Errc::invalid, "hello: epoch is out of range");
    if (!writer.info.probe) {
        return fail(Errc::conflict, "host_id " + hello.host_id + " is the writer of a posted report");
    }
    if (!held_by_another(writer, hello)) return std::nullopt;
    return fail(Errc::conflict,
                "host_id " + hello.host_id + " is held by another live probe; give one of them --host-id");
}

Result<World::Opened> World::open(const Hello& hello, Now now) {
    Impl& impl = *impl_;
    if (auto error = impl.objection(hello)) return std::move(*error);
    const WriterIndex known = impl.writers.find(WriterId(hello.host_id));
    // A connection that broke may be noticed only after its successor came: sessions of one start are
    // counted.
    const bool again = known != kNoIndex && same_start(impl.writers[known].info, hello);
    const int sessions = again ? impl.writers[known].sessions + 1 : 1;

    Change change = impl.about(Change::Kind::opened, known, now);
    introduce(change.info, hello, now);
    change.writer = change.info.id;
    Opened opened;
    opened.applied = impl.step(std::move(change));
    const WriterInfo& info = opened.applied.change.info;
    impl.writers[impl.writers.find(info.id)].sessions = sessions;
    opened.welcome.epoch = info.epoch;
    opened.welcome.max_nodes = impl.policy.max_nodes_per_writer;
    opened.welcome.now = now.utc;
    return opened;
}

Result<std::optional<Applied>> World::apply(const WriterId& writer, Frame frame, Now now) {
    Impl& impl = *impl_;
    const WriterIndex index = impl.writers.find(writer);
    if (index == kNoIndex || impl.writers[index].sessions == 0) {
        return fail(Errc::not_found, "writer " + writer.str() + " has no open session");
    }
    const WriterInfo& known = impl.writers[index].info;
    if (frame.epoch == 0 || frame.epoch > kMaxEpoch)
        return fail(Errc::invalid, "frame: epoch is out of range");
    if (frame.epoch < known.epoch || (frame.epoch == known.epoch && frame.sequence <= known.sequence)) {
        ++impl.duplicates;
        return std::optional<Applied>();
    }
    if (known.sequence == 0 && !frame.full) {
        return fail(Errc::invalid, "frame: the first one of a session must be full");
    }
    if (frame.now != 0) {
        to_our_clock(frame.report, impl.writers[index].state, frame.now - now.utc, now.utc);
    }
    News news =
        news_of(impl.writers[index].state, std::move(frame.report), frame.full, frame.version, impl.policy);
    Change change = impl.about(Change::Kind::facts, index, now);
    change.info.state = WriterState::live;
    change.info.epoch = frame.epoch;
    change.info.sequence = frame.sequence;
    change.info.heard = now.mono;
    if (frame.now != 0) change.info.skew_nanos = frame.now - now.utc;
    change.info.limited += news.limited;
    change.delta = std::move(news.delta);
    return std::optional<Applied>(impl.step(std::move(change)));
}

Result<Applied> World::post(const WriterId& writer, const std::string& host_name, report::Report report,
                            std::chrono::milliseconds window, Now now) {
    Impl& impl = *impl_;
    if (writer.empty()) return fail(Errc::invalid, "report: the writer is empty");
    const WriterIndex index = impl.writers.find(writer);
    if (index == kNoIndex && impl.writers.count() >= impl.policy.max_writers) {
        return fail(Errc::too_large, "no room for another writer: the limit is reached");
    }
    if (index != kNoIndex && impl.writers[index].info.probe) {
        return fail(Errc::conflict, "writer " + writer.str() + " is a probe's host_id");
    }
    Change change = impl.about(Change::Kind::facts, index, now);
    WriterInfo& info = change.info;
    change.writer = writer;
    info.id = writer;
    info.host_name = host_name.empty() ? writer.str() : host_name;
    info.state = WriterState::live;
    info.epoch = 1;
    ++info.sequence;
    info.heard = now.mono;
    info.lifetime_seconds = std::chrono::duration<double>(window).count();

    static const report::Report kNothing;
    const report::Report& state = index == kNoIndex ? kNothing : impl.writers[index].state;
    const Version version(info.epoch, info.sequence);
    restamp(report, state, version);
    News news = news_of(state, std::move(report), true, version, impl.policy);
    info.limited += news.limited;
    change.delta = std::move(news.delta);
    return impl.step(std::move(change));
}

void World::disconnected(const WriterId& writer, const std::string& instance_id) {
    const WriterIndex index = impl_->writers.find(writer);
    if (index == kNoIndex) return;
    Writer& known = impl_->writers[index];
    if (known.info.instance_id == instance_id && known.sessions > 0) --known.sessions;
}

std::optional<Applied> World::goodbye(const WriterId& writer, Now now) {
    const WriterIndex index = impl_->writers.find(writer);
    if (index == kNoIndex || impl_->writers[index].info.state == WriterState::ended) return std::nullopt;
    impl_->writers[index].sessions = 0;
    Change change = impl_->about(Change::Kind::standing, index, now);
    change.info.state = WriterState::ended;
    change.info.heard = now.mono;
    return impl_->step(std::move(change));
}

Touched World::replay(const Change& change) {
    return impl_->enact(change);
}

std::uint64_t World::sequence() const {
    return impl_->sequence;
}

}  // namespace reticle::app
