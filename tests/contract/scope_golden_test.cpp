// Holds our Scope-shaped answers, field by field, against what Weave Scope 1.13.2 answered for the same posts
// (tests/data/scope). Where we differ on purpose, `Differences` names why.
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/scope/details.h"
#include "app/scope/importer.h"
#include "app/scope/json.h"
#include "app/scope/query.h"
#include "app/scope/report_reader.h"
#include "app/scope/summary.h"
#include "app/views/view.h"
#include "app/world/world.h"

namespace reticle::app::scope {
namespace {

using nlohmann::json;

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

json golden(const std::string& scenario, const std::string& name) {
    return json::parse(read_file(std::string(RETICLE_TEST_DATA "/scope/") + scenario + "/" + name));
}

/// A request path taken apart: view, node id (decoded) and parameters.
struct Request {
    std::string view, node;
    std::vector<std::pair<std::string, std::string>> parameters;
};

std::string percent_decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

Request parse_request(std::string path) {
    Request request;
    if (const auto question = path.find('?'); question != std::string::npos) {
        std::istringstream query(path.substr(question + 1));
        for (std::string part; std::getline(query, part, '&');) {
            const auto equals = part.find('=');
            request.parameters.emplace_back(part.substr(0, equals),
                                            equals == std::string::npos ? "" : part.substr(equals + 1));
        }
        path.resize(question);
    }
    path = path.substr(std::string("/api/topology/").size());
    const auto slash = path.find('/');
    request.view = path.substr(0, slash);
    if (slash != std::string::npos) request.node = percent_decoded(path.substr(slash + 1));
    return request;
}

/// What we do differently on purpose, taken out of both sides before they are compared.
struct Differences {
    /// Scope drops LAN peers without a probe; the map draws them as inferred hosts (docs/decisions).
    static bool lan(const std::string& id) { return id.starts_with("lan:"); }

    /// The list of that name, or an empty one: a member that is absent is not made.
    static json& list(json& object, const char* name) {
        static json none;
        none = json::array();
        return object.contains(name) && object[name].is_array() ? object[name] : none;
    }

    static void strip_node(json& node) {
        if (node.contains("adjacency")) {
            json kept = json::array();
            for (const auto& id : node["adjacency"]) {
                if (!lan(id)) kept.push_back(id);
            }
            node["adjacency"] = kept;
            if (kept.empty()) node.erase("adjacency");
        }
        for (json& table : list(node, "connections")) {
            json kept = json::array();
            for (const json& row : table["connections"]) {
                if (!lan(row["nodeId"])) kept.push_back(row);
            }
            table["connections"] = kept;
        }
        strip_samples(node);
        strip_local_networks(node);
        strip_children(node);
    }

    /// A report without templates shows nothing in Scope; what a host is known by does not hang on them here.
    static void strip_local_networks(json& node) {
        if (node["id"] != "host1;<host>") return;
        node.erase("metadata");
    }

    /// The time of a sample is the app's, not the foreign probe's clock.
    static void strip_samples(json& node) {
        for (json& metric : list(node, "metrics")) {
            for (json& sample : list(metric, "samples")) sample.erase("date");
        }
    }

    /// Pods, containers and images are drawn once their issues are built; processes must be right.
    static void strip_children(json& node) {
        if (!node.contains("children")) return;
        json kept = json::array();
        for (json& group : node["children"]) {
            if (group["label"] != "Processes") continue;
            for (json& child : group["nodes"]) strip_node(child);
            kept.push_back(group);
        }
        node["children"] = kept;
        if (kept.empty()) node.erase("children");
    }

    static json strip_nodes(json answer) {
        json kept = json::object();
        for (auto& [id, node] : answer["nodes"].items()) {
            if (lan(id)) continue;
            strip_node(node);
            kept[id] = node;
        }
        answer["nodes"] = kept;
        return answer;
    }
};

/// A world fed with one recorded post, and its views.
class Recorded {
  public:
    explicit Recorded(const std::string& scenario) {
        const auto body = read_file(std::string(RETICLE_TEST_DATA "/scope/") + scenario + "/post-1.json");
        const auto report = read_scope_report(body, ScopeEncoding::json);
        EXPECT_TRUE(report) << report.error().message;
        const Now now{MonoTime(std::chrono::hours(1)), 1'622'548'800'000'000'000};
        const auto applied = world.post("scope:test", "", import_scope(*report, report::Version(1, 1)),
                                        std::chrono::seconds(15), now);
        EXPECT_TRUE(applied) << applied.error().message;
        views = make_views();
        for (const auto& view : views) view->apply(world, applied->touched, now);
    }

