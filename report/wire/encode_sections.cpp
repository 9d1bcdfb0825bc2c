#include <algorithm>
#include <utility>

#include "report/wire/columns.h"
#include "report/wire/sections.h"
#include "report/wire/strings.h"

namespace reticle::report::wire {
namespace {

std::uint8_t presence_flags(Presence presence) {
    if (presence.none()) return 0;
    return presence.ended() ? flag::kPresence | flag::kEnded : flag::kPresence;
}

void put_version(ColumnWriter& column, Version base, Version version) {
    column.put_delta(base.packed(), version.packed());
}

void put_presence(ColumnWriter& column, Version base, Presence presence) {
    if (!presence.none()) put_version(column, base, presence.version());
}

std::uint8_t code(Topology topology) {
    return static_cast<std::uint8_t>(topology);
}

std::uint8_t code(Protocol protocol) {
    return static_cast<std::uint8_t>(protocol);
}

/// What the versions inside a fact start from: its own presence, else the frame's version.
Version inner_base(Presence presence, Version frame) {
    return presence.none() ? frame : presence.version();
}

class NodeEncoder {
  public:
    NodeEncoder(const StringTable& texts, const Base& base) : texts_(texts), base_(base) {}

    void add(const Node& node) {
        columns_.topology.put_byte(code(node.key.topology));
        const std::uint32_t id = texts_.number(node.key.id.view());
        columns_.id.put_delta(std::exchange(previous_id_, id), id);
        std::uint8_t flags = presence_flags(node.presence);
        const auto count = [&](std::uint8_t bit, std::size_t size) {
            if (size == 0) return;
            flags |= bit;
            columns_.counts.put(size);
        };
        count(flag::kAttributes, node.attributes.size());
        count(flag::kMetrics, node.metrics.size());
        count(flag::kLabels, node.labels().size());
        count(flag::kParents, node.parents().size());
        columns_.flags.put_byte(flags);
        put_presence(columns_.presence, base_.version, node.presence);
        part_version_ = inner_base(node.presence, base_.version);
        add_attributes(node);
        add_metrics(node);
        for (const Label& label : node.labels()) {
            columns_.label_key.put(texts_.number(label.key.view()));
            add_value(label.version, label.value);
        }
        for (const Parent& parent : node.parents()) add_parent(parent);
    }

    std::string section() { return join_columns(columns_); }

  private:
    void add_attributes(const Node& node) {
        std::uint64_t previous = 0;
        for (const Attribute& attribute : node.attributes) {
            const auto number = static_cast<std::uint64_t>(attribute.key);
            columns_.attribute_key.put(number - std::exchange(previous, number));
            add_value(attribute.version, attribute.value);
        }
    }

    void add_metrics(const Node& node) {
        std::uint64_t previous = 0;
        Version version = base_.version;
        for (const Metric& metric : node.metrics) {
            const auto number = static_cast<std::uint64_t>(metric.key);
            columns_.metric_key.put(number - std::exchange(previous, number));
            put_version(columns_.metric_version, std::exchange(version, metric.version), metric.version);
            std::uint8_t form = put_real(columns_.metric_digits, metric.value);
            if (metric.peak == metric.value) {
                form |= kPeakIsValue << 4;
            } else {
                form = static_cast<std::uint8_t>(form | put_real(columns_.metric_digits, metric.peak) << 4);
            }
            columns_.metric_form.put_byte(form);
        }
    }

    void add_parent(const Parent& parent) {
        columns_.parent_topology.put_byte(code(parent.key.topology));
        columns_.parent_id.put(texts_.number(parent.key.id.view()));
        columns_.parent_flags.put_byte(presence_flags(parent.presence));
        put_presence(columns_.parent_presence, base_.version, parent.presence);
    }

    void add_value(Version version, const Value& value) {
        put_version(columns_.part_version, std::exchange(part_version_, version), version);
        std::uint8_t form = 0;
        switch (value.type()) {
            case Value::Type::none:
                break;
            case Value::Type::boolean:
                columns_.value.put(value.as_boolean() ? 1 : 0);
                break;
            case Value::Type::integer:
                columns_.value.put_signed(value.as_integer());
                break;
            case Value::Type::real:
                form = put_real(columns_.value, value.as_real());
                break;
            case Value::Type::time:
                form = put_time(columns_.value, base_.now, value.as_time());
                break;
            case Value::Type::string:
                columns_.value.put(texts_.number(value.as_string()));
                break;
            case Value::Type::list: {
                columns_.value.put(value.as_list().size());
                for (const std::string& item : value.as_list()) columns_.value.put(texts_.number(item));
                break;
            }
        }
        const auto type = static_cast<unsigned>(value.type());
        columns_.value_type.put_byte(static_cast<std::uint8_t>(type | static_cast<unsigned>(form) << 4));
    }

