#include "app/world/writers.h"

#include <algorithm>

namespace reticle::app {

using report::NodeKey;
using report::Text;
using report::Topology;

WriterIndex Writers::find(const WriterId& id) const {
    const auto found = by_id_.find(id.view());
    return found == by_id_.end() ? kNoIndex : found->second;
}

WriterIndex Writers::add(const WriterId& id) {
    const WriterIndex index = slots_.add();
    slots_[index] = Writer();
    slots_[index].info.id = id;
    by_id_.emplace(slots_[index].info.id.view(), index);
    return index;
}

void Writers::drop(WriterIndex index) {
    Writer& writer = slots_[index];
    for (const HostIndex host : writer.hosts) {
        hosts_[host] = Host();
        hosts_.release(host);
    }
    by_id_.erase(writer.info.id.view());
    writer = Writer();
    slots_.release(index);
}

HostIndex Writers::host(WriterIndex writer, const Text& id) {
    auto& hosts = slots_[writer].hosts;
    const auto place = std::ranges::lower_bound(
        hosts, id, {}, [this](HostIndex host) -> const Text& { return hosts_[host].id; });
    if (place != hosts.end() && hosts_[*place].id == id) return *place;
    const HostIndex index = hosts_.add();
    hosts_[index] = {writer, id};
    hosts.insert(place, index);
    return index;
}

HostIndex Writers::host_of(WriterIndex index, const NodeKey& key) {
    const Writer& writer = slots_[index];
    if (writer.info.probe) return host(index, writer.info.id);
    if (key.topology == Topology::host) return host(index, key.id);
    if (const report::Node* node = writer.state.find(key)) {
        for (const report::Parent& parent : node->parents()) {
            if (parent.key.topology == Topology::host && parent.presence.alive()) {
                return host(index, parent.key.id);
            }
        }
    }
    return host(index, Text());
}

NodeRef Writers::host_ref(HostIndex index) const {
    const Host& host = hosts_[index];
    return {slots_[host.writer].info.id, {Topology::host, host.id}};
}

std::size_t Writers::memory_bytes() const {
    std::size_t bytes = slots_.memory_bytes() + hosts_.memory_bytes() + by_id_.size() * 64;
    for_each([&](WriterIndex index) {
        const Writer& writer = slots_[index];
        bytes += writer.state.memory_bytes() + writer.halves.capacity() * sizeof(HalfId) +
                 writer.nodes.capacity() * sizeof(Lifespan) +
                 writer.listeners.capacity() * sizeof(ListenerPlace) +
                 (writer.aliases.capacity() + writer.hosts.capacity()) * sizeof(HostIndex) +
                 writer.end_marks.capacity() * sizeof(Writer::EndMark);
    });
    return bytes;
}

}  // namespace reticle::app
