#pragma once

#include <boost/system/error_code.hpp>

#include "app/http/message.h"

namespace reticle::app {

/// What to answer to a request that could not be read; status 0: nothing, the connection is gone or was ended
/// because the request did not arrive in time.
Response reading_error(boost::system::error_code error);

}  // namespace reticle::app
