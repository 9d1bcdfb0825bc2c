#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/views/grouped_view.h"
#include "app/world/world.h"

// What several views have in common about naming the things of the world.
namespace reticle::app {

/// The host a node of the world belongs to, as views name it.
struct HostFace {
    std::string id, label;
};

/// A node stated by a probe is on the probe's host; one of an imported report, which may hold many hosts, on
/// the host that is its parent.
HostFace host_of(const World& world, const NodeRef& ref);

/// Identities beyond this are no probe's of ours; views leave such nodes out, so that an id fits a message.
inline constexpr std::size_t kMaxIdentity = 256;

/// The v1 id of a process: `<host_id>;<boot8>;<pid>;<start>`.
std::string process_id(const NodeRef& ref);

/// The name of a process as people know it: of a path its last part ("/usr/bin/curl" is curl), anything else
/// as it is ("kworker/0:1" is no path).
std::string_view short_name(std::string_view name);

/// The part of a host name up to its first dot, and the rest; an address is not taken apart.
std::pair<std::string_view, std::string_view> split_host_name(std::string_view name);

/// An end that is no node of the world, or whose process is not known: drawn honestly as what it is.
/// `in_hosts`: the view groups by host, so that what lies on a host carries its id as group.
MappedEnd pseudo_end(const World& world, const Conversation& conversation, const End& end, bool in_hosts);

/// The name that all of them share, if they do.
std::optional<std::string> common_name(const World& world, std::span<const NodeRef> processes);

/// The attributes of a node among `keys`, sorted by key. `skew_nanos` is taken off times, so that they are on
/// the app's clock.
std::vector<std::pair<report::Key, report::Value>> attributes_of(const report::Node& node,
                                                                 std::span<const report::Key> keys,
                                                                 std::int64_t skew_nanos);

/// All metrics of a node, sorted by key.
std::vector<std::pair<report::Key, double>> metrics_of(const report::Node& node);

/// The option that hides what has no edge to a different node.
ViewOption unconnected_option();

/// Every process a node of its own.
std::unique_ptr<View> make_processes_view();
/// Processes of one name a node, whatever their hosts.
std::unique_ptr<View> make_processes_by_name_view();
/// Every probed host a node.
std::unique_ptr<View> make_hosts_view();

}  // namespace reticle::app
