#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/world/conversation.h"

namespace reticle::app {

/// Names and ranges that make an address nobody probes a known service: those of the configuration, then a
/// built-in list of DNS suffixes (Weave Scope's, reference 4.2).
class KnownServices {
  public:
    explicit KnownServices(std::vector<KnownService> configured);
    /// What to call the service at an address that was dialled by `name` (may be empty); empty when unknown.
    [[nodiscard]] std::string name_of(const report::IpAddress& address, std::string_view name) const;

  private:
    std::vector<KnownService> configured_;
};

}  // namespace reticle::app