    const StringTable& texts_;
    const Base& base_;
    NodeColumns<ColumnWriter> columns_;
    std::uint64_t previous_id_ = 0;
    Version part_version_;
};

class FlowEncoder {
  public:
    FlowEncoder(const StringTable& texts, const Base& base) : texts_(texts), base_(base) {}

    void add(const Flow& flow) {
        add_key(flow.key);
        const bool rtt = !flow.rtt_version.none() || flow.rtt_us != 0;
        const bool witnesses = !flow.witness_version.none() || !flow.witnesses.empty();
        unsigned flags = presence_flags(flow.presence);
        if (rtt) flags |= flag::kRtt;
        if (flow.rtt_min_us != 0) flags |= flag::kRttMin;
        if (flow.first_seen != 0) flags |= flag::kFirstSeen;
        if (flow.last_seen != 0) flags |= flag::kLastSeen;
        if (witnesses) flags |= flag::kWitnesses;
        if (flow.extra) flags |= flag::kExtra;
        columns_.flags.put_byte(static_cast<std::uint8_t>(flags));
        put_presence(columns_.presence, base_.version, flow.presence);
        columns_.evidence.put_byte(flow.evidence);
        add_epochs(flow);
        const Version base = inner_base(flow.presence, base_.version);
        if (rtt) {
            put_version(columns_.rtt_version, base, flow.rtt_version);
            columns_.rtt.put(flow.rtt_us);
        }
        if (flow.rtt_min_us != 0) columns_.rtt_min.put(flow.rtt_min_us);
        if (flow.first_seen != 0) add_time(flow.first_seen);
        if (flow.last_seen != 0) add_time(flow.last_seen);
        if (witnesses) add_witnesses(flow, base);
        if (flow.extra) add_extra(*flow.extra, base);
    }

    std::string section() { return join_columns(columns_); }

  private:
    void add_key(const FlowKey& key) {
        columns_.owner_topology.put_byte(code(key.owner.topology));
        const std::uint32_t owner = texts_.number(key.owner.id.view());
        columns_.owner_id.put_delta(std::exchange(previous_.owner, owner), owner);
        const bool has_peer = key.peer_owner != NodeKey();
        if (has_peer) {
            columns_.peer_topology.put_byte(code(key.peer_owner.topology));
            columns_.peer_id.put(texts_.number(key.peer_owner.id.view()));
        }
        const auto protocol =
            static_cast<unsigned>(std::ranges::find(kProtocolCodes, key.protocol) - kProtocolCodes.begin());
        const auto direction = static_cast<unsigned>(key.direction);
        columns_.kind.put_byte(
            static_cast<std::uint8_t>(protocol | direction << 2 | (has_peer ? kHasPeerOwner : 0U)));
        columns_.netns.put_delta(std::exchange(previous_.netns, key.netns), key.netns);
        put_address(columns_.local, key.local, previous_.local);
        put_address(columns_.peer, key.peer, previous_.peer);
        columns_.port.put(key.service_port);
    }

    void add_epochs(const Flow& flow) {
        columns_.epoch_count.put(flow.epochs.size());
        std::uint64_t previous = base_.version.epoch();
        for (const EpochCounters& epoch : flow.epochs) {
            columns_.epoch.put_delta(std::exchange(previous, epoch.epoch), epoch.epoch);
            std::uint64_t mask = 0;
            std::uint64_t bit = 1;
            visit_counters(epoch.counters, [&](std::uint64_t count) {
                if (count != 0) {
                    mask |= bit;
                    columns_.counters.put(count);
                }
                bit <<= 1;
            });
            columns_.counter_mask.put(mask);
        }
    }

    void add_time(UtcNanos moment) {
        columns_.time_form.put_byte(put_time(columns_.times, base_.now, moment));
    }

