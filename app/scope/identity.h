#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "app/views/view.h"
#include "app/world/world.h"

namespace reticle::app::scope {

/// Makes Weave Scope's published ids (functional inventory 1.9) for things of the world: `<host>;<host>` with
/// the literal tag, `<host>;<pid>`, `<id>;<container>`. A host goes by its name, and by `name~4hex` only
/// where two hosts of the world share one. Built per answer: it holds references into the world.
class Identity {
  public:
    explicit Identity(const World& world);

    /// The name a host goes by; `writer` states it under `host_id`.
    [[nodiscard]] std::string host(const WriterId& writer, std::string_view host_id) const;
    /// The host a node belongs to: its host parent, else its writer. Empty for nodes that live on no host.
    [[nodiscard]] std::string host_of(const NodeRef& ref) const;
    /// The id of a node of the world.
    [[nodiscard]] std::string node(const NodeRef& ref) const;
    /// The id of a view's node.
    [[nodiscard]] std::string view_node(const ViewNode& node) const;

  private:
    [[nodiscard]] std::string host_id_of(const NodeRef& ref) const;

    const World& world_;
    std::unordered_map<std::string, std::string> names_;  ///< by host id
};

}  // namespace reticle::app::scope
