#include "app/http/v1_views.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "app/http/v1_values.h"
#include "app/streams/json.h"

namespace reticle::app {
namespace {

constexpr std::int64_t kMaxPage = 1000;

std::string option_json(const ViewOption& option) {
    std::string values;
    for (const ViewOption::Choice& choice : option.choices) {
        values += fmt::format(R"({}{{"value":{},"label":{}}})", values.empty() ? "" : ",",
                              json_string(choice.value), json_string(choice.label));
    }
    return fmt::format(R"({{"id":{},"type":"one","default":{},"none_label":null,"values":[{}]}})",
                       json_string(option.id), json_string(option.default_value), values);
}

std::string metric_json(report::Key key) {
    const report::KeyInfo* info = report::key_info(key);
    const bool percent = info->format == "percent";
    return fmt::format(R"({{"id":{},"label":{},"format":{},"capacity":{}}})", json_string(info->name),
                       json_string(info->label), json_string(info->format), percent ? "100" : "null");
}

std::string view_json(const View& view) {
    const ViewSpec& spec = view.spec();
    std::string options;
    for (const ViewOption& option : spec.options)
        options += (options.empty() ? "" : ",") + option_json(option);
    std::string metrics;
    for (const report::Key key : spec.metrics) {
        if (report::key_info(key) != nullptr) metrics += (metrics.empty() ? "" : ",") + metric_json(key);
    }
    return fmt::format(
        R"({{"id":{},"name":{},"parent":{},"rank":{},"hide_if_empty":{},"options":[{}],"metrics":[{}],"stats":{}}})",
        json_string(spec.id), json_string(spec.name), spec.parent.empty() ? "null" : json_string(spec.parent),
        spec.rank, spec.hide_if_empty, options, metrics, stats_json(view.stats(default_options(spec))));
}

/// Every parameter of a view but those of paging is a choice of one of its options.
Result<OptionValues> options_of(const Request& request, const ViewSpec& spec) {
    std::vector<std::string_view> known{"limit", "next"};
    for (const ViewOption& option : spec.options) known.push_back(option.id);
    const auto strict = only_parameters(request, known);
    if (!strict) return strict.error();
    OptionValues options;
    for (const auto& [name, value] : request.query) {
        if (name != "limit" && name != "next") options.emplace_back(name, value);
    }
    if (auto wrong = wrong_option(spec, options)) return fail(Errc::invalid, std::move(*wrong));
    return options;
}

/// One page of a view: nodes in the order of their ids, then edges. A place is "n" or "e" and the last id.
class Page {
  public:
    Page(const View& view, const OptionValues& options, std::size_t limit)
        : view_(view), options_(options), left_(limit) {}

    void fill(std::string_view place) {
        const bool in_edges = place.starts_with('e');
        const std::string_view after = place.substr(std::min<std::size_t>(place.size(), 1));
        if (!in_edges) add_nodes(after);
        if (next_.empty()) add_edges(in_edges ? after : std::string_view{});
    }

    [[nodiscard]] std::string json(const LiveState& state, Now now) const {
        return fmt::format(R"({{"view":{},{},"nodes":[{}],"edges":[{}],"next":{}}})",
                           json_string(view_.spec().id), standing_json(state, now), nodes_, edges_,
                           next_.empty() ? "null" : json_string(cursor_of(next_)));
    }

  private:
    void add_nodes(std::string_view after) {
        std::vector<const ViewNode*> nodes;
        view_.for_each_node([&](const ViewNode& node) {
            if (node.id > after && view_.shows(node, options_)) nodes.push_back(&node);
        });
        const std::size_t count = first(nodes);
        for (std::size_t i = 0; i < count; ++i) nodes_ += (i == 0 ? "" : ",") + node_json(*nodes[i]);
        if (count < nodes.size()) next_ = "n" + (count == 0 ? std::string(after) : nodes[count - 1]->id);
    }

    void add_edges(std::string_view after) {
        std::vector<const ViewEdge*> edges;
        view_.for_each_edge([&](const ViewEdge& edge) {
            if (edge.id > after && shows_end(edge.source) && shows_end(edge.target)) edges.push_back(&edge);
        });
        const std::size_t count = first(edges);
        for (std::size_t i = 0; i < count; ++i) edges_ += (i == 0 ? "" : ",") + edge_json(*edges[i]);
        if (count < edges.size()) next_ = "e" + (count == 0 ? std::string(after) : edges[count - 1]->id);
    }

    /// Sorts the first ones that the page has room for to the front; how many they are.
    template <class Thing>
    std::size_t first(std::vector<const Thing*>& things) {
        const std::size_t count = std::min(left_, things.size());
        const auto by_id = [](const Thing* a, const Thing* b) { return a->id < b->id; };
        std::partial_sort(things.begin(), things.begin() + static_cast<std::ptrdiff_t>(count), things.end(),
                          by_id);
        left_ -= count;
        return count;
    }

    [[nodiscard]] bool shows_end(const std::string& id) const {
        const ViewNode* node = view_.node(id);
        return node != nullptr && view_.shows(*node, options_);
    }

    const View& view_;
    const OptionValues& options_;
    std::size_t left_;
    std::string nodes_, edges_, next_;
};

}  // namespace

Response v1_views(const Request& request, const LiveState& state, Now now) {
    const auto strict = only_parameters(request, {});
    if (!strict) return error_response(strict.error());
    std::string views;
    for (const auto& view : state.views()) views += (views.empty() ? "" : ",") + view_json(*view);
    return json_response(fmt::format(R"({{{},"views":[{}]}})", standing_json(state, now), views));
}

Response v1_view(const Request& request, const LiveState& state, Now now) {
    const auto view = view_of(state, request.parameter("view"));
    if (!view) return error_response(view.error());
    const auto options = options_of(request, (*view)->spec());
    if (!options) return error_response(options.error());
    const auto limit = integer_parameter(request, "limit", 1, kMaxPage, kMaxPage);
    if (!limit) return error_response(limit.error());
    const auto place = place_of(request.query_value("next").value_or(""));
    if (!place) return error_response(place.error());
    Page page(**view, *options, static_cast<std::size_t>(*limit));
    page.fill(*place);
    return json_response(page.json(state, now));
}

Result<const View*> view_of(const LiveState& state, std::optional<std::string_view> id) {
    if (!id) return fail(Errc::invalid, "parameter 'view' is missing");
    const View* view = state.view(*id);
    if (view == nullptr) return fail(Errc::not_found, fmt::format("there is no view '{}'", *id));
    return view;
}

std::string standing_json(const LiveState& state, Now now) {
    return fmt::format(R"("app_epoch":{},"world_seq":{},"time_ms":{})", json_string(state.identity().epoch),
                       state.world().sequence(), milliseconds(now.utc));
}

std::string cursor_of(std::string_view place) {
    std::string cursor;
    for (const char c : place) cursor += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return cursor;
}

Result<std::string> place_of(std::string_view cursor) {
    const Error wrong = fail(Errc::invalid, "parameter 'next' is not one that an answer held");
    if (cursor.size() % 2 != 0 || cursor.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
        return wrong;
    }
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string place;
    for (std::size_t i = 0; i < cursor.size(); i += 2) {
        place.push_back(static_cast<char>(digit(cursor[i]) * 16 + digit(cursor[i + 1])));
    }
    if (!place.empty() && place[0] != 'n' && place[0] != 'e') return wrong;
    return place;
}

}  // namespace reticle::app
