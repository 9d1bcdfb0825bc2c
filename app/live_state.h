#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/layout/placement.h"
#include "app/viewers.h"
#include "app/views/view.h"
#include "app/world/world.h"
#include "report/base/result.h"
#include "report/base/time.h"
#include "report/wire/codec.h"

namespace reticle::app {

/// A probe that was turned away, for `status` messages.
struct Refusal {
    std::string host_id;
    std::string reason;
    MonoTime when;
};

/// What an app calls itself; the epoch is random per start, so that viewers notice a restart.
struct AppIdentity {
    std::string id;
    std::string epoch;
    std::string host_name;
};

/// The world and all that is derived from it, kept in step: views, positions, subscriptions. An ordinary
/// value with no clock, socket or thread inside; Live holds it on a strand.
class LiveState {
  public:
    explicit LiveState(AppIdentity identity, WorldPolicy policy = {});

    /// A probe's hello; a refusal is remembered for viewers.
    Result<report::wire::Welcome> open(const report::wire::Hello& hello, Now now);
    /// Joins a frame into the world and answers with the acknowledgement to send.
    Result<report::wire::Ack> apply(const WriterId& writer, report::wire::Frame frame, Now now);
    /// Joins a posted report; answers how many facts it held.
    Result<std::size_t> post(const WriterId& writer, report::Report report, std::chrono::milliseconds window,
                             Now now);
    void disconnected(const WriterId& writer, const std::string& instance_id);
    void goodbye(const WriterId& writer, Now now);
    /// Remembers why a probe was turned away before the world was asked.
    void refused(const std::string& host_id, const std::string& reason, Now now);

    /// Once a second: silence and retention in the world, rates in the views, status to viewers.
    void tick(Now now);

    Viewers::Id join_viewer(Now now);
    /// False when the viewer has left too many errors unread.
    bool subscribe(Viewers::Id id, const SubscribeCommand& command);

    [[nodiscard]] const AppIdentity& identity() const { return identity_; }
    [[nodiscard]] const World& world() const { return world_; }
    [[nodiscard]] std::span<const std::unique_ptr<View>> views() const { return views_; }
    /// The view of that id, or nullptr.
    [[nodiscard]] const View* view(std::string_view id) const;
    [[nodiscard]] Viewers& viewers() { return viewers_; }
    [[nodiscard]] const Viewers& viewers() const { return viewers_; }
    [[nodiscard]] std::span<const Refusal> refusals() const { return refusals_; }
    /// Changes, frames and facts applied since the start.
    struct Totals {
        std::uint64_t changes = 0, frames = 0, facts = 0, posts = 0;
    };
    [[nodiscard]] const Totals& totals() const { return totals_; }

  private:
    void follow(const Applied& applied, Now now);
    void show(std::size_t view_index, ViewDelta delta, Now now);
    StreamMessage status(Now now);

    AppIdentity identity_;
    World world_;
    std::vector<std::unique_ptr<View>> views_;
    std::vector<Placement> placements_;  ///< one per view
    Viewers viewers_;
    std::vector<Refusal> refusals_;
    Totals totals_;
    StreamMessage last_status_;
    MonoTime last_status_time_;
};

/// The default value of each of a view's options: what a viewer that chooses nothing sees.
OptionValues default_options(const ViewSpec& spec);
/// `{"nodes":..,"pseudo_nodes":..,"edges":..,"hidden_nodes":..}`
std::string stats_json(const View::Stats& stats);

}  // namespace reticle::app
