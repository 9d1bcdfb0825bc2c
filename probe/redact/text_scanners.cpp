#include "probe/redact/text_scanners.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "probe/redact/secret_name.h"

namespace reticle::probe {
namespace {

constexpr auto kNone = std::string_view::npos;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_alnum(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Letters of base64url, and so of most tokens.
bool is_token_char(char c) {
    return is_alnum(c) || c == '-' || c == '_';
}

bool is_space_or_quote(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '`' || c == '<' || c == '>';
}

bool starts_word(std::string_view text, std::size_t at) {
    return at == 0 || !is_alnum(text[at - 1]);
}

template <class Predicate>
std::size_t skip(std::string_view text, std::size_t at, Predicate predicate) {
    while (at < text.size() && predicate(text[at])) ++at;
    return at;
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return text.empty() || (error == std::errc() && end == text.data() + text.size());
}

/// Where the user-info of a URL ends, given what follows "://"; npos if it has none. A password may hold '/',
/// '?' or '#' unescaped, though it must not: it is told from a path by the colon that no port follows.
std::size_t userinfo_end(std::string_view rest) {
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (const auto at = authority.rfind('@'); at != kNone) return at;
    const auto colon = authority.find(':');
    const bool host_and_port =
        colon == kNone || authority.starts_with('[') || (colon > 0 && is_port(authority.substr(colon + 1)));
    return host_and_port ? kNone : rest.rfind('@');
}

/// A user name this long is a token ("https://<token>@github.com", "https://<token>:x-oauth-basic@...").
constexpr std::size_t kTokenLikeUser = 20;

void find_in_url(std::string_view text, TextRange url, std::vector<TextRange>& found) {
    const auto rest = text.substr(url.begin, url.end - url.begin);
    const auto at = userinfo_end(rest);
    if (at == kNone) return;
    const auto colon = rest.substr(0, at).find(':');
    const auto user_length = std::min(colon, at);
    if (user_length >= kTokenLikeUser) {
        found.push_back({url.begin, url.begin + at});
    } else if (colon != kNone && colon + 1 < at) {
        found.push_back({url.begin + colon + 1, url.begin + at});
    }
}

/// "postgres://user:password@host/db": each stretch from one "://" to the next, or to the end of the word.
void find_urls(std::string_view text, std::vector<TextRange>& found) {
    constexpr std::string_view kMark = "://";
    auto at = text.find(kMark);
    while (at != kNone) {
        const auto begin = at + kMark.size();
        const auto next = text.find(kMark, begin);
        auto end = begin;
        while (end < std::min(next, text.size()) && !is_space_or_quote(text[end])) ++end;
        find_in_url(text, {begin, end}, found);
        at = next;
    }
}

/// Three runs of base64url joined by dots, the first a JSON object ("eyJ" is `{"`).
void find_jwts(std::string_view text, std::vector<TextRange>& found) {
    for (auto at = text.find("eyJ"); at != kNone; at = text.find("eyJ", at)) {
        const auto head = skip(text, at, is_token_char);
        if ((at > 0 && is_token_char(text[at - 1])) || head == text.size() || text[head] != '.') {
            at = head;
            continue;
        }
        auto end = skip(text, head + 1, is_token_char);
        if (end < text.size() && text[end] == '.') end = skip(text, end + 1, is_token_char);
        if (end - head > 8) found.push_back({at, end});
        at = end;
    }
}

/// The token after the word "bearer", as in the Authorization header.
void find_bearers(std::string_view text, std::vector<TextRange>& found) {
    constexpr std::string_view kWord = "bearer";
    constexpr std::size_t kShortest = 8;
    const std::string lowered = lower(text);
    for (auto at = lowered.find(kWord); at != kNone; at = lowered.find(kWord, at)) {
        const auto after = at + kWord.size();
        auto begin = skip(text, after, [](char c) { return c == ' ' || c == ':' || c == '=' || c == '+'; });
        if (text.substr(after).starts_with("%20")) begin = after + 3;
        const auto end = skip(text, begin, [](char c) { return !is_space_or_quote(c); });
        const bool token = begin > after && end - begin >= kShortest && text[begin] != '-';
        if (token && starts_word(text, at)) found.push_back({begin, end});
        at = token ? end : after;
    }
}

/// "-----BEGIN ...-----" to "-----END ...-----", or to the end of the text.
void find_pem_blocks(std::string_view text, std::vector<TextRange>& found) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    constexpr std::string_view kEnd = "-----END ";
    constexpr std::string_view kDashes = "-----";
    for (auto at = text.find(kBegin); at != kNone; at = text.find(kBegin, at)) {
        auto end = text.find(kEnd, at);
        if (end != kNone) end = text.find(kDashes, end + kEnd.size());
        end = end == kNone ? text.size() : end + kDashes.size();
        found.push_back({at, end});
        at = end;
    }
}

/// Keys that their maker marked with a prefix; `tail` is the least number of letters that follow it.
struct KnownKey {
    std::string_view prefix;
    std::size_t tail;
};
constexpr std::array<KnownKey, 27> kKnownKeys{{
    {"AKIA", 16},     {"ASIA", 16},        {"ghp_", 30},
    {"gho_", 30},     {"ghu_", 30},        {"ghs_", 30},
    {"ghr_", 30},     {"github_pat_", 20}, {"glpat-", 16},
    {"xoxb-", 10},    {"xoxp-", 10},       {"xoxa-", 10},
    {"xoxs-", 10},    {"xoxr-", 10},       {"xapp-", 10},
    {"sk_live_", 10}, {"sk_test_", 10},    {"rk_live_", 10},
    {"sk-ant-", 20},  {"sk-proj-", 20},    {"sk-", 32},
    {"AIza", 35},     {"npm_", 30},        {"hvs.", 20},
    {"dop_v1_", 40},  {"SG.", 20},         {"AGE-SECRET-KEY-", 20},
}};

/// Where a key of known make that begins at `at` ends; `at` if there is none.
std::size_t known_key_end(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at);
    for (const auto& known : kKnownKeys) {
        if (!rest.starts_with(known.prefix)) continue;
        const auto begin = at + known.prefix.size();
        const auto end = skip(text, begin, [](char c) { return is_token_char(c) || c == '.'; });
        if (end - begin >= known.tail) return end;
    }
    return at;
}

void find_known_keys(std::string_view text, std::vector<TextRange>& found) {
    for (std::size_t at = 0; at < text.size();) {
        const auto end = starts_word(text, at) ? known_key_end(text, at) : at;
        if (end > at) found.push_back({at, end});
        at = std::max(end, at + 1);
    }
}

}  // namespace

void find_shaped_secrets(std::string_view text, std::vector<TextRange>& found) {
    find_urls(text, found);
    find_jwts(text, found);
    find_bearers(text, found);
    find_pem_blocks(text, found);
    find_known_keys(text, found);
}

}  // namespace reticle::probe
