#pragma once

#include <string>
#include <vector>

#include "app/scope/summary.h"

namespace reticle::app::scope {

/// A line of a connection table: the other end, the dialled port, how many connections.
struct ConnectionRow {
    std::string remote_id, label, label_minor;
    std::string remote_address;  ///< the Internet's address, shown on the ordinary node's side
    std::string local_address;   ///< likewise, on the Internet's side
    std::uint16_t port = 0;
    std::uint64_t count = 0;
};

/// A table of members of a group or host.
struct ChildGroup {
    std::string label, view;
    std::vector<Summary> nodes;  ///< sorted by id
};

/// A node with all that Scope's details panel shows (functional inventory 4.8).
struct Details {
    Summary summary;
    bool internet = false;  ///< its tables have a column for the remote address
    std::string view;
    std::vector<ConnectionRow> incoming, outgoing;
    std::vector<ChildGroup> children;
};

/// The details of a view's node. `processes` is the view that child processes are shown by.
Details detail(const Rendering& rendering, const View& view, const ViewNode& node, const View* processes);

}  // namespace reticle::app::scope
