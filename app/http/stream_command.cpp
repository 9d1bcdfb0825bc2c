#include "app/http/stream_command.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reticle::app {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 4;
constexpr std::size_t kMaxOptions = 32;
constexpr std::size_t kMaxNameBytes = 256;

/// nlohmann's parser recurses no deeper than its input; a short message of brackets would still cost a lot.
bool too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

std::optional<std::string> unknown_member(const Json& object, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : object.items()) {
        if (std::ranges::find(known, std::string_view(name)) == known.end()) return name;
    }
    return std::nullopt;
}

std::optional<std::string> text_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return std::nullopt;
    auto text = found->get<std::string>();
    if (text.size() > kMaxNameBytes) return std::nullopt;
    return text;
}

/// The chosen options into `command`; what is wrong, if anything.
std::optional<std::string> read_options(const Json& message, SubscribeCommand& command) {
    const auto options = message.find("options");
    if (options == message.end()) return std::nullopt;
    if (!options->is_object() || options->size() > kMaxOptions) return "options must be an object of strings";
    for (const auto& [id, value] : options->items()) {
        if (!value.is_string() || id.size() > kMaxNameBytes) return "options must be an object of strings";
        command.options.emplace_back(id, value.get<std::string>());
    }
    return std::nullopt;
}

std::optional<std::string> read_resume(const Json& message, SubscribeCommand& command) {
    const auto resume = message.find("resume");
    if (resume == message.end() || resume->is_null()) return std::nullopt;
    constexpr std::string_view kForm = "resume must be {app_epoch, seq}";
    if (!resume->is_object() || unknown_member(*resume, {"app_epoch", "seq"})) return std::string(kForm);
    const auto epoch = text_member(*resume, "app_epoch");
    const auto sequence = resume->find("seq");
    if (!epoch || sequence == resume->end() || !sequence->is_number_unsigned()) return std::string(kForm);
    command.resume_app_epoch = *epoch;
    command.resume_sequence = sequence->get<std::uint64_t>();
    return std::nullopt;
}

StreamCommand read_subscribe(const Json& message, std::uint32_t sub) {
    if (const auto unknown = unknown_member(message, {"type", "sub", "view", "options", "resume"})) {
        return BadCommand{sub, fmt::format("unknown member '{}'", *unknown)};
    }
    SubscribeCommand command;
    command.sub = sub;
    auto view = text_member(message, "view");
    if (!view) return BadCommand{sub, "view must be a string"};
    command.view = std::move(*view);
    if (auto wrong = read_options(message, command)) return BadCommand{sub, std::move(*wrong)};
    if (auto wrong = read_resume(message, command)) return BadCommand{sub, std::move(*wrong)};
    return command;
}

}  // namespace

StreamCommand parse_stream_command(std::string_view text) {
    if (too_deep(text)) return BadCommand{{}, "the message is nested too deeply"};
    const Json message = Json::parse(text, nullptr, false);
    if (!message.is_object()) return BadCommand{{}, "a message must be one JSON object"};
    const auto type = text_member(message, "type");
    const auto number = message.find("sub");
    if (number == message.end() || !number->is_number_unsigned() || number->get<std::uint64_t>() < 1 ||
        number->get<std::uint64_t>() > Viewers::kMaxSubscriptions) {
        return BadCommand{{}, fmt::format("sub must be an integer from 1 to {}", Viewers::kMaxSubscriptions)};
    }
    const auto sub = number->get<std::uint32_t>();
    if (type == "subscribe") return read_subscribe(message, sub);
    if (type != "unsubscribe") return BadCommand{sub, "type must be subscribe or unsubscribe"};
    if (const auto unknown = unknown_member(message, {"type", "sub"})) {
        return BadCommand{sub, fmt::format("unknown member '{}'", *unknown)};
    }
    return UnsubscribeCommand{sub};
}

MessageRate::MessageRate(double burst, double per_second, MonoTime now)
    : burst_(burst), per_second_(per_second), tokens_(burst), last_(now) {}

bool MessageRate::allow(MonoTime now) {
    tokens_ = std::min(burst_, tokens_ + per_second_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

}  // namespace reticle::app
