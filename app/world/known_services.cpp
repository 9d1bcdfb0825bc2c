#include "app/world/known_services.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace reticle::app {
namespace {

constexpr std::array<std::string_view, 10> kSuffixes = {
    ".amazonaws.com",          ".googleapis.com",     ".weave.works",     ".core.windows.net",
    ".servicebus.windows.net", ".azure-api.net",      ".onmicrosoft.com", ".cloudapp.azure.com",
    ".database.windows.net",   ".documents.azure.com"};

/// Whether something stands before the suffix.
bool ends_in(std::string_view name, std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
}

/// A rented machine in a data centre is not the provider's service.
bool is_rented_machine(std::string_view name) {
    return name.starts_with("ec2") && name.ends_with(".amazonaws.com");
}

std::string lower(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    std::string low(text);
    std::ranges::transform(low, low.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return low;
}

}  // namespace

KnownServices::KnownServices(std::vector<KnownService> configured) : configured_(std::move(configured)) {
    for (KnownService& service : configured_) service.suffix = lower(service.suffix);
}

std::string KnownServices::name_of(const report::IpAddress& address, std::string_view name) const {
    const std::string low = lower(name);
    for (const KnownService& service : configured_) {
        if (service.subnet && service.subnet->contains(address)) return service.name;
        if (!service.suffix.empty() && ends_in(low, service.suffix)) return service.name;
    }
    if (is_rented_machine(low)) return {};
    const bool known =
        std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return ends_in(low, suffix); });
    return known ? low : std::string();
}

}  // namespace reticle::app