    void add_witnesses(const Flow& flow, Version base) {
        put_version(columns_.witness_version, base, flow.witness_version);
        columns_.witness_count.put(flow.witnesses.size());
        for (const Witness& witness : flow.witnesses) {
            columns_.witness_hash.put_fixed64(witness.hash);
            const unsigned form = put_time(columns_.witness_seen, base_.now, witness.seen);
            columns_.witness_form.put_byte(static_cast<std::uint8_t>(form | (witness.open ? 16U : 0U)));
        }
    }

    void add_extra(const Flow::Extra& extra, Version base) {
        unsigned mask = 0;
        unsigned bit = 1;
        for (const VersionedText* text : {&extra.container, &extra.dialled, &extra.dialled_name}) {
            if (*text != VersionedText()) {
                mask |= bit;
                put_version(columns_.extra_version, base, text->version);
                columns_.extra_text.put(texts_.number(text->text.view()));
            }
            bit <<= 1;
        }
        columns_.extra_mask.put_byte(static_cast<std::uint8_t>(mask));
    }

    const StringTable& texts_;
    const Base& base_;
    FlowColumns<ColumnWriter> columns_;
    struct {
        std::uint64_t owner = 0;
        std::uint64_t netns = 0;
        IpAddress local;
        IpAddress peer;
    } previous_;
};

std::string encode_listeners(const Report& report, const StringTable& texts, const Base& base) {
    ListenerColumns<ColumnWriter> columns;
    std::uint64_t owner = 0;
    std::uint64_t netns = 0;
    IpAddress address;
    for (const Listener& listener : report.listeners) {
        const ListenerKey& key = listener.key;
        columns.owner_topology.put_byte(code(key.owner.topology));
        const std::uint64_t number = texts.number(key.owner.id.view());
        columns.owner_id.put_delta(std::exchange(owner, number), number);
        columns.netns.put_delta(std::exchange(netns, key.netns), key.netns);
        put_address(columns.address, key.address, address);
        columns.port.put(key.port);
        columns.protocol.put_byte(code(key.protocol));
        columns.flags.put_byte(presence_flags(listener.presence));
        put_presence(columns.presence, base.version, listener.presence);
    }
    return join_columns(columns);
}

std::string encode_aliases(const Report& report, const Base& base) {
    AliasColumns<ColumnWriter> columns;
    std::uint64_t netns = 0;
    IpAddress seen;
    IpAddress meant;
    for (const Alias& alias : report.aliases) {
        const AliasKey& key = alias.key;
        columns.netns.put_delta(std::exchange(netns, key.netns), key.netns);
        put_address(columns.seen, key.seen, seen);
        put_address(columns.meant, key.meant, meant);
        columns.seen_port.put(key.seen_port);
        columns.meant_port.put(key.meant_port);
        columns.protocol.put_byte(code(key.protocol));
        columns.kind.put_byte(static_cast<std::uint8_t>(key.kind));
        columns.flags.put_byte(presence_flags(alias.presence));
        put_presence(columns.presence, base.version, alias.presence);
        columns.used.put(alias.used);
    }
    return join_columns(columns);
}

}  // namespace

std::vector<Section> encode_sections(const Report& report, const Base& base) {
    const StringTable texts(report);
    std::vector<Section> sections;
    const auto add = [&](SectionKind kind, std::size_t count, const auto& columns) {
        if (count == 0) return;
        ColumnWriter section;
        section.put(count);
        section.put_bytes(columns());
        sections.push_back({kind, section.bytes()});
    };
    if (!texts.empty()) sections.push_back({SectionKind::strings, texts.section()});
    add(SectionKind::nodes, report.nodes.size(), [&] {
        NodeEncoder encoder(texts, base);
        for (const Node& node : report.nodes) encoder.add(node);
        return encoder.section();
    });
    add(SectionKind::flows, report.flows.size(), [&] {
        FlowEncoder encoder(texts, base);
        for (const Flow& flow : report.flows) encoder.add(flow);
        return encoder.section();
    });
    add(SectionKind::listeners, report.listeners.size(),
        [&] { return encode_listeners(report, texts, base); });
    add(SectionKind::aliases, report.aliases.size(), [&] { return encode_aliases(report, base); });
    return sections;
}

}  // namespace reticle::report::wire
