#include "report/wire/sanitise.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "report/base/utf8.h"
#include "report/sorted_list.h"
#include "report/wire/codec.h"
#include "report/wire/strings.h"

namespace reticle::report::wire {
namespace {

bool fit(std::string_view text) {
    return text.size() <= Limits().max_string_bytes && is_utf8(text);
}

bool fit(const Node& node) {
    if (!node.attributes.empty() && node.attributes.front().key == Key::none) return false;
    if (!node.metrics.empty() && node.metrics.front().key == Key::none) return false;
    return std::ranges::all_of(node.metrics, [](const Metric& metric) {
        return std::isfinite(metric.value) && std::isfinite(metric.peak);
    });
}

bool fit(const Report& report) {
    bool fits = std::ranges::all_of(report.nodes, [](const Node& node) { return fit(node); });
    visit_texts(report, [&fits](std::string_view text) { fits = fits && fit(text); });
    return fits;
}

void sanitise(Text& text) {
    if (!fit(text.view())) text = Text(sanitised(text.view()));
}

void sanitise(Value& value) {
    if (value.type() == Value::Type::string) {
        if (!fit(value.as_string())) value = Value::string(sanitised(value.as_string()));
    } else if (value.type() == Value::Type::list) {
        std::vector<std::string> items;
        for (const std::string& item : value.as_list()) items.push_back(sanitised(item));
        value = Value::list(std::move(items));
    }
}

void sanitise(Node& node) {
    sanitise(node.key.id);
    std::erase_if(node.attributes, [](const Attribute& attribute) { return attribute.key == Key::none; });
    std::erase_if(node.metrics, [](const Metric& metric) {
        return metric.key == Key::none || !std::isfinite(metric.value) || !std::isfinite(metric.peak);
    });
    for (Attribute& attribute : node.attributes) sanitise(attribute.value);
    if (!node.extra) return;
    for (Label& label : node.extra->labels) {
        sanitise(label.key);
        sanitise(label.value);
    }
    for (Parent& parent : node.extra->parents) sanitise(parent.key.id);
    normalise_list(node.extra->labels, [](Label& mine, const Label& theirs) { mine.join(theirs); });
    normalise_list(node.extra->parents,
                   [](Parent& mine, const Parent& theirs) { mine.presence.join(theirs.presence); });
}

void sanitise(Flow& flow) {
    sanitise(flow.key.owner.id);
    sanitise(flow.key.peer_owner.id);
    if (!flow.extra) return;
    sanitise(flow.extra->container.text);
    sanitise(flow.extra->dialled.text);
    sanitise(flow.extra->dialled_name.text);
}

}  // namespace

std::string sanitised(std::string_view text) {
    return to_utf8(text, Limits().max_string_bytes);
}

std::optional<Report> sanitised(const Report& report) {
    if (fit(report)) return std::nullopt;
    Report clean = report;
    for (Node& node : clean.nodes) sanitise(node);
    for (Flow& flow : clean.flows) sanitise(flow);
    for (Listener& listener : clean.listeners) sanitise(listener.key.owner.id);
    clean.normalise();
    return clean;
}

}  // namespace reticle::report::wire
