#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/base/result.h"

namespace reticle::app {

enum class Method : std::uint8_t { get, head, post, other };
std::string_view method_name(Method method);

/// One HTTP request as handlers see it: plain text, already checked and percent-decoded.
struct Request {
    Method method = Method::get;
    std::string path;                                             ///< as sent, without the query
    std::vector<std::pair<std::string, std::string>> parameters;  ///< {name} parts of the route's pattern
    std::vector<std::pair<std::string, std::string>> query;       ///< in the order sent
    std::vector<std::pair<std::string, std::string>> headers;     ///< names in lower case
    std::string body;                                             ///< unzipped
    std::string peer;                                             ///< "address:port" of who asks

    /// A part of the path; empty when the pattern has no such name.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
    /// The first header of that (lower-case) name.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    /// The first query parameter of that name.
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
};

/// One HTTP answer. Large JSON is zipped on the way out when the client takes it.
struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< beside those every answer carries
    bool zipped = false;                                       ///< body is already gzip
};

/// 200 with JSON text.
Response json_response(std::string body);
/// The v1 error object of docs/api.md.
Response error_response(int status, std::string_view code, std::string_view message);
/// The v1 error object with the status and code that fit the failure's kind.
Response error_response(const Error& error);

/// Undoes percent-encoding ("%2F" too). Malformed escapes, NUL and invalid UTF-8 are an Error.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);
/// Splits and decodes "a=b&c=d". At most 64 parameters.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);
/// Whether `text` is valid UTF-8.
bool valid_utf8(std::string_view text);

/// v1 is strict: an Error that names the first query parameter that is not in `known` or is given twice.
Result<void> only_parameters(const Request& request, const std::vector<std::string_view>& known);
/// An integer parameter within [low, high], or `fallback` when it is absent.
Result<std::int64_t> integer_parameter(const Request& request, std::string_view name, std::int64_t low,
                                       std::int64_t high, std::int64_t fallback);

}  // namespace reticle::app
