#include "app/http/beast_errors.h"

#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

namespace reticle::app {

namespace http = boost::beast::http;

Response reading_error(boost::system::error_code error) {
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
