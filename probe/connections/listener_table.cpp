#include "probe/connections/listener_table.h"

#include <algorithm>
#include <iterator>

namespace reticle::probe {

void ListenerTable::seen(const Socket& socket) {
    found_.push_back({socket.netns, socket.local, socket.local_port, socket.protocol, socket.inode});
}

void ListenerTable::end_sweep(const std::vector<std::pair<std::uint64_t, report::Protocol>>& incomplete,
                              MonoTime now) {
    for (const Entry& entry : present_)
        if (std::find(incomplete.begin(), incomplete.end(), std::pair(entry.netns, entry.protocol)) !=
            incomplete.end())
            found_.push_back(entry);
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    if (found_ != present_) {
        present_.swap(found_);
        changed_ = true;
        index(now);
    } else if (now - forgot_ >= kRemembered) {
        index(now);
    }
}

void ListenerTable::index(MonoTime now) {
    forgot_ = now;
    for (auto& [key, places] : places_) {
        for (Place& place : places) {
            if (place.present) place.gone = now;
            place.present = false;
        }
    }
    for (const Entry& entry : present_) {
        auto& places = places_[port_key(entry.netns, entry.protocol, entry.port)];
        const auto at = std::find_if(places.begin(), places.end(),
                                     [&entry](const Place& place) { return place.address == entry.address; });
        if (at == places.end()) {
            places.push_back({entry.address});
        } else {
            at->present = true;
        }
    }
    for (auto at = places_.begin(); at != places_.end();) {
        std::erase_if(at->second, [now](const Place& place) {
            return !place.present && now - place.gone >= kRemembered;
        });
        at = at->second.empty() ? places_.erase(at) : std::next(at);
    }
}

std::uint64_t ListenerTable::port_key(std::uint64_t netns, report::Protocol protocol, std::uint16_t port) {
    // Namespace numbers are 32-bit inodes.
    return netns << 24 | std::uint64_t{port} << 8 | static_cast<std::uint64_t>(protocol);
}

bool ListenerTable::covers(std::uint64_t netns, report::Protocol protocol, const report::IpAddress& address,
                           std::uint16_t port) const {
    const auto at = places_.find(port_key(netns, protocol, port));
    if (at == places_.end()) return false;
    return std::any_of(at->second.begin(), at->second.end(), [&address](const Place& place) {
        if (place.address == address) return true;
        // "::" waits for IPv4 too unless told otherwise; "0.0.0.0" only for IPv4.
        return place.address.is_unspecified() && (!place.address.is_v4() || address.is_v4());
    });
}

bool ListenerTable::covers(const Socket& socket) const {
    return covers(socket.netns, socket.protocol, socket.local, socket.local_port);
}

bool ListenerTable::covers_peer(const Socket& socket) const {
    return covers(socket.netns, socket.protocol, socket.peer, socket.peer_port);
}

bool ListenerTable::any_unowned(const OwnerIndex& owners) const {
    return changed_ && std::any_of(present_.begin(), present_.end(),
                                   [&owners](const Entry& entry) { return !owners.owner(entry.inode); });
}

void ListenerTable::state(LocalState& state, const OwnerIndex& owners, std::string_view boot8) {
    if (!changed_ && stated_generation_ == owners.generation()) return;
    changed_ = false;
    stated_generation_ = owners.generation();
    std::vector<report::ListenerKey> now;
    const auto add = [&now](const Entry& entry, report::NodeKey owner) {
        now.push_back({std::move(owner), entry.netns, entry.address, entry.port, entry.protocol});
    };
    for (const Entry& entry : present_) {
        const auto holders = owners.owners(entry.inode);
        for (const Owner& owner : holders) add(entry, process_key(boot8, owner.pid, owner.start_ticks));
        if (holders.empty()) add(entry, state.host());
    }
    std::sort(now.begin(), now.end());
    now.erase(std::unique(now.begin(), now.end()), now.end());

    std::vector<report::ListenerKey> difference;
    std::set_difference(stated_.begin(), stated_.end(), now.begin(), now.end(),
                        std::back_inserter(difference));
    for (const auto& key : difference) state.listener_ended(key);
    difference.clear();
    std::set_difference(now.begin(), now.end(), stated_.begin(), stated_.end(),
                        std::back_inserter(difference));
    for (const auto& key : difference) state.listener(key);
    stated_ = std::move(now);
}

}  // namespace reticle::probe
