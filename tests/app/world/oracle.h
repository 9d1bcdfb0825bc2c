#pragma once

#include <string>
#include <vector>

#include "app/world/world.h"

namespace reticle::test {

/// The conversations that follow from all living facts, found the slow way: every half against every half,
/// every address against every host, nothing kept. One line each, sorted. Only for probes' facts.
std::vector<std::string> conversations_from_scratch(const app::World& world);

/// What a world says of its own conversations, in the same lines.
std::vector<std::string> conversations_of(const app::World& world);

}  // namespace reticle::test
