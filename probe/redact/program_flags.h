#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace reticle::probe {

/// Which part of a value is the secret.
enum class SecretPart : std::uint8_t {
    all,
    after_colon,    ///< "user:password"
    after_percent,  ///< "user%password"
    credential,     ///< "Basic <credential>": the value, or the word after the scheme
};

/// A flag that carries a secret only in certain programs, such as mysql's -p.
struct ProgramFlag {
    std::string_view programs;  ///< base names between spaces; one ending in '*' is a prefix
    std::string_view flag;      ///< "-p", or a bare word
    bool attached = false;      ///< "-pSECRET"
    bool separate = false;      ///< "-p SECRET"
    SecretPart part = SecretPart::all;
    std::string_view needs;  ///< a word that must come between the program and the flag, such as "login"
};

/// The table of such flags.
const std::vector<ProgramFlag>& program_flags();

/// Whether the base name of `word` is among the programs of that entry.
bool is_program_of(const ProgramFlag& entry, std::string_view word);

}  // namespace reticle::probe
