#include "probe/connections/owner_index.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace reticle::probe {

void OwnerIndex::follow(const ProcessTable& table) {
    if (table.membership_changed() > followed_) {
        forget_ended(table);
        for (const Process& process : table.rows()) {
            if (process.kernel_thread || process.changed <= followed_ || held_.contains(process.pid))
                continue;
            const auto parent = held_.find(process.ppid);
            if (parent != held_.end() && !parent->second.inodes.empty())
                walk_process(process, table.generation());
        }
    }
    followed_ = table.generation();
}

void OwnerIndex::walk(const ProcessTable& table) {
    std::size_t walks = 0;
    for (const Process& process : table.rows()) {
        if (process.kernel_thread) continue;
        const auto at = held_.find(process.pid);
        const bool same = at != held_.end() && at->second.owner.start_ticks == process.start_ticks;
        if (same && process.changed <= at->second.walked) continue;
        if (++walks > kMaxWalks) return;
        walk_process(process, table.generation());
    }
}

void OwnerIndex::walk_process(const Process& process, std::uint64_t generation) {
    Held& held = held_[process.pid];
    const Owner owner{process.start_ticks, process.pid};
    if (held.owner != owner) {
        replace(held, {});
        held.owner = owner;
    }
    const bool listed = list_(process.pid, scratch_);
    if (listed == held.denied) listed ? --denied_ : ++denied_;
    held.denied = !listed;
    held.walked = generation;
    if (listed) replace(held, scratch_);
}

void OwnerIndex::forget_ended(const ProcessTable& table) {
    for (auto at = held_.begin(); at != held_.end();) {
        Held& held = at->second;
        const Process* process = table.find(at->first);
        if (process != nullptr && process->start_ticks == held.owner.start_ticks) {
            ++at;
            continue;
        }
        if (held.denied) --denied_;
        replace(held, {});
        at = held_.erase(at);
    }
}

void OwnerIndex::replace(Held& held, std::vector<std::uint64_t> inodes) {
    if (held.inodes == inodes) return;
    ++generation_;
    std::vector<std::uint64_t> lost;
    std::set_difference(held.inodes.begin(), held.inodes.end(), inodes.begin(), inodes.end(),
                        std::back_inserter(lost));
    lost_.insert(lost_.end(), lost.begin(), lost.end());
    for (const std::uint64_t inode : lost) {
        const auto [first, last] = owners_.equal_range(inode);
        for (auto at = first; at != last; ++at) {
            if (at->second != held.owner) continue;
            owners_.erase(at);
            break;
        }
    }
    std::vector<std::uint64_t> won;
    std::set_difference(inodes.begin(), inodes.end(), held.inodes.begin(), held.inodes.end(),
                        std::back_inserter(won));
    for (const std::uint64_t inode : won) owners_.emplace(inode, held.owner);
    held.inodes = std::move(inodes);
}

std::vector<std::uint64_t> OwnerIndex::take_lost() {
    std::sort(lost_.begin(), lost_.end());
    return std::exchange(lost_, {});
}

std::optional<Owner> OwnerIndex::owner(std::uint64_t inode) const {
    const auto [first, last] = owners_.equal_range(inode);
    if (inode == 0 || first == last) return std::nullopt;
    return std::min_element(first, last, [](const auto& a, const auto& b) { return a.second < b.second; })
        ->second;
}

std::vector<Owner> OwnerIndex::owners(std::uint64_t inode) const {
    std::vector<Owner> all;
    const auto [first, last] = owners_.equal_range(inode);
    for (auto at = first; at != last; ++at) all.push_back(at->second);
    std::sort(all.begin(), all.end());
    return all;
}

bool OwnerIndex::holds(const Owner& owner, std::uint64_t inode) const {
    const auto at = held_.find(owner.pid);
    return at != held_.end() && at->second.owner == owner &&
           std::binary_search(at->second.inodes.begin(), at->second.inodes.end(), inode);
}

}  // namespace reticle::probe
