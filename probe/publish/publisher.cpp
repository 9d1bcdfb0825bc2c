#include "probe/publish/publisher.h"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "probe/publish/connection.h"
#include "probe/publish/session.h"
#include "report/base/log.h"

namespace reticle::probe {

namespace asio = boost::asio;
namespace wire = report::wire;

namespace {

std::function<double()> random_numbers() {
    return [engine = std::mt19937_64(std::random_device{}()),
            distribution = std::uniform_real_distribution<double>(0.0, 1.0)]() mutable {
        return distribution(engine);
    };
}

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

/// One app: what to say (session), over what (connection), and when to look again (timer).
struct Publisher::Link {
    Link(asio::io_context& io, const Target& target, const wire::Hello& hello, Connection::Events events)
        : name(target.to_string()),
          session(hello, random_numbers()),
          connection(io, target, std::move(events)),
          timer(io) {}

    std::string name;
    Session session;
    Connection connection;
    asio::steady_timer timer;
    std::string trouble;  // as last logged: a lasting one is told once, not at every attempt
};

struct Publisher::Stopping {
    Stopping(asio::io_context& io, std::function<void()> when_done)
        : overdue(io), done(std::move(when_done)) {}
    asio::steady_timer overdue;
    std::function<void()> done;
};

Publisher::Publisher(asio::io_context& io, LocalState& state, std::vector<Target> apps, wire::Hello hello,
                     EpochRaised epoch_raised)
    : io_(io), state_(state), epoch_raised_(std::move(epoch_raised)) {
    for (const auto& app : apps) {
        const std::size_t index = links_.size();
        Connection::Events events;
        events.opened = [this, index] {
            links_[index]->session.opened();
            pump(*links_[index]);
        };
        events.message = [this, index](const std::string& bytes) { received(*links_[index], bytes); };
        events.closed = [this, index](const std::string& why) { closed(*links_[index], why); };
        links_.push_back(std::make_unique<Link>(io, app, hello, std::move(events)));
    }
}

Publisher::~Publisher() = default;

void Publisher::wake() {
    for (auto& link : links_) pump(*link);
}

void Publisher::pump(Link& link) {
    bool idle = false;
    while (!idle) {
        const Now now = read_clocks();
        const Step step = link.session.next(state_, now);
        std::visit(Overloaded{
                       [&](const Connect&) { link.connection.open(); },
                       [&](const Send& to_send) { send(link, to_send.message); },
                       [&](const RaiseEpoch& raise) {
                           state_.raise_epoch(raise.epoch);
                           epoch_raised_(raise.epoch);
                           asio::post(io_, [this] { wake(); });  // the other apps get everything, too
                       },
                       [&](const Disconnect& disconnect) { link.connection.close(disconnect.why); },
                       [&](const Wait& wait) {
                           idle = true;
                           link.timer.cancel();
                           if (!wait.until) return;
                           link.timer.expires_at(*wait.until);
                           link.timer.async_wait([this, &link](const boost::system::error_code& cancelled) {
                               if (!cancelled) pump(link);
                           });
                       },
                       [&](const Finished&) {
                           idle = true;
                           link.timer.cancel();
                       },
                   },
                   step);
    }
    after_pump();
}

void Publisher::send(Link& link, const wire::Message& message) {
    std::string bytes = wire::encode(message);
    if (bytes.size() > wire::Limits{}.max_envelope_bytes) {
        link.session.too_large(bytes.size());
    } else {
        link.connection.send(std::move(bytes));
    }
}

void Publisher::received(Link& link, const std::string& bytes) {
    const bool was_live = link.session.live();
    const auto message = wire::decode(bytes);
    if (message) {
        link.session.received(*message, read_clocks().mono);
    } else {
        link.session.received_garbage(message.error());
    }
    if (!was_live && link.session.live()) {
        link.trouble.clear();
        log_info("reporting to " + link.name);
    }
    pump(link);
}

void Publisher::closed(Link& link, const std::string& why) {
    link.session.closed(read_clocks().mono);
    if (!link.session.refusal().empty()) {
        log_error(link.name + ": " + link.session.refusal() + "; not trying again");
    } else if (!stopping_ && why != link.trouble) {
        log_warn(link.name + ": " + why + "; trying again");
        link.trouble = why;
    }
    pump(link);
}

/// Tells the state what all sessions together mean for it.
void Publisher::after_pump() {
    std::optional<report::Version> oldest;
    bool watched = false;
    for (const auto& link : links_) {
        watched = watched || link->session.watched();
        const auto acknowledged = link->session.acknowledged();
        if (acknowledged && (!oldest || *acknowledged < *oldest)) oldest = acknowledged;
    }
    state_.set_watched(watched);
    if (oldest) state_.acknowledged(*oldest);
    if (stopping_ && std::all_of(links_.begin(), links_.end(),
                                 [](const auto& link) { return link->session.finished(); })) {
        finish();
    }
}

void Publisher::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    if (stopping_) return;
    stopping_ = std::make_unique<Stopping>(io_, std::move(done));
    stopping_->overdue.expires_after(grace);
    stopping_->overdue.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) finish();
    });
    for (auto& link : links_) link->session.stop();
    wake();
    after_pump();  // with no apps at all, too
}

void Publisher::finish() {
    stopping_->overdue.cancel();
    for (auto& link : links_) {
        link->timer.cancel();
        link->connection.abort();
    }
    if (const auto done = std::exchange(stopping_->done, {})) asio::post(io_, done);
}

bool Publisher::unwanted() const {
    return !links_.empty() && std::all_of(links_.begin(), links_.end(), [](const auto& link) {
        return !link->session.refusal().empty() && link->session.finished();
    });
}

}  // namespace reticle::probe
