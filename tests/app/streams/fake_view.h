#pragma once

#include <map>
#include <set>
#include <string>

#include "app/views/view.h"

namespace reticle::test {

/// A view whose nodes and edges a test makes and breaks by hand; keeps degrees and tells what changed.
class FakeView : public app::View {
  public:
    FakeView();

    /// Makes a node, or gives the one to change; either way it is news.
    app::ViewNode& node_at(const std::string& id);
    /// Makes an edge, and its ends when missing, or gives the one to change.
    app::ViewEdge& edge_at(const std::string& source, const std::string& target, std::uint16_t port);
    /// Takes a node and its edges away.
    void drop_node(const std::string& id);
    void drop_edge(const std::string& id);
    /// What changed since the last call.
    app::ViewDelta news();

    [[nodiscard]] const app::ViewSpec& spec() const override { return spec_; }
    app::ViewDelta apply(const app::World&, const app::Touched&, Now) override { return {}; }
    app::ViewDelta tick(Now) override { return {}; }
    [[nodiscard]] const app::ViewNode* node(std::string_view id) const override;
    [[nodiscard]] const app::ViewEdge* edge(std::string_view id) const override;
    void for_each_node(const std::function<void(const app::ViewNode&)>& visit) const override;
    void for_each_edge(const std::function<void(const app::ViewEdge&)>& visit) const override;
    [[nodiscard]] std::vector<std::string> edges_of(std::string_view node_id) const override;
    void place(std::string_view id, std::int32_t x, std::int32_t y) override;
    [[nodiscard]] bool shows(const app::ViewNode& node, const app::OptionValues& options) const override;
    [[nodiscard]] Stats stats(const app::OptionValues& options) const override;

  private:
    void count_degree(const app::ViewEdge& edge, std::uint32_t change);

    app::ViewSpec spec_;
    std::map<std::string, app::ViewNode, std::less<>> nodes_;
    std::map<std::string, app::ViewEdge, std::less<>> edges_;
    std::map<std::string, std::set<std::string>, std::less<>> edges_of_;
    std::set<std::string> changed_nodes_, changed_edges_;
};

}  // namespace reticle::test
