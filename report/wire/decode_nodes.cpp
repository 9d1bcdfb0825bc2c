#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "report/wire/decode_sections.h"

namespace reticle::report::wire {
namespace {

constexpr std::uint8_t kNodeFlags =
    flag::kPresence | flag::kEnded | flag::kAttributes | flag::kMetrics | flag::kLabels | flag::kParents;

class NodeDecoder {
  public:
    explicit NodeDecoder(Decoding& decoding) : decoding_(decoding) {}

    NodeColumns<ColumnReader>& columns() { return columns_; }

    bool next(Node& node) {
        if (!decoding_.node_key(columns_.topology, columns_.id, previous_id_, node.key)) return false;
        const std::uint8_t flags = columns_.flags.take_byte();
        if ((flags & ~kNodeFlags) != 0) return decoding_.refuse("unknown flags of a node");
        if (!decoding_.presence(flags, columns_.presence, node.presence)) return false;
        const std::uint64_t attributes = take_count(flags & flag::kAttributes);
        const std::uint64_t metrics = take_count(flags & flag::kMetrics);
        const std::uint64_t labels = take_count(flags & flag::kLabels);
        const std::uint64_t parents = take_count(flags & flag::kParents);
        if (!check_counts(attributes, metrics, labels, parents)) return false;
        part_version_ = node.presence.none() ? decoding_.base.version : node.presence.version();
        if (!take_attributes(attributes, node) || !take_metrics(metrics, node)) return false;
        if (labels + parents == 0) return true;
        node.extra = std::make_unique<Node::Extra>();
        return take_labels(labels, node.extra->labels) && take_parents(parents, node.extra->parents);
    }

  private:
    std::uint64_t take_count(int flagged) { return flagged != 0 ? columns_.counts.take() : 0; }

    bool check_counts(std::uint64_t attributes, std::uint64_t metrics, std::uint64_t labels,
                      std::uint64_t parents) {
        const std::uint64_t limit = decoding_.limits.max_attributes;
        if (attributes > limit || labels > limit - attributes || metrics > limit || parents > limit) {
            return decoding_.refuse(
                fmt::format("a node has more than {} attributes and labels, metrics or parents", limit),
                Errc::too_large);
        }
        return decoding_.take_parts(attributes + metrics + labels + parents);
    }

    /// The next key, from the one before: at least one further.
    bool take_key(ColumnReader& column, std::uint64_t& previous, Key& into) {
        const std::uint64_t step = column.take();
        if (step == 0) return decoding_.refuse("attribute keys are not sorted, or one comes twice");
        if (step > std::numeric_limits<std::uint16_t>::max() - previous) {
            return decoding_.refuse("an attribute key is out of range");
        }
        previous += step;
        into = static_cast<Key>(previous);
        return true;
    }

    bool take_attributes(std::uint64_t count, Node& node) {
        node.attributes.reserve(count);
        std::uint64_t previous = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            Attribute attribute;
            if (!take_key(columns_.attribute_key, previous, attribute.key) ||
                !take_value(attribute.version, attribute.value)) {
                return false;
            }
            node.attributes.push_back(std::move(attribute));
        }
        return true;
    }

    bool take_metrics(std::uint64_t count, Node& node) {
        node.metrics.reserve(count);
        std::uint64_t previous = 0;
        Version version = decoding_.base.version;
        for (std::uint64_t i = 0; i < count; ++i) {
            Metric metric;
            if (!take_key(columns_.metric_key, previous, metric.key) ||
                !decoding_.version(columns_.metric_version, version, version)) {
                return false;
            }
            metric.version = version;
            const std::uint8_t form = columns_.metric_form.take_byte();
            metric.value = take_real(columns_.metric_digits, form & 15);
            const bool same = form >> 4 == kPeakIsValue;
            metric.peak = same ? metric.value : take_real(columns_.metric_digits, form >> 4);
            if (!std::isfinite(metric.value) || !std::isfinite(metric.peak)) {
                return decoding_.refuse("a metric is not a finite number");
            }
            node.metrics.push_back(metric);
        }
        return true;
    }

    bool take_labels(std::uint64_t count, std::vector<Label>& labels) {
        labels.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            Label label;
            if (!decoding_.text(columns_.label_key.take(), label.key) ||
                !take_value(label.version, label.value)) {
                return false;
            }
            if (!labels.empty() && !(labels.back().key < label.key)) {
                return decoding_.refuse("labels are not sorted, or one comes twice");
            }
            labels.push_back(std::move(label));
        }
        return true;
    }

    bool take_parents(std::uint64_t count, std::vector<Parent>& parents) {
        parents.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            Parent parent;
            if (!decoding_.topology(columns_.parent_topology.take_byte(), parent.key.topology) ||
                !decoding_.text(columns_.parent_id.take(), parent.key.id) ||
                !decoding_.presence(columns_.parent_flags.take_byte(), columns_.parent_presence,
                                    parent.presence)) {
                return false;
            }
            if (!parents.empty() && !(parents.back().key < parent.key)) {
                return decoding_.refuse("parents are not sorted, or one comes twice");
            }
            parents.push_back(std::move(parent));
        }
        return true;
    }

    bool take_value(Version& version, Value& value) {
        if (!decoding_.version(columns_.part_version, part_version_, part_version_)) return false;
        version = part_version_;
        const std::uint8_t type = columns_.value_type.take_byte();
        const std::uint8_t form = type >> 4;
        switch (static_cast<Value::Type>(type & 15)) {
            case Value::Type::none:
                value = Value();
                return true;
            case Value::Type::boolean:
                value = Value::boolean(columns_.value.take() != 0);
                return true;
            case Value::Type::integer:
                value = Value::integer(columns_.value.take_signed());
                return true;
            case Value::Type::time:
                value = Value::time(take_time(columns_.value, decoding_.base.now, form));
                return true;
            case Value::Type::real: {
                value = Value::real(take_real(columns_.value, form));
                return !value.none() || decoding_.refuse("a value is not a finite number");
            }
            case Value::Type::string: {
                Text text;
                if (!decoding_.text(columns_.value.take(), text)) return false;
                value = Value::string(std::move(text));
                return true;
            }
            case Value::Type::list:
                return take_list(value);
        }
        return decoding_.refuse(fmt::format("value type {} is unknown", type & 15));
    }

    bool take_list(Value& value) {
        const std::uint64_t count = columns_.value.take();
        if (count > columns_.value.remaining()) return decoding_.refuse("a list is cut short");
        std::vector<std::string> items;
        std::uint64_t previous = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t number = columns_.value.take();
            Text text;
            if (!decoding_.text(number, text)) return false;
            // The table is sorted, so rising numbers are rising texts.
            if (i > 0 && number <= previous) return decoding_.refuse("a list is not sorted");
            previous = number;
            if (!decoding_.take_list_bytes(sizeof(std::string) + text.view().size())) return false;
            items.push_back(text.str());
        }
        value = Value::list(std::move(items));
        return true;
    }

    Decoding& decoding_;
    NodeColumns<ColumnReader> columns_;
    std::uint64_t previous_id_ = 0;
    Version part_version_;
};

}  // namespace

bool decode_nodes(std::string_view section, Decoding& decoding, std::vector<Node>& nodes) {
    NodeDecoder decoder(decoding);
    return decode_facts(section, decoding, decoder.columns(), decoder.columns().topology, nodes,
                        [&](Node& node) { return decoder.next(node); });
}

}  // namespace reticle::report::wire
