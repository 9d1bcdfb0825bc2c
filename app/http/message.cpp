#include "app/http/message.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "app/streams/json.h"

namespace reticle::app {
namespace {

constexpr std::size_t kMaxQueryParameters = 64;

std::optional<std::string_view> find(const std::vector<std::pair<std::string, std::string>>& pairs,
                                     std::string_view name) {
    const auto found = std::ranges::find(pairs, name, &std::pair<std::string, std::string>::first);
    if (found == pairs.end()) return std::nullopt;
    return found->second;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Length of the UTF-8 sequence at the start of `text`, or 0 when it is not a valid one (RFC 3629).
std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (length == 0 || lead > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const unsigned char second = byte(1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second > 0x9F;
    const bool beyond = lead == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::string_view method_name(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::other:
            break;
    }
    return "OTHER";
}

std::string_view Request::parameter(std::string_view name) const {
    return find(parameters, name).value_or(std::string_view{});
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    return find(headers, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    return find(query, name);
}

Response json_response(std::string body) {
    return {.status = 200,
            .content_type = "application/json",
            .body = std::move(body),
            .headers = {},
            .zipped = false};
}

Response error_response(int status, std::string_view code, std::string_view message) {
    Response response = json_response(
        fmt::format(R"({{"error":{{"code":{},"message":{}}}}})", json_string(code), json_string(message)));
    response.status = status;
    return response;
}

Response error_response(const Error& error) {
    switch (error.code) {
        case Errc::invalid:
            return error_response(400, "bad_request", error.message);
        case Errc::too_large:
            return error_response(413, "too_large", error.message);
        case Errc::unsupported:
            return error_response(415, "unsupported", error.message);
        case Errc::denied:
            return error_response(403, "forbidden", error.message);
        case Errc::not_found:
            return error_response(404, "not_found", error.message);
        case Errc::conflict:
            return error_response(409, "conflict", error.message);
        case Errc::unavailable:
            break;
    }
    return error_response(503, "unavailable", error.message);
}

bool valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            decoded.push_back(' ');
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return fail(Errc::invalid, "malformed percent-encoding in the address");
            decoded.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            decoded.push_back(text[i]);
        }
    }
    if (decoded.find('\0') != std::string::npos) return fail(Errc::invalid, "NUL byte in the address");
    if (!valid_utf8(decoded)) return fail(Errc::invalid, "the address is not valid UTF-8");
    return decoded;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (part.empty()) continue;
        if (parameters.size() == kMaxQueryParameters) {
            return fail(Errc::invalid, fmt::format("more than {} query parameters", kMaxQueryParameters));
        }
        const std::size_t equals = part.find('=');
        auto name = percent_decode(part.substr(0, equals), true);
        if (!name) return name.error();
        auto value = percent_decode(equals == std::string_view::npos ? "" : part.substr(equals + 1), true);
        if (!value) return value.error();
        parameters.emplace_back(std::move(*name), std::move(*value));
    }
    return parameters;
}

Result<void> only_parameters(const Request& request, const std::vector<std::string_view>& known) {
    for (auto it = request.query.begin(); it != request.query.end(); ++it) {
        const std::string& name = it->first;
        if (std::ranges::find(known, name) == known.end()) {
            return fail(Errc::invalid, fmt::format("unknown parameter '{}'", name));
        }
        const auto again = [&](const auto& other) { return other.first == name; };
        if (std::any_of(request.query.begin(), it, again)) {
            return fail(Errc::invalid, fmt::format("parameter '{}' is given twice", name));
        }
    }
    return {};
}

Result<std::int64_t> integer_parameter(const Request& request, std::string_view name, std::int64_t low,
                                       std::int64_t high, std::int64_t fallback) {
    const auto text = request.query_value(name);
    if (!text) return fallback;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value < low || value > high) {
        return fail(Errc::invalid, fmt::format("parameter '{}' must be an integer from {} to {}, not '{}'",
                                               name, low, high, *text));
    }
    return value;
}

}  // namespace reticle::app
