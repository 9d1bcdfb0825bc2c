#pragma once

#include "probe/os/fd.h"
#include "probe/os/netlink.h"
#include "probe/os/proc_fs.h"
#include "report/base/result.h"

namespace reticle::probe::os {

/// Opens a netlink socket inside the network namespace of another process. The thread is there only while the
/// socket is made (a few microseconds) and returns before this function does; should it ever not be able to
/// return, the program ends: talking to the app from a foreign network would be worse.
/// Needs CAP_SYS_ADMIN; Errc::denied says so. Close the socket soon: it keeps the namespace alive.
Result<NetlinkSocket> netlink_in_namespace_of(const ProcFs& proc, pid_t pid, int protocol);

}  // namespace reticle::probe::os
