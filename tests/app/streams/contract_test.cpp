// The sessions of tests/contract/stream, which all clients and the server are held against.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/streams/json.h"
#include "tests/app/streams/client_model.h"

namespace reticle::test {
namespace {

using nlohmann::json;

std::vector<std::filesystem::path> sessions() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator(RETICLE_SOURCE_DIR "/tests/contract/stream")) {
        if (entry.path().extension() == ".json") paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    return paths;
}

json load(const std::filesystem::path& path) {
    std::ifstream file(path);
    return json::parse(file);
}

json values(const std::map<std::string, json>& things) {
    json list = json::array();
    for (const auto& [id, thing] : things) list.push_back(thing);
    return list;
}

/// The names of an object's members and the types of their values; numbers are numbers, and null (a round
/// trip that is unknown) or text (a counter beyond 2^53) may stand for one.
std::map<std::string, std::string> shape(const json& object) {
    std::map<std::string, std::string> members;
    for (const auto& [name, value] : object.items()) members[name] = value.type_name();
    for (const char* counter : {"active", "opened", "closed", "failed", "bytes_sent", "bytes_received",
                                "packets", "retransmits", "rtt_us", "rtt_min_us"}) {
        if (members.contains(counter)) members[counter] = "number";
    }
    return members;
}

/// The first entry that any session puts.
json some_put(const char* things) {
    for (const auto& path : sessions()) {
        const json session = load(path);
        for (const json& message : session.at("server")) {
            const json group = message.value(things, json::object());
            if (message.at("type") == "delta" && group.contains("put") && !group["put"].empty())
                return group["put"][0];
        }
    }
    return {};
}

TEST(StreamContract, SessionsGiveTheirStates) {
    ASSERT_FALSE(sessions().empty());
    for (const auto& path : sessions()) {
        SCOPED_TRACE(path.filename());
        const json session = load(path);
        ClientModel client(false);
        for (const json& message : session.at("server")) {
            if (message.at("type") == "delta" && message.at("sub") == 1) client.apply(message);
        }
        if (!client.complete()) continue;  // what a client shows of half a snapshot is its own affair
        const json& state = session.at("state");
        EXPECT_EQ(values(client.nodes()), state.at("nodes"));
        EXPECT_EQ(values(client.edges()), state.at("edges"));
        EXPECT_EQ(client.sequence(), state.at("seq").get<std::uint64_t>());
    }
}

TEST(StreamContract, OurNodesHaveTheShapeOfTheSessions) {
    app::ViewNode node;
    node.id = "h1;9f2c41aa;100;5000";
    json ours = json::parse(app::node_json(node));
    json theirs = some_put("nodes");
    theirs.erase("h");
    EXPECT_EQ(shape(ours), shape(theirs));
}

TEST(StreamContract, OurEdgesHaveTheShapeOfTheSessions) {
    app::ViewEdge edge;
    edge.id = "e:1";
    edge.evidence = 2;
    json ours = json::parse(app::edge_json(edge));
    json theirs = some_put("edges");
    theirs.erase("h");
    // In a stream the ends are handles.
    theirs["source"] = theirs["target"] = "id";
    EXPECT_EQ(shape(ours), shape(theirs));
}

}  // namespace
}  // namespace reticle::test
