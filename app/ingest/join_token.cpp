#include "app/ingest/join_token.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <fstream>

#include <fmt/format.h>

namespace reticle::app {
namespace {

constexpr std::size_t kShortest = 16;
constexpr std::size_t kLongest = 4096;

}  // namespace

Result<JoinToken> JoinToken::from_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (error || !std::filesystem::is_regular_file(status)) {
        return fail(Errc::unavailable, fmt::format("join token file {} cannot be read", file.string()));
    }
    using std::filesystem::perms;
    if ((status.permissions() & (perms::group_read | perms::others_read)) != perms::none) {
        return fail(Errc::denied, fmt::format("join token file {} is readable by others: chmod 600 {}",
                                              file.string(), file.string()));
    }
    std::ifstream stream(file);
    std::string secret(kLongest + 1, '\0');
    stream.read(secret.data(), static_cast<std::streamsize>(secret.size()));
    secret.resize(static_cast<std::size_t>(stream.gcount()));
    secret.resize(std::min(secret.size(), secret.find_first_of("\r\n")));
    if (secret.size() < kShortest || secret.size() > kLongest) {
        return fail(Errc::invalid, fmt::format("join token file {} must hold one line of {} to {} characters",
                                               file.string(), kShortest, kLongest));
    }
    return JoinToken(std::move(secret));
}

// Both are hashed first, so that not even the length shows in the time it takes.
bool JoinToken::accepts(std::string_view offered) const {
    if (secret_.empty()) return true;
    unsigned char ours[SHA256_DIGEST_LENGTH];
    unsigned char theirs[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(secret_.data()), secret_.size(), ours);
    SHA256(reinterpret_cast<const unsigned char*>(offered.data()), offered.size(), theirs);
    return CRYPTO_memcmp(ours, theirs, sizeof(ours)) == 0;
}

}  // namespace reticle::app
