#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "report/base/result.h"
#include "report/report.h"
#include "report/value.h"

namespace reticle::report::wire {

/// Calls `visit(std::string_view)` for every text of a report.
template <class Visit>
void visit_texts(const Report& report, Visit visit) {
    const auto visit_value = [&](const Value& value) {
        if (value.type() == Value::Type::string) visit(value.as_string());
        for (const std::string& item : value.as_list()) visit(std::string_view(item));
    };
    for (const Node& node : report.nodes) {
        visit(node.key.id.view());
        for (const Attribute& attribute : node.attributes) visit_value(attribute.value);
        for (const Label& label : node.labels()) {
            visit(label.key.view());
            visit_value(label.value);
        }
        for (const Parent& parent : node.parents()) visit(parent.key.id.view());
    }
    for (const Flow& flow : report.flows) {
        visit(flow.key.owner.id.view());
        visit(flow.key.peer_owner.id.view());
        if (!flow.extra) continue;
        visit(flow.extra->container.text.view());
        visit(flow.extra->dialled.text.view());
        visit(flow.extra->dialled_name.text.view());
    }
    for (const Listener& listener : report.listeners) visit(listener.key.owner.id.view());
}

/// The texts of a frame while it is written; must not outlive the report they are in.
class StringTable {
  public:
    explicit StringTable(const Report& report);

    /// The number of a text of the report.
    [[nodiscard]] std::uint32_t number(std::string_view text) const;
    [[nodiscard]] bool empty() const { return sorted_.empty(); }
    /// The section that read_strings reads.
    [[nodiscard]] std::string section() const;

  private:
    std::vector<std::string_view> sorted_;
    std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

/// Reads the table: texts by number, 0 being the empty one. Refuses texts that are unsorted, not UTF-8,
/// longer than `max_string_bytes`, or more than `max_bytes` together.
Result<std::vector<Text>> read_strings(std::string_view section, std::size_t max_string_bytes,
                                       std::size_t max_bytes);

}  // namespace reticle::report::wire
