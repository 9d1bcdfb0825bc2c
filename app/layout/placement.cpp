#include "app/layout/placement.h"

#include <algorithm>
#include <compare>
#include <deque>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "app/layout/plot.h"
#include "app/layout/tile_grid.h"

namespace reticle::app {
namespace {

constexpr std::chrono::minutes kTombstone{10};

/// Where on the map a node belongs: in its group, or to what lies around all groups.
enum class Zone : std::uint8_t { group, inbound, outbound, lan };

struct PlotKey {
    Zone zone = Zone::group;
    std::string group;
    friend auto operator<=>(const PlotKey&, const PlotKey&) = default;
};

PlotKey key_of(const ViewNode& node) {
    switch (node.kind) {
        case NodeKind::internet:
            return {node.id.starts_with("in-") ? Zone::inbound : Zone::outbound, {}};
        case NodeKind::service:
            return {Zone::outbound, {}};
        case NodeKind::lan_host:
            return {Zone::lan, {}};
        case NodeKind::process:
        case NodeKind::process_name:
        case NodeKind::host:
        case NodeKind::listener_group:
        case NodeKind::unattributed:
            break;
    }
    return {Zone::group, node.group};
}

/// What a replacement has in common with what it replaces: the label up to its first digit or separator, so
/// that the next worker of a pool is the heir of the last.
std::string stem_of(const ViewNode& node) {
    const std::size_t end = node.label.find_first_of("0123456789:/@", 1);
    return node.label.substr(0, end);
}

/// FNV-1a: the same on every machine, so that equal histories give equal maps.
std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

bool connected(const ViewNode& node) {
    return node.pseudo || node.degree > 0;
}

struct Tombstone {
    std::string id;
    Slot slot;
    MonoTime until;
};

struct Ground {
    Plot plot;
    std::size_t nodes = 0;                                    ///< living ones and tombstones
    std::map<std::string, std::deque<Tombstone>> tombstones;  ///< by stem, oldest first
};
using Grounds = std::map<PlotKey, Ground>;

struct Placed {
    Grounds::iterator ground;
    Slot slot;
    std::string stem;
};

struct Newcomer {
    PlotKey key;
    const ViewNode* node;
};

}  // namespace

struct Placement::Impl {
    TileGrid grid;
    Grounds grounds;
    std::unordered_map<std::string, Placed> placed;
    struct Expiry {
        MonoTime until;
        PlotKey key;
        std::string stem;
    };
    std::deque<Expiry> expiries;  ///< oldest first

