#include "app/scope/query.h"

#include <algorithm>

namespace reticle::app::scope {
namespace {

const std::string* value_of(Parameters parameters, const std::string& name) {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    return found == parameters.end() ? nullptr : &found->second;
}

}  // namespace

OptionValues chosen_options(const ViewSpec& spec, Parameters parameters) {
    OptionValues chosen;
    if (parameters.empty()) return chosen;
    for (const ViewOption& option : spec.options) {
        const std::string* given = value_of(parameters, option.id);
        chosen.emplace_back(option.id, given != nullptr ? *given : option.default_value);
    }
    return chosen;
}

Censor asked_censor(Parameters parameters) {
    const std::string* hide = value_of(parameters, "hideCommandLineArguments");
    return {.command_line_arguments = hide != nullptr && *hide == "true"};
}

}  // namespace reticle::app::scope
