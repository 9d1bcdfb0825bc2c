#include "app/views/mapping.h"

namespace reticle::app {
namespace {

using report::Key;

constexpr std::array kSums = {Key::process_cpu_usage_percent, Key::process_memory_usage_bytes,
                              Key::open_files_count};

ViewSpec by_name_spec() {
    ViewSpec spec;
    spec.id = "processes-by-name";
    spec.name = "by name";
    spec.parent = "processes";
    spec.hide_if_empty = true;
    spec.options = {unconnected_option()};
    spec.metrics.assign(kSums.begin(), kSums.end());
    return spec;
}

/// The id of a name's group is the name itself, unless that is how ids of pseudo nodes begin: a process may
/// call itself what it likes, but not become The Internet.
std::string group_id(std::string_view name) {
    constexpr std::array<std::string_view, 8> kReserved = {"in-theinternet", "out-theinternet", "service-",
                                                           "lan:",           "ambiguous:",      "listeners:",
                                                           "unattributed:",  "process_name:"};
    const bool reserved =
        std::ranges::any_of(kReserved, [&](std::string_view r) { return name.starts_with(r); });
    return (reserved ? "process_name:" : "") + std::string(name.substr(0, kMaxIdentity));
}

/// Each process maps to its name; one that has none is not shown.
class ProcessesByNameView final : public GroupedView {
  public:
    ProcessesByNameView() : GroupedView(by_name_spec(), kSums) {}

  private:
    [[nodiscard]] std::optional<std::string> map_node(const World& /*world*/, const NodeRef& ref,
                                                      const WorldNode& node) const override {
        const std::string_view name = node.node->value(Key::name).as_string();
        if (ref.key.topology != report::Topology::process || name.empty()) return std::nullopt;
        return group_id(name);
    }

    [[nodiscard]] MappedEnd map_end(const World& world, const Conversation& conversation,
                                    const End& end) const override {
        const bool process = end.kind == EndKind::node && end.node.key.topology == report::Topology::process;
        if (!process && end.kind != EndKind::listener_group)
            return pseudo_end(world, conversation, end, false);
        const std::span<const NodeRef> owners = process ? std::span(&end.node, 1) : std::span(end.members);
        if (const std::optional<std::string> name = common_name(world, owners)) {
            return {group_id(*name), std::nullopt, {owners.begin(), owners.end()}};
        }
        if (!process) return pseudo_end(world, conversation, end, false);
        // Not known yet, or without a name: nothing to draw until the process says more.
        return {"", std::nullopt, {end.node}};
    }

    void describe(const World& world, const NodeGroup& group, ViewNode& node) const override {
        const std::optional<WorldNode> process = world.node(group.node.sources.front());
        if (!process) return;
        const report::Value& name = process->node->value(Key::name);
        const std::size_t members = group.facts.size();
        node.kind = NodeKind::process_name;
        node.label = name.as_string();
        node.sublabel = std::to_string(members) + (members == 1 ? " process" : " processes");
        node.members = static_cast<std::uint32_t>(members);
        node.metrics = summed(group);
        node.attributes = {{Key::name, name}};
    }
};

}  // namespace

std::unique_ptr<View> make_processes_by_name_view() {
    return std::make_unique<ProcessesByNameView>();
}

}  // namespace reticle::app
