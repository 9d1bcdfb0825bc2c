#include "probe/redact/named_values.h"

#include <algorithm>
#include <cstdint>

#include "probe/redact/secret_name.h"

namespace reticle::probe {
namespace {

constexpr auto kNone = std::string_view::npos;

bool is_space(char c) {
    return static_cast<unsigned char>(c) <= ' ';
}

bool is_quote(char c) {
    return c == '"' || c == '\'';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_char(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// Whether a word that follows a flag is rather the next flag, so that the first had no value. Values that
/// begin with a dash exist, so only the plain forms "-x" and "--word" count.
bool looks_like_flag(std::string_view word) {
    if (word.size() == 2) return word[0] == '-' && is_letter(word[1]);
    return word.size() > 2 && word.starts_with("--") && is_letter(word[2]);
}

/// "-c", "-lc": what follows is a script for the shell.
bool announces_script(std::string_view word) {
    return word.size() >= 2 && word.size() <= 5 && word[0] == '-' && word[1] != '-' && word.back() == 'c';
}

bool is_auth_scheme(std::string_view word) {
    const auto scheme = lower(word);
    return scheme == "basic" || scheme == "bearer" || scheme == "digest" || scheme == "token" ||
           scheme == "negotiate" || scheme == "apikey";
}

std::string_view without_dashes(std::string_view name) {
    const auto begin = name.find_first_not_of('-');
    return begin == kNone ? std::string_view() : name.substr(begin);
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view text) {
    std::size_t g = 0;
    std::size_t t = 0;
    std::size_t star = kNone;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g;
            ++t;
        } else if (star != kNone) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == kNone;
}

NamedValues::NamedValues(std::string_view text, const std::vector<std::string>& patterns,
                         std::vector<TextRange>& found)
    : text_(text), found_(found), stage_(program_flags().size(), 0) {
    for (const auto& pattern : patterns) {
        if (pattern.ends_with('=')) {
            names_.push_back(lower(without_dashes(std::string_view(pattern).substr(0, pattern.size() - 1))));
        } else {
            globs_.push_back(lower(pattern));
        }
    }
}

void NamedValues::argument(TextRange arg) {
    const bool script = script_next_;
    script_next_ = announces_script(view(arg));
    if (take_expected(arg)) return;
    words_of(arg, script);
    // Outside a script a value may hold spaces: it reaches to the end. What psql -c takes is SQL, not shell.
    assignments(arg, script ? "'" : "=:'");
}

/// The next word in [from, end): up to a space that is not within quotes. Empty at the end.
TextRange NamedValues::word_at(std::size_t from, std::size_t end) const {
    while (from < end && is_space(text_[from])) ++from;
    auto at = from;
    char quote = 0;
    for (; at < end; ++at) {
        const char c = text_[at];
        if (c == '\\' && at + 1 < end) {
            ++at;
        } else if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (is_quote(c)) {
            quote = c;
        } else if (is_space(c)) {
            break;
        }
    }
    return {from, std::min(at, end)};
}

TextRange NamedValues::unquoted(TextRange word) const {
    if (word.begin < word.end && is_quote(text_[word.begin])) {
        const char quote = text_[word.begin++];
        if (word.begin < word.end && text_[word.end - 1] == quote) --word.end;
    }
    return word;
}

void NamedValues::words_of(TextRange range, bool script) {
    auto word = word_at(range.begin, range.end);
    for (; word.begin < word.end; word = word_at(word.end, range.end)) {
        if (take_expected(word)) continue;
        if (script) assignments(word, "=:'");
        const auto bare = unquoted(word);
        program_flag(bare);
        flag(bare);
        glob(bare);
    }
}

bool NamedValues::is_secret(std::string_view name) const {
    if (names_a_secret(name)) return true;
    return !names_.empty() && std::find(names_.begin(), names_.end(), lower(name)) != names_.end();
}

void NamedValues::expect(SecretPart part) {
    expecting_ = true;
    expected_ = part;
}

bool NamedValues::take_expected(TextRange value) {
    if (!expecting_) return false;
    expecting_ = false;
    if (looks_like_flag(view(value))) return false;
    if (expected_ == SecretPart::credential && is_auth_scheme(view(unquoted(value)))) {
        expect(SecretPart::all);
    } else {
        hide(unquoted(value), expected_);
    }
    return true;
}

void NamedValues::hide(TextRange value, SecretPart part) {
    if (part == SecretPart::after_colon || part == SecretPart::after_percent) {
        const auto mark = view(value).find(part == SecretPart::after_colon ? ':' : '%');
        if (mark == kNone) return;
        value.begin += mark + 1;
    }
    if (value.begin < value.end) found_.push_back(value);
}

/// "--password": its value is the next word. The form with '=' is an assignment.
void NamedValues::flag(TextRange word) {
    const auto text = view(word);
    if (!text.starts_with('-')) return;
    const auto name = without_dashes(text);
    if (name.size() < 2 || !std::all_of(name.begin(), name.end(), is_name_char)) return;
    if (is_secret(name)) expect(SecretPart::all);
}

void NamedValues::program_flag(TextRange word) {
    const auto text = view(word);
    const auto& table = program_flags();
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto& entry = table[i];
        if (stage_[i] == 2 && text.starts_with(entry.flag)) {
            if (text.size() == entry.flag.size()) {
                if (entry.separate) expect(entry.part);
            } else if (entry.attached) {
                hide({word.begin + entry.flag.size(), word.end}, entry.part);
            }
        } else if (stage_[i] == 1 && text == entry.needs) {
            stage_[i] = 2;
        } else if (stage_[i] == 0 && is_program_of(entry, text)) {
            stage_[i] = entry.needs.empty() ? 2 : 1;
        }
    }
}

void NamedValues::glob(TextRange word) {
    if (globs_.empty()) return;
    const auto text = lower(view(word));
    if (std::any_of(globs_.begin(), globs_.end(),
                    [&](const auto& glob) { return glob_matches(glob, text); })) {
        found_.push_back(word);
    }
}

/// The name that ends before a separator, spaces and one closing quote apart; empty if there is none.
TextRange NamedValues::name_before(std::size_t separator, std::size_t begin) const {
    const auto limit = separator - std::min(separator - begin, kMaxNameBytes + 8);
    auto end = separator;
    while (end > limit && is_space(text_[end - 1])) --end;
    if (end > limit && is_quote(text_[end - 1])) --end;
    auto at = end;
    while (at > limit && is_name_char(text_[at - 1])) --at;
    while (at < end && text_[at] == '-') ++at;
    return {at, end};
}

/// "NAME=value", "Header: value", `"field": "value"`, SQL's `PASSWORD 'value'`, anywhere in `range`.
void NamedValues::assignments(TextRange range, std::string_view separators) {
    for (auto at = range.begin; at < range.end; ++at) {
        const char c = text_[at];
        if (separators.find(c) == kNone) continue;
        const auto name = name_before(at, range.begin);
        if (name.begin == name.end) continue;
        const char before = name.begin > range.begin ? text_[name.begin - 1] : ' ';
        const auto after = text_.substr(at + 1, 2);
        if (c == ':' && (before == '/' || before == ':' || after.starts_with(':') || after == "//")) continue;
        if (c == '\'' && (name.end == at || !is_space(text_[at - 1]))) continue;
        const bool sql = c == '\'' && lower(view(name)) == "by";
        if (sql || is_secret(view(name))) at = std::max(at, assigned_value(name, at, range));
    }
}

/// Hides the value that follows a secret name's separator; returns the last position it looked at.
std::size_t NamedValues::assigned_value(TextRange name, std::size_t separator, TextRange range) {
    const char before = name.begin > range.begin ? text_[name.begin - 1] : ' ';
    const bool quoted_name = name.end < separator && is_quote(text_[name.end]);
    auto begin = text_[separator] == '\'' ? separator : separator + 1;
    while (begin < range.end && is_space(text_[begin])) ++begin;
    if (begin == range.end) {
        if (text_[separator] == ':') {
            expect(names_an_authorization(view(name)) ? SecretPart::credential : SecretPart::all);
        }
        return separator;
    }
    auto end = range.end;
    if ((quoted_name || begin == separator) && is_quote(text_[begin])) {
        const char quote = text_[begin++];
        end = begin;
        while (end < range.end && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
        end = std::min(end, range.end);
    } else if (before == '?' || before == '&') {
        end = std::min(range.end, text_.find('&', begin));
    } else if (is_quote(before) && text_[range.end - 1] == before) {
        --end;
    }
    if (begin < end) found_.push_back({begin, end});
    return end;
}

}  // namespace reticle::probe
