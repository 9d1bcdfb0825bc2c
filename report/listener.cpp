#include "report/listener.h"

#include <algorithm>
#include <array>

namespace reticle::report {
namespace {

constexpr std::array<std::string_view, 5> kAliasKindNames = {"none", "dnat", "snat", "proxy", "service"};

}  // namespace

std::string_view alias_kind_name(AliasKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return index < kAliasKindNames.size() ? kAliasKindNames[index] : std::string_view();
}

std::optional<AliasKind> alias_kind_named(std::string_view name) {
    const auto found = std::ranges::find(kAliasKindNames, name);
    if (found == kAliasKindNames.end()) return std::nullopt;
    return static_cast<AliasKind>(found - kAliasKindNames.begin());
}

void Alias::join(const Alias& other) {
    presence.join(other.presence);
    used = std::max(used, other.used);
}

}  // namespace reticle::report
