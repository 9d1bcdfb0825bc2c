#include "probe/processes/net_namespaces.h"

#include <algorithm>

namespace reticle::probe {

std::uint64_t own_net_namespace() {
    return os::ProcFs().namespace_inode("thread-self/ns/net");
}

std::vector<NetNamespace> net_namespaces(const ProcessTable& processes, const os::ProcFs& proc,
                                         std::uint64_t own) {
    std::vector<NetNamespace> found;
    if (proc.own_pids() && own != 0) found.push_back({own, 0});
    for (const Process& process : processes.rows()) {
        const auto same = [&process](const NetNamespace& ns) { return ns.inode == process.netns; };
        if (process.netns != 0 && std::none_of(found.begin(), found.end(), same))
            found.push_back({process.netns, process.pid});
    }
    return found;
}

}  // namespace reticle::probe
