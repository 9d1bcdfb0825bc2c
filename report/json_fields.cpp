#include "report/json_fields.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reticle::report {

using Json = nlohmann::json;

void JsonProblem::note(const std::string& place, const std::string& problem, Errc code) {
    if (!error_) error_ = Error{code, place.empty() ? problem : place + ": " + problem};
}

JsonFields::JsonFields(const Json& json, std::string place, JsonProblem& problem)
    : json_(json), place_(std::move(place)), problem_(problem) {
    if (!json.is_object()) problem_.note(place_, "expected an object");
}

std::string JsonFields::place_of(std::string_view name) const {
    return place_.empty() ? std::string(name) : fmt::format("{}.{}", place_, name);
}

const Json* JsonFields::take(std::string_view name, Need need) {
    asked_.push_back(name);
    if (json_.is_object()) {
        const auto found = json_.find(name);
        if (found != json_.end()) return &*found;
    }
    if (need == Need::required) refuse(name, "is missing");
    return nullptr;
}

void JsonFields::text(std::string_view name, Need need, Text& into) {
    const Json* field = take(name, need);
    if (field == nullptr) return;
    if (!field->is_string()) return refuse(name, "expected a string");
    into = Text(field->get_ref<const std::string&>());
}

void JsonFields::flag(std::string_view name, bool& into) {
    const Json* field = take(name, Need::optional);
    if (field == nullptr) return;
    if (!field->is_boolean()) return refuse(name, "expected true or false");
    into = field->get<bool>();
}

void JsonFields::take_count(std::string_view name, Need need, std::uint64_t most, std::uint64_t& into) {
    const Json* field = take(name, need);
    if (field == nullptr) return;
    std::optional<std::uint64_t> number;
    if (field->is_number_unsigned()) {
        number = field->get<std::uint64_t>();
    } else if (field->is_string()) {
        const auto& digits = field->get_ref<const std::string&>();
        std::uint64_t parsed = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
        if (error == std::errc() && end == digits.data() + digits.size()) number = parsed;
    }
    if (!number || *number > most) {
        return refuse(name, fmt::format("expected an integer from 0 to {}", most));
    }
    into = *number;
}

void JsonFields::time_ms(std::string_view name, UtcNanos& into) {
    const Json* field = take(name, Need::optional);
    if (field == nullptr) return;
    const auto moment = nanos_of_ms(*field);
    if (!moment) return refuse(name, "expected whole milliseconds since 1970 UTC");
    into = *moment;
}

void JsonFields::address(std::string_view name, IpAddress& into) {
    Text written;
    text(name, Need::required, written);
    const auto address = IpAddress::parse(written.view());
    if (!address) return refuse(name, "expected an IPv4 or IPv6 address");
    into = *address;
}

void JsonFields::node_key(std::string_view name, Need need, NodeKey& into) {
    const Json* field = take(name, need);
    if (field == nullptr) return;
    JsonFields inner(*field, place_of(name), problem_);
    read_node_key(inner, into);
    inner.finish();
}

void JsonFields::each_item(std::string_view name,
                           const std::function<void(const Json&, const std::string&)>& read) {
    const Json* field = take(name, Need::optional);
    if (field == nullptr) return;
    if (!field->is_array()) return refuse(name, "expected an array");
    std::size_t index = 0;
    for (const Json& item : *field) read(item, fmt::format("{}[{}]", place_of(name), index++));
}

void JsonFields::each_member(std::string_view name,
                             const std::function<void(const std::string&, const Json&)>& read) {
    const Json* field = take(name, Need::optional);
    if (field == nullptr) return;
    if (!field->is_object()) return refuse(name, "expected an object");
    for (const auto& [key, value] : field->items()) read(key, value);
}

void JsonFields::finish() {
    if (!json_.is_object()) return;
    for (const auto& [name, value] : json_.items()) {
        if (std::ranges::find(asked_, name) == asked_.end()) refuse(name, "unknown field");
    }
}

std::optional<UtcNanos> nanos_of_ms(const Json& json) {
    constexpr std::int64_t kNanosPerMilli = 1'000'000;
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kNanosPerMilli;
    if (!json.is_number_integer()) return std::nullopt;
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t{kMost}) return std::nullopt;
    const auto millis = json.get<std::int64_t>();
    if (millis > kMost || millis < -kMost) return std::nullopt;
    return millis * kNanosPerMilli;
}

void read_node_key(JsonFields& fields, NodeKey& into) {
    fields.choice("topology", topology_named, into.topology);
    fields.text("id", Need::required, into.id);
    if (into.id.empty()) fields.refuse("id", "must not be empty");
}

}  // namespace reticle::report
