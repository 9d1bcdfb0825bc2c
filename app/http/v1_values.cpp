#include "app/http/v1_values.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "app/streams/json.h"

namespace reticle::app {
namespace {

constexpr std::uint64_t kExactInDouble = std::uint64_t{1} << 53;

}  // namespace

std::int64_t milliseconds(UtcNanos nanos) {
    return nanos / 1'000'000;
}

std::string count_json(std::uint64_t count) {
    return count > kExactInDouble ? fmt::format("\"{}\"", count) : fmt::format("{}", count);
}

std::string number_json(double number) {
    return std::isfinite(number) ? fmt::format("{}", number) : "null";
}

std::string value_json(const report::Value& value) {
    using Type = report::Value::Type;
    switch (value.type()) {
        case Type::none:
            return "null";
        case Type::boolean:
            return value.as_boolean() ? "true" : "false";
        case Type::integer: {
            const std::int64_t integer = value.as_integer();
            const bool exact = std::llabs(integer) <= static_cast<std::int64_t>(kExactInDouble);
            return exact ? fmt::format("{}", integer) : fmt::format("\"{}\"", integer);
        }
        case Type::real:
            return number_json(value.as_real());
        case Type::time:
            return fmt::format("{}", milliseconds(value.as_time()));
        case Type::string:
            return json_string(value.as_string());
        case Type::list:
            break;
    }
    std::string items;
    for (const std::string& item : value.as_list()) items += (items.empty() ? "" : ",") + json_string(item);
    return "[" + items + "]";
}

}  // namespace reticle::app
