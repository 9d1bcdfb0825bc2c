#include "probe/redact/secret_name.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace reticle::probe {
namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

char to_lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// "X-Api-Key" and "xApiKey" -> {"x", "api", "key"}; "AWS_TOKEN" -> {"aws", "token"}.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    char previous = 0;
    for (const char c : name) {
        const bool separator = c == '-' || c == '_' || c == '.';
        const bool hump = is_upper(c) && previous >= 'a' && previous <= 'z';
        if ((separator || hump) && !words.back().empty()) words.emplace_back();
        if (!separator) words.back() += to_lower(c);
        previous = c;
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

using Words = std::span<const std::string_view>;

bool one_of(std::string_view word, Words list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// Words that name a secret, also glued to others: "pgpassword", "authtoken".
constexpr std::array<std::string_view, 14> kEndings{
    "password", "passwords", "passwd", "passphrase",  "passcode",   "passwort",      "secret",
    "secrets",  "token",     "tokens", "credentials", "credential", "authorization", "apikey"};

/// Words that name a secret only when they stand alone: "mysql_pwd", "DB_PASS".
constexpr std::array<std::string_view, 6> kAlone{"pass",    "pwd",       "passin",
                                                 "passout", "setcookie", "masterauth"};

/// Words that name a secret only at the end: "--proxy-auth", but not "SSH_AUTH_SOCK".
constexpr std::array<std::string_view, 6> kLast{"auth", "jwt", "sig", "signature", "bearer", "cookie"};

/// Kinds of key that are secret; "key" alone is mostly a path or an index.
constexpr std::array<std::string_view, 12> kSecretKeys{"api",        "access",  "private", "secret",
                                                       "encryption", "signing", "account", "shared",
                                                       "master",     "auth",    "session", "license"};

/// A name that ends so points at a secret or describes one.
constexpr std::array<std::string_view, 30> kReferences{
    "file",   "path",      "dir",    "directory", "url",    "uri",     "endpoint", "host",
    "port",   "name",      "ttl",    "timeout",   "length", "size",    "count",    "type",
    "policy", "lifetime",  "prompt", "stdin",     "env",    "store",   "provider", "limit",
    "expiry", "algorithm", "method", "mode",      "format", "interval"};

/// A name that begins so is a switch or a number.
constexpr std::array<std::string_view, 6> kSwitches{"no", "max", "min", "num", "require", "disable"};

bool is_secret_word(std::string_view word) {
    if (word == "nopass" || word == "nopassword" || word == "nopasswd") return false;
    if (one_of(word, kAlone)) return true;
    if (word.ends_with("pass")) return word != "bypass" && word != "compass";
    return std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return word.ends_with(ending); });
}

/// The shell's own variables for directories.
bool is_working_directory(std::string_view name) {
    return name == "PWD" || name == "OLDPWD";
}

/// "token_id" and "access_key_id" are public; Vault's "secret_id" is not.
bool is_public_id(const std::vector<std::string>& words) {
    return words.size() >= 2 && words.back() == "id" && words[words.size() - 2] != "secret";
}

}  // namespace

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

bool names_a_secret(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameBytes) return false;
    const auto words = words_of(name);
    if (words.empty() || is_working_directory(name) || one_of(words.back(), kReferences) ||
        one_of(words.front(), kSwitches) || is_public_id(words)) {
        return false;
    }
    if (one_of(words.back(), kLast)) return true;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (is_secret_word(words[i])) return true;
        if (i > 0 && words[i] == "key" && one_of(words[i - 1], kSecretKeys)) return true;
    }
    return false;
}

bool names_an_authorization(std::string_view name) {
    return lower(name).ends_with("authorization");
}

}  // namespace reticle::probe
