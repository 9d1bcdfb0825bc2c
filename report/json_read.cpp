#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/json_facts.h"

namespace reticle::report {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxWriter = 128;
constexpr double kShortestWindow = 1;
constexpr double kLongestWindow = 3600;

bool is_writer(std::string_view name) {
    return !name.empty() && name.size() <= kMaxWriter && std::ranges::all_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x80 &&
               (std::isalnum(byte) != 0 || std::string_view("._:-").find(c) != std::string_view::npos);
    });
}

/// Receives the document piece by piece (nlohmann's SAX interface; every answer says whether to go on). Only
/// one fact at a time becomes a JSON tree, and only within the limits.
class DocumentReader {
  public:
    DocumentReader(const JsonLimits& limits, Version version) : limits_(limits), version_(version) {}

    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) { return add(value); }
    bool number_float(double value, const std::string&) { return add(value); }
    bool string(std::string& value) { return check_string(value) && add(std::move(value)); }
    bool binary(Json::binary_t&) { return refuse(place(), "binary values are not part of JSON"); }

    bool start_object(std::size_t) { return open(Json::object()); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        if (!check_string(name)) return false;
        if (fact_) {
            if (stack_.back()->contains(name)) return refuse(place(), "field " + name + " comes twice");
            key_ = std::move(name);
            return true;
        }
        if (std::ranges::find(seen_, name) != seen_.end()) return refuse(name, "comes twice");
        seen_.push_back(name);
        field_ = std::move(name);
        index_ = 0;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
        // nlohmann's own words, without its error number: "[json.exception.parse_error.101] ..."
        std::string words = error.what();
        if (const auto end = words.find("] "); end != std::string::npos) words.erase(0, end + 2);
        return refuse("", fmt::format("not valid JSON at byte {}: {}", position, words));
    }

    Result<JsonReport> finish() {
        if (!problem_.noted() && !begun_) refuse("", "expected an object");
        if (result_.writer.empty()) refuse("writer", "is missing");  // noted only if nothing else is wrong
        if (problem_.noted()) return problem_.error();
        result_.report.normalise();
        return std::move(result_);
    }

  private:
    /// What the fields of the document hold.
    enum class List { none, nodes, flows, listeners, aliases };

    bool refuse(const std::string& where, const std::string& what, Errc code = Errc::invalid) {
        problem_.note(where, what, code);
        return false;
    }

    [[nodiscard]] List list() const {
        if (field_ == "nodes") return List::nodes;
        if (field_ == "flows") return List::flows;
        if (field_ == "listeners") return List::listeners;
        if (field_ == "aliases") return List::aliases;
        return List::none;
    }

    [[nodiscard]] std::string place() const {
        return depth_ > 1 ? fmt::format("{}[{}]", field_, index_) : field_;
    }

    bool check_string(const std::string& text) {
        if (text.size() <= limits_.max_string_bytes) return true;
        return refuse(place(), fmt::format("a string is longer than {} bytes", limits_.max_string_bytes),
                      Errc::too_large);
    }

    bool open(Json container) {
        if (++depth_ > limits_.max_depth) {
            return refuse(place(), fmt::format("nested deeper than {} levels", limits_.max_depth),
                          Errc::too_large);
        }
        if (depth_ == 1) {
            begun_ = container.is_object();
            return begun_ || refuse("", "expected an object");
        }
        if (depth_ == 2) {
            if (list() == List::none) return refuse_field();
            return container.is_array() || refuse(field_, "expected an array");
        }
        return fact_ ? push(std::move(container)) : begin_fact(std::move(container));
    }

    bool begin_fact(Json container) {
        if (++facts_ > limits_.max_facts) {
            return refuse(field_, fmt::format("more than {} facts", limits_.max_facts), Errc::too_large);
        }
        fact_ = std::move(container);
        stack_ = {&*fact_};
        values_ = 0;
        return true;
    }

    /// Puts a value into the container on top of the stack.
    Json* put(Json value) {
        // A fact has its attributes twice over at most, plus its own fields, counters and witnesses.
        const std::size_t most = 2 * limits_.max_attributes + 4 * kMaxWitnesses + 64;
        if (++values_ > most) {
            refuse(place(), fmt::format("more than {} values in one fact", most), Errc::too_large);
            return nullptr;
        }
        Json& container = *stack_.back();
        if (container.is_object()) return &(container[std::exchange(key_, {})] = std::move(value));
        container.push_back(std::move(value));
        return &container.back();
    }

    bool push(Json container) {
        Json* place = put(std::move(container));
        if (place == nullptr) return false;
        stack_.push_back(place);
        return true;
    }

    bool add(Json value) {
        if (depth_ == 0) return refuse("", "expected an object");
        if (depth_ == 1) return read_field(value);
        if (!fact_) return refuse(place(), "expected an object");
        return put(std::move(value)) != nullptr;
    }

    bool close() {
        --depth_;
        if (!fact_) return true;
        stack_.pop_back();
        if (!stack_.empty()) return true;
        const Json fact = std::move(*fact_);
        fact_.reset();
        // depth_ is that of the list again, so place() names the fact.
        read_fact(fact);
        ++index_;
        return !problem_.noted();
    }

    void read_fact(const Json& fact) {
        Report& report = result_.report;
        switch (list()) {
            case List::nodes:
                report.nodes.push_back(read_node(fact, place(), limits_, version_, problem_));
                break;
            case List::flows:
                report.flows.push_back(read_flow(fact, place(), version_, problem_));
                break;
            case List::listeners:
                report.listeners.push_back(read_listener(fact, place(), version_, problem_));
                break;
            case List::aliases:
                report.aliases.push_back(read_alias(fact, place(), version_, problem_));
                break;
            case List::none:
                break;
        }
    }

    bool read_field(const Json& value) {
        if (field_ == "writer") {
            if (!value.is_string() || !is_writer(value.get_ref<const std::string&>())) {
                return refuse(field_, "expected 1 to 128 of the characters A-Z a-z 0-9 . _ : -");
            }
            result_.writer = value.get<std::string>();
            return true;
        }
        if (field_ == "window_seconds") {
            const double seconds = value.is_number() ? value.get<double>() : 0;
            if (seconds < kShortestWindow || seconds > kLongestWindow) {
                return refuse(field_, "expected a number from 1 to 3600");
            }
            result_.window_seconds = seconds;
            return true;
        }
        return list() == List::none ? refuse_field() : refuse(field_, "expected an array");
    }

    bool refuse_field() {
        if (field_ == "writer" || field_ == "window_seconds") return refuse(field_, "expected a plain value");
        return refuse(field_, "unknown field");
    }

    const JsonLimits& limits_;
    Version version_;
    JsonProblem problem_;
    JsonReport result_;
    bool begun_ = false;
    std::size_t depth_ = 0;
    std::size_t facts_ = 0;
    std::vector<std::string> seen_;  // fields of the document so far
    std::string field_;              // the one we are in
    std::size_t index_ = 0;          // the fact in its list
    std::optional<Json> fact_;       // being built
    std::vector<Json*> stack_;       // from the fact down to the open container
    std::string key_;                // of the value to come
    std::size_t values_ = 0;         // in the fact
};

}  // namespace

Result<JsonReport> from_json(std::string_view text, const JsonLimits& limits, Version version) {
    if (text.size() > limits.max_bytes) {
        return fail(Errc::too_large, fmt::format("a report of {} bytes is beyond the limit of {}",
                                                 text.size(), limits.max_bytes));
    }
    DocumentReader reader(limits, version);
    // Whatever stops the parser has been noted by the reader.
    static_cast<void>(Json::sax_parse(text, &reader));
    return reader.finish();
}

}  // namespace reticle::report
