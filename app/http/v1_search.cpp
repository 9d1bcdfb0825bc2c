#include "app/http/v1_search.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "app/http/v1_values.h"
#include "app/http/v1_views.h"
#include "app/streams/json.h"

namespace reticle::app {
namespace {

constexpr std::int64_t kMaxMatches = 1000;
constexpr std::int64_t kDefaultMatches = 100;
constexpr std::size_t kMaxQueryBytes = 256;
constexpr std::int64_t kMaxProbes = 1000;

/// ASCII only: ids, names and command lines of machines rarely hold more, and folding is then exact.
char fold(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool contains(std::string_view text, std::string_view folded) {
    return !std::ranges::search(text, folded, {}, fold).empty();
}

/// The field of a node that holds the text: "id", "label", or an attribute's key; empty when none does.
std::string_view matching_field(const ViewNode& node, std::string_view folded) {
    if (contains(node.label, folded)) return "label";
    if (contains(node.id, folded)) return "id";
    for (const auto& [key, value] : node.attributes) {
        const bool text = value.type() == report::Value::Type::string;
        if (text ? contains(value.as_string(), folded) : contains(value.to_string(), folded)) {
            return report::key_name(key);
        }
    }
    return {};
}

std::string_view writer_state_name(WriterState state) {
    switch (state) {
        case WriterState::live:
            return "live";
        case WriterState::stale:
            return "stale";
        case WriterState::ended:
            break;
    }
    return "ended";
}

std::int64_t losses(const World& world, const WriterInfo& info) {
    const auto host = world.node({info.id, {report::Topology::host, info.id}});
    if (!host || host->node == nullptr) return 0;
    return host->node->value(report::Key::probe_lost_events).as_integer();
}

std::string probe_json(const World& world, const WriterInfo& info, Now now) {
    const report::Report* facts = world.state(info.id);
    const auto silent = std::chrono::duration_cast<std::chrono::nanoseconds>(now.mono - info.heard);
    return fmt::format(
        R"({{"host_id":{},"host_name":{},"state":{},"version":{},"clock_skew_ms":{},"last_frame_ms":{},)"
        R"("epoch":{},"sequence":{},"nodes":{},"flows":{},"losses":{},"limited":{}}})",
        json_string(info.id.view()), json_string(info.host_name), json_string(writer_state_name(info.state)),
        json_string(info.version), milliseconds(info.skew_nanos), milliseconds(now.utc - silent.count()),
        count_json(info.epoch), count_json(info.sequence), facts == nullptr ? 0 : facts->nodes.size(),
        facts == nullptr ? 0 : facts->flows.size(), losses(world, info), count_json(info.limited));
}

}  // namespace

Response v1_search(const Request& request, const LiveState& state, Now /*now*/) {
    const auto strict = only_parameters(request, {"view", "q", "limit"});
    if (!strict) return error_response(strict.error());
    const auto view = view_of(state, request.query_value("view"));
    if (!view) return error_response(view.error());
    const auto limit = integer_parameter(request, "limit", 1, kMaxMatches, kDefaultMatches);
    if (!limit) return error_response(limit.error());
    std::string folded(request.query_value("q").value_or(""));
    if (folded.empty() || folded.size() > kMaxQueryBytes) {
        return error_response(400, "bad_request",
                              fmt::format("parameter 'q' must be 1 to {} bytes", kMaxQueryBytes));
    }
    std::ranges::transform(folded, folded.begin(), fold);
    std::string matches;
    std::int64_t total = 0;
    (*view)->for_each_node([&](const ViewNode& node) {
        const std::string_view field = matching_field(node, folded);
        if (field.empty() || total++ >= *limit) return;
        matches += fmt::format(R"({}{{"id":{},"label":{},"kind":{},"field":{}}})", matches.empty() ? "" : ",",
                               json_string(node.id), json_string(node.label),
                               json_string(node_kind_name(node.kind)), json_string(field));
    });
    return json_response(fmt::format(R"({{"matches":[{}],"total":{}}})", matches, total));
}

Response v1_probes(const Request& request, const LiveState& state, Now now) {
    const auto strict = only_parameters(request, {"limit", "next"});
    if (!strict) return error_response(strict.error());
    const auto limit = integer_parameter(request, "limit", 1, kMaxProbes, kMaxProbes);
    if (!limit) return error_response(limit.error());
    const auto place = place_of(request.query_value("next").value_or(""));
    if (!place) return error_response(place.error());
    const std::string_view after = std::string_view(*place).substr(std::min<std::size_t>(place->size(), 1));
    std::vector<const WriterInfo*> probes;
    state.world().for_each_writer([&](const WriterInfo& info) {
        if (info.probe && info.id.view() > after) probes.push_back(&info);
    });
    const std::size_t count = std::min(static_cast<std::size_t>(*limit), probes.size());
    std::partial_sort(probes.begin(), probes.begin() + static_cast<std::ptrdiff_t>(count), probes.end(),
                      [](const WriterInfo* a, const WriterInfo* b) { return a->id < b->id; });
    std::string list;
    for (std::size_t i = 0; i < count; ++i)
        list += (i == 0 ? "" : ",") + probe_json(state.world(), *probes[i], now);
    const bool more = count < probes.size();
    const std::string next = more ? json_string(cursor_of("n" + probes[count - 1]->id.str())) : "null";
    return json_response(fmt::format(R"({{"probes":[{}],"next":{}}})", list, next));
}

}  // namespace reticle::app
