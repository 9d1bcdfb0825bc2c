#include "app/views/mapping.h"

namespace reticle::app {
namespace {

using report::Key;

constexpr std::array kAttributes = {Key::host_name,         Key::os,
                                    Key::kernel_version,    Key::boot_time,
                                    Key::local_networks,    Key::host_cpu_count,
                                    Key::probe_version,     Key::host_memory_total_bytes,
                                    Key::machine_arch,      Key::cluster,
                                    Key::probe_lost_events, Key::connections_source};

ViewSpec hosts_spec() {
    ViewSpec spec;
    spec.id = "hosts";
    spec.name = "Hosts";
    spec.rank = 4;
    spec.metrics = {Key::host_cpu_usage_percent, Key::host_mem_usage_bytes, Key::load1};
    return spec;
}

/// Every end on a host maps to the host. Several writers may state one: its own probe speaks first, then the
/// others in the order of their ids.
class HostsView final : public GroupedView {
  public:
    HostsView() : GroupedView(hosts_spec()) {}

  private:
    [[nodiscard]] std::optional<std::string> map_node(const World& /*world*/, const NodeRef& ref,
                                                      const WorldNode& /*node*/) const override {
        const bool host = ref.key.topology == report::Topology::host;
        if (!host || ref.key.id.view().size() > kMaxIdentity) return std::nullopt;
        return ref.key.id.str();
    }

    [[nodiscard]] MappedEnd map_end(const World& world, const Conversation& conversation,
                                    const End& end) const override {
        switch (end.kind) {
            case EndKind::node:
                if (end.node.key.topology == report::Topology::host) return {end.node.key.id.str(), {}, {}};
                return {host_of(world, end.node).id, {}, {}};
            case EndKind::unattributed:
            case EndKind::listener_group:
                return {host_of(world, end.node).id, {}, {}};
            case EndKind::lan_host:
            case EndKind::internet:
            case EndKind::service:
            case EndKind::ambiguous:
                break;
        }
        return pseudo_end(world, conversation, end, false);
    }

    [[nodiscard]] std::int64_t skew_shown(const WriterInfo& writer) const override {
        return writer.skew_nanos / kMilli;
    }

    void describe(const World& world, const NodeGroup& group, ViewNode& node) const override {
        std::vector<NodeRef> sources = group.node.sources;
        std::ranges::sort(sources, {}, [&](const NodeRef& ref) {
            return std::pair(ref.writer.view() != group.node.id, ref);
        });
        node.kind = NodeKind::host;
        for (const NodeRef& ref : sources) {
            if (const std::optional<WorldNode> host = world.node(ref)) describe_by(*host, node);
        }
        const std::string name = node.attributes.empty() || node.attributes.front().first != Key::host_name
                                     ? node.id
                                     : std::string(node.attributes.front().second.as_string());
        std::tie(node.label, node.sublabel) = split_host_name(name);
    }

    /// Adds what one writer says and no earlier one said.
    void describe_by(const WorldNode& host, ViewNode& node) const {
        const auto add = [](auto& known, const auto& more) {
            for (const auto& entry : more) {
                const auto place =
                    std::ranges::lower_bound(known, entry.first, {}, [](const auto& e) { return e.first; });
                if (place == known.end() || place->first != entry.first) known.insert(place, entry);
            }
        };
        const std::int64_t skew = GroupedView::skew_shown(*host.writer);
        add(node.metrics, metrics_of(*host.node));
        add(node.attributes, attributes_of(*host.node, kAttributes, skew));
        if (host.writer->probe && !node.clock_skew_ms) node.clock_skew_ms = skew_shown(*host.writer);
    }

    static constexpr std::int64_t kMilli = 1'000'000;
};

}  // namespace

std::unique_ptr<View> make_hosts_view() {
    return std::make_unique<HostsView>();
}

}  // namespace reticle::app
