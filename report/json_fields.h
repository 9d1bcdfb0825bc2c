#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "report/address.h"
#include "report/base/result.h"
#include "report/base/time.h"
#include "report/node.h"
#include "report/value.h"

namespace reticle::report {

/// The first thing that is wrong with a document, and where. Readers go on after a problem, so that they need
/// not ask after every field; what they made by then is thrown away.
class JsonProblem {
  public:
    void note(const std::string& place, const std::string& problem, Errc code = Errc::invalid);
    [[nodiscard]] bool noted() const { return error_.has_value(); }
    [[nodiscard]] const Error& error() const { return *error_; }

  private:
    std::optional<Error> error_;
};

enum class Need : bool { optional, required };

/// The fields of one JSON object, taken by name. A wrong type is a problem; so is the absence of a required
/// field; an absent optional one leaves the target alone. finish() finds the fields that nobody asked for.
class JsonFields {
  public:
    /// All three must outlive this. `place` is where the object stands: "nodes[3]".
    JsonFields(const nlohmann::json& json, std::string place, JsonProblem& problem);

    /// The field, or nullptr when absent.
    const nlohmann::json* take(std::string_view name, Need need);
    void text(std::string_view name, Need need, Text& into);
    void flag(std::string_view name, bool& into);
    /// A number from 0 to the largest of its type, also as a decimal string.
    template <class Count>
    void count(std::string_view name, Need need, Count& into) {
        std::uint64_t number = into;
        take_count(name, need, std::numeric_limits<Count>::max(), number);
        into = static_cast<Count>(number);
    }
    void time_ms(std::string_view name, UtcNanos& into);
    void address(std::string_view name, IpAddress& into);
    /// One of a closed set of names; `named` is a function from name to optional.
    template <class Enum>
    void choice(std::string_view name, std::optional<Enum> (*named)(std::string_view), Enum& into) {
        Text word;
        text(name, Need::required, word);
        const std::optional<Enum> found = named(word.view());
        if (found) into = *found;
        if (!found) refuse(name, "unknown name \"" + word.str() + "\"");
    }
    void node_key(std::string_view name, Need need, NodeKey& into);
    /// Calls `read(item, place)` for the items of an optional array, and `read(name, value)` for the members
    /// of an optional object.
    void each_item(std::string_view name,
                   const std::function<void(const nlohmann::json&, const std::string&)>& read);
    void each_member(std::string_view name,
                     const std::function<void(const std::string&, const nlohmann::json&)>& read);
    void finish();

    [[nodiscard]] std::string place_of(std::string_view name) const;
    void refuse(std::string_view name, const std::string& problem) { problem_.note(place_of(name), problem); }

  private:
    void take_count(std::string_view name, Need need, std::uint64_t most, std::uint64_t& into);

    const nlohmann::json& json_;
    std::string place_;
    JsonProblem& problem_;
    std::vector<std::string_view> asked_;
};

/// Milliseconds since 1970 UTC as nanoseconds; nothing if it is no whole number or out of range (1678..2262).
std::optional<UtcNanos> nanos_of_ms(const nlohmann::json& json);

/// "topology" and "id" of a node key.
void read_node_key(JsonFields& fields, NodeKey& into);

}  // namespace reticle::report
