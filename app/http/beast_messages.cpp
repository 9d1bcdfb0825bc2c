#include "app/http/beast_messages.h"

#include <algorithm>
#include <cctype>

#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

namespace reticle::app {
namespace {

namespace http = boost::beast::http;

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

Method to_method(http::verb verb) {
    switch (verb) {
        case http::verb::get:
            return Method::get;
        case http::verb::head:
            return Method::head;
        case http::verb::post:
            return Method::post;
        default:
            return Method::other;
    }
}

}  // namespace

Request to_request(const http::request<http::string_body>& message, std::string peer) {
    Request request;
    request.method = to_method(message.method());
    const std::string_view target(message.target().data(), message.target().size());
    request.path = target.substr(0, target.find('?'));
    request.peer = std::move(peer);
    for (const auto& field : message) {
        const auto name = field.name_string();
        const auto value = field.value();
        request.headers.emplace_back(lower({name.data(), name.size()}),
                                     std::string(value.data(), value.size()));
    }
    return request;
}

http::response<http::string_body> to_beast(Response response, bool keep_alive, unsigned version) {
    http::response<http::string_body> message;
    message.version(version);
    message.result(static_cast<unsigned>(response.status));
    message.keep_alive(keep_alive);
    message.set(http::field::server, "reticle-app/" RETICLE_VERSION);
    if (response.status != 304 && !response.content_type.empty()) {
        message.set(http::field::content_type, response.content_type);
    }
    if (response.zipped) message.set(http::field::content_encoding, "gzip");
    message.set("X-Content-Type-Options", "nosniff");
    message.set("X-Frame-Options", "DENY");
    message.set("Referrer-Policy", "no-referrer");
    message.set("Cross-Origin-Resource-Policy", "same-origin");
    message.set("Cross-Origin-Opener-Policy", "same-origin");
    message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    message.set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.body() = std::move(response.body);
    message.prepare_payload();
    return message;
}

Response reading_error(boost::beast::error_code error) {
    if (error.category() != http::make_error_code(http::error::bad_method).category() ||
        error == http::error::end_of_stream || error == http::error::partial_message) {
        return {.status = 0, .content_type = {}, .body = {}, .headers = {}, .zipped = false};
    }
    if (error == http::error::header_limit) {
        return error_response(431, "headers_too_large", "the request's headers are too large");
    }
    if (error == http::error::body_limit) {
        return error_response(413, "too_large", "the request's body is larger than this server takes");
    }
    return error_response(400, "bad_request", fmt::format("malformed request: {}", error.message()));
}

}  // namespace reticle::app