    void expire(MonoTime now);
    void leave(const std::string& id, MonoTime now);
    Grounds::iterator ground_for(std::span<const Newcomer> group);
    [[nodiscard]] Tile site(Zone zone) const;
    Position settle(Grounds::iterator ground, const ViewNode& node);
    Position keep(Placed& home, const ViewNode& node);
    void release(Grounds::iterator ground, Slot slot);
};

void Placement::Impl::expire(MonoTime now) {
    for (; !expiries.empty() && expiries.front().until <= now; expiries.pop_front()) {
        const auto ground = grounds.find(expiries.front().key);
        if (ground == grounds.end()) continue;
        const auto stones = ground->second.tombstones.find(expiries.front().stem);
        if (stones == ground->second.tombstones.end()) continue;
        // An heir may have taken it; then the front is another one's, whose time comes with its own expiry.
        if (stones->second.front().until > now) continue;
        const Slot slot = stones->second.front().slot;
        stones->second.pop_front();
        if (stones->second.empty()) ground->second.tombstones.erase(stones);
        release(ground, slot);
    }
}

void Placement::Impl::release(Grounds::iterator ground, Slot slot) {
    ground->second.plot.release(slot);
    if (--ground->second.nodes != 0) return;
    ground->second.plot.leave(grid);
    grounds.erase(ground);
}

void Placement::Impl::leave(const std::string& id, MonoTime now) {
    const auto found = placed.find(id);
    const auto [ground, slot, stem] = found->second;
    ground->second.tombstones[stem].push_back({id, slot, now + kTombstone});
    expiries.push_back({now + kTombstone, ground->first, stem});
    placed.erase(found);
}

/// Around the groups, as far out as they reach now: who comes from outside on the left, what is used outside
/// on the right, the neighbours without a probe below. Groups that come later go around them.
Tile Placement::Impl::site(Zone zone) const {
    constexpr int kGap = 2;
    const Tile least = grid.least(), greatest = grid.greatest();
    const Tile middle{(least.x + greatest.x) / 2, (least.y + greatest.y) / 2};
    switch (zone) {
        case Zone::group:
            return {};
        case Zone::inbound:
            return {least.x - kGap, middle.y};
        case Zone::outbound:
            return {greatest.x + kGap, middle.y};
        case Zone::lan:
            return {middle.x, greatest.y + kGap};
    }
    return {};
}

Grounds::iterator Placement::Impl::ground_for(std::span<const Newcomer> group) {
    const PlotKey& key = group.front().key;
    if (const auto found = grounds.find(key); found != grounds.end()) return found;
    const auto now = static_cast<std::size_t>(
        std::ranges::count_if(group, [](const Newcomer& newcomer) { return connected(*newcomer.node); }));
    // Processes are known before their conversations: room in the middle is kept for those that will have
    // some.
    constexpr std::size_t kConnectsLater = 6;
    const std::size_t linked = std::max(now, group.size() / kConnectsLater);
    return grounds.emplace(key, Ground{Plot(grid, site(key.zone), linked, group.size() - linked), 0, {}})
        .first;
}

Position Placement::Impl::settle(Grounds::iterator ground, const ViewNode& node) {
    Ground& home = ground->second;
    std::string stem = stem_of(node);
    Slot slot;
    if (const auto stones = home.tombstones.find(stem); stones != home.tombstones.end()) {
        auto stone = std::ranges::find(stones->second, node.id, &Tombstone::id);
        if (stone == stones->second.end()) stone = stones->second.begin();
        slot = stone->slot;
        stones->second.erase(stone);
        if (stones->second.empty()) home.tombstones.erase(stones);
    } else {
        slot = home.plot.take(grid, connected(node), stable_hash(node.id));
        ++home.nodes;
    }
    const auto [place, first] = placed.insert_or_assign(node.id, Placed{ground, slot, std::move(stem)});
    return keep(place->second, node);
}

/// A node stays where it stands, but for once: the place of one without edges, which the map hides, is not
/// where it is seen when its first edge comes.
Position Placement::Impl::keep(Placed& home, const ViewNode& node) {
    Plot& plot = home.ground->second.plot;
    if (home.slot.quarter != Slot::kWhole && connected(node)) {
        const Slot better = plot.take(grid, true, stable_hash(node.id));
        const bool gained = better.quarter == Slot::kWhole;
        plot.release(gained ? home.slot : better);
        if (gained) home.slot = better;
    }
    return plot.position(home.slot);
}

Placement::Placement() : impl_(std::make_unique<Impl>()) {}
Placement::~Placement() = default;
Placement::Placement(Placement&&) noexcept = default;

std::vector<std::string> Placement::apply(View& view, const ViewDelta& delta, Now now) {
    Impl& my = *impl_;
    my.expire(now.mono);
    std::vector<std::string> moved;
    std::vector<Newcomer> newcomers;
    for (const std::string& id : delta.nodes) {
        const ViewNode* node = view.node(id);
        const auto placed = my.placed.find(id);
        std::optional<PlotKey> key;
        if (node != nullptr) key = key_of(*node);
        if (placed != my.placed.end()) {
            if (key == placed->second.ground->first) {
                // One that went and came back between two deltas has forgotten where it stood.
                const Position position = my.keep(placed->second, *node);
                if (position == Position{node->x, node->y}) continue;
                view.place(id, position.x, position.y);
                moved.push_back(id);
                continue;
            }
            my.leave(id, now.mono);
        }
        if (key) newcomers.push_back({std::move(*key), node});
    }
    // Groups before what lies around them, each in the order of ids: the same news gives the same map.
    std::ranges::sort(newcomers, {}, [](const Newcomer& n) { return std::tie(n.key, n.node->id); });
    for (auto begin = newcomers.begin(); begin != newcomers.end();) {
        const auto end =
            std::find_if(begin, newcomers.end(), [&](const Newcomer& n) { return n.key != begin->key; });
        const auto ground = my.ground_for({begin, end});
        for (; begin != end; ++begin) {
            const std::string id = begin->node->id;
            const Position position = my.settle(ground, *begin->node);
            view.place(id, position.x, position.y);
            moved.push_back(id);
        }
    }
    std::ranges::sort(moved);
    return moved;
}

}  // namespace reticle::app
