#pragma once

#include <string>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "app/http/message.h"

namespace reticle::app {

/// A request's line and headers as plain text; the body and the query are left to the caller. Internal to
/// http/.
Request to_request(const boost::beast::http::request<boost::beast::http::string_body>& message,
                   std::string peer);

/// An answer with the headers that every answer carries.
boost::beast::http::response<boost::beast::http::string_body> to_beast(Response response, bool keep_alive,
                                                                       unsigned version);

/// What to answer to a request that could not be read; status 0: nothing, the connection is gone
/// or was ended because the request did not arrive in time.
Response reading_error(boost::beast::error_code error);

}  // namespace reticle::app
