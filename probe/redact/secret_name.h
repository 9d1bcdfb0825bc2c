#pragma once

#include <string>
#include <string_view>

namespace reticle::probe {

/// Whether a flag, variable, header or JSON field of this name carries a secret: "--db-password",
/// "AWS_SECRET_ACCESS_KEY", "trustStorePassword", "X-Api-Key". Names that only point at one
/// ("--token-file", "secretName", "max_tokens") do not.
bool names_a_secret(std::string_view name);

/// Whether the value of that name is "<scheme> <credential>", as in the Authorization header of HTTP.
bool names_an_authorization(std::string_view name);

/// Longest name that is looked at; longer runs of letters are no names.
inline constexpr std::size_t kMaxNameBytes = 128;

/// Lower-cases ASCII and nothing else.
std::string lower(std::string_view text);

}  // namespace reticle::probe
