#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "probe/os/proc_fs.h"
#include "probe/processes/process_table.h"

namespace reticle::probe {

/// A network namespace that a process of ours lives in.
struct NetNamespace {
    std::uint64_t inode = 0;  ///< its number
    pid_t pid = 0;            ///< someone who lives there; 0 = ourselves
};

/// The inode of the network namespace that this thread is in; 0 if /proc is not mounted.
std::uint64_t own_net_namespace();

/// The network namespaces of all processes, our own first: it is there even where those of other users may
/// not be seen. With a /proc of another pid namespace, ours is listed only if one of its processes lives
/// there.
std::vector<NetNamespace> net_namespaces(const ProcessTable& processes, const os::ProcFs& proc,
                                         std::uint64_t own);

}  // namespace reticle::probe