    View* view(const std::string& id) {
        for (const auto& candidate : views) {
            if (candidate->spec().id == id) return candidate.get();
        }
        return nullptr;
    }

    json answer(const Request& request) {
        View& shown = *view(request.view);
        const Rendering rendering(world, asked_censor(request.parameters), 0);
        if (request.node.empty()) {
            return json::parse(summaries_json(
                summarise(rendering, shown, chosen_options(shown.spec(), request.parameters))));
        }
        json found;
        shown.for_each_node([&](const ViewNode& node) {
            if (rendering.identity.view_node(node) != request.node) return;
            found = json::parse(details_json(detail(rendering, shown, node, view("processes"))));
        });
        return found;
    }

    World world;
    std::vector<std::unique_ptr<View>> views;
};

class ScopeGolden : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(ScopeGolden, ViewsAnswerAsTheReferenceDid) {
    const auto& [scenario, view] = GetParam();
    Recorded recorded(scenario);
    const json recordings = golden(scenario, "topology-" + view + ".json");
    for (const auto& [path, expected] : recordings.items()) {
        const json ours = Differences::strip_nodes(recorded.answer(parse_request(path)));
        const json theirs = Differences::strip_nodes(expected["body"]);
        EXPECT_EQ(ours, theirs) << path << "\n" << json::diff(theirs, ours).dump(1);
    }
}

TEST_P(ScopeGolden, DetailsAnswerAsTheReferenceDid) {
    const auto& [scenario, view] = GetParam();
    Recorded recorded(scenario);
    const json recordings = golden(scenario, "nodes-" + view + ".json");
    for (const auto& [path, expected] : recordings.items()) {
        json ours = recorded.answer(parse_request(path));
        ASSERT_FALSE(ours.is_null()) << path << " has no such node";
        json theirs = expected["body"];
        Differences::strip_node(ours["node"]);
        Differences::strip_node(theirs["node"]);
        EXPECT_EQ(ours, theirs) << path << "\n" << json::diff(theirs, ours).dump(1);
    }
}

TEST_P(ScopeGolden, StreamsBeginAsTheReferenceDid) {
    const auto& [scenario, view] = GetParam();
    Recorded recorded(scenario);
    const auto by_id = [](const json& list) {
        json nodes = json::object();
        if (!list.is_null()) {
            for (const json& node : list) nodes[node["id"].get<std::string>()] = node;
        }
        return json{{"nodes", nodes}};
    };
    const json recordings = golden(scenario, "ws-" + view + ".json");
    for (const auto& [path, expected] : recordings.items()) {
        Request request = parse_request(path);
        request.node.clear();
        View& shown = *recorded.view(view);
        const Rendering rendering(recorded.world, {}, 0);
        const auto nodes = summarise(rendering, shown, chosen_options(shown.spec(), request.parameters));
        const json ours = json::parse(delta_json({}, nodes, true));
        EXPECT_EQ(ours["reset"], true);
        EXPECT_EQ(Differences::strip_nodes(by_id(ours["add"])),
                  Differences::strip_nodes(by_id(expected["body"]["add"])))
            << path;
    }
}

INSTANTIATE_TEST_SUITE_P(Recordings, ScopeGolden,
                         testing::Values(std::pair("fixture", "processes"),
                                         std::pair("fixture", "processes-by-name"),
                                         std::pair("fixture", "hosts"), std::pair("shortlived", "processes"),
                                         std::pair("shortlived", "processes-by-name"),
                                         std::pair("shortlived", "hosts")),
                         [](const auto& recording) {
                             std::string name = recording.param.first + "_" + recording.param.second;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace reticle::app::scope
