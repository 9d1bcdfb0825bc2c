#include "report/listener.h"

#include <algorithm>

namespace reticle::report {

void Alias::join(const Alias& other) {
    presence.join(other.presence);
    used = std::max(used, other.used);
}

}  // namespace reticle::report
