#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/base/result.h"

namespace reticle::app {

/// `data` as a gzip member, fast rather than small.
std::string gzip(std::string_view data);

/// The inside of a gzip member; Errc::too_large as soon as it would exceed `max_bytes`, Errc::invalid when it
/// is not gzip, is cut short or has something behind it.
Result<std::string> gunzip(std::string_view data, std::size_t max_bytes);

/// Whether an Accept-Encoding header takes gzip (RFC 9110 section 12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace reticle::app
