#include "app/views/mapping.h"

namespace reticle::app {
namespace {

using report::Key;

constexpr std::array kAttributes = {Key::pid,  Key::ppid,    Key::name,       Key::cmdline, Key::exe,
                                    Key::user, Key::threads, Key::start_time, Key::cgroup};

ViewSpec processes_spec() {
    ViewSpec spec;
    spec.id = "processes";
    spec.name = "Processes";
    spec.rank = 1;
    spec.hide_if_empty = true;
    spec.options = {unconnected_option()};
    spec.metrics = {Key::process_cpu_usage_percent, Key::process_memory_usage_bytes, Key::open_files_count};
    return spec;
}

/// Each process maps to itself.
class ProcessesView final : public GroupedView {
  public:
    ProcessesView() : GroupedView(processes_spec()) {}

  private:
    [[nodiscard]] std::optional<std::string> map_node(const World& /*world*/, const NodeRef& ref,
                                                      const WorldNode& /*node*/) const override {
        if (ref.key.topology != report::Topology::process) return std::nullopt;
        std::string id = process_id(ref);
        if (id.size() > kMaxIdentity) return std::nullopt;
        return id;
    }

    [[nodiscard]] MappedEnd map_end(const World& world, const Conversation& conversation,
                                    const End& end) const override {
        if (end.kind == EndKind::node && end.node.key.topology == report::Topology::process) {
            return {process_id(end.node), std::nullopt, {}};
        }
        return pseudo_end(world, conversation, end, true);
    }

    void describe(const World& world, const NodeGroup& group, ViewNode& node) const override {
        const NodeRef& ref = group.node.sources.front();
        const std::optional<WorldNode> process = world.node(ref);
        if (!process) return;
        const HostFace host = host_of(world, ref);
        const std::string pid = process->node->value(Key::pid).to_string();
        const std::string_view name = process->node->value(Key::name).as_string();
        node.kind = NodeKind::process;
        node.label = name.empty() ? pid : short_name(name);
        node.sublabel = host.label + " (" + pid + ")";
        node.group = host.id;
        node.group_label = host.label;
        node.metrics = metrics_of(*process->node);
        node.attributes = attributes_of(*process->node, kAttributes, skew_shown(*process->writer));
        node.parents = {{"hosts", host.id, host.label}};
    }
};

}  // namespace

std::unique_ptr<View> make_processes_view() {
    return std::make_unique<ProcessesView>();
}

}  // namespace reticle::app
