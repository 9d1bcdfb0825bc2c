#include "probe/redact/redact.h"

#include <algorithm>

#include "probe/redact/named_values.h"
#include "probe/redact/text_scanners.h"

namespace reticle::probe {
namespace {

/// Length of the valid UTF-8 sequence at `at` (RFC 3629), 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
    };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const int lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = lead == 0xed && byte(1) > 0x9f;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool out_of_range = (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
        return tail(1) && tail(2) && tail(3) && !out_of_range ? 4 : 0;
    }
    return 0;
}

/// Valid UTF-8 without control characters, at most kMaxCommandLineBytes long.
std::string presentable(std::string_view text) {
    constexpr std::string_view kReplacement = "\xef\xbf\xbd";
    constexpr std::string_view kCut = "...";
    std::string result;
    result.reserve(std::min(text.size(), kMaxCommandLineBytes));
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_length(text, at);
        const auto c = static_cast<unsigned char>(text[at]);
        const auto piece = length == 0 ? kReplacement : c < 0x20 || c == 0x7f ? " " : text.substr(at, length);
        const bool last = at + std::max<std::size_t>(length, 1) >= text.size();
        if (result.size() + piece.size() + (last ? 0 : kCut.size()) > kMaxCommandLineBytes) {
            return result.append(kCut);
        }
        result += piece;
        at += std::max<std::size_t>(length, 1);
    }
    return result;
}

/// The text with every range replaced by kRedacted; ranges may overlap and come in any order.
std::string without(std::string_view text, std::vector<TextRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](auto a, auto b) { return a.begin < b.begin; });
    std::string result;
    std::size_t shown = 0;
    bool any = false;
    for (const auto& range : ranges) {
        if (any && range.begin < shown) {
            shown = std::max(shown, range.end);
            continue;
        }
        result.append(text.substr(shown, range.begin - shown)).append(kRedacted);
        shown = range.end;
        any = true;
    }
    return result.append(text.substr(shown));
}

std::string hide_secrets(const std::vector<std::string>& argv, const std::vector<std::string>& patterns) {
    std::string text;
    std::vector<TextRange> args;
    for (const auto& arg : argv) {
        if (!args.empty()) text += ' ';
        args.push_back({text.size(), text.size() + arg.size()});
        text += arg;
    }
    std::vector<TextRange> found;
    NamedValues named(text, patterns, found);
    for (const auto& arg : args) named.argument(arg);
    find_shaped_secrets(text, found);
    return without(text, std::move(found));
}

std::string joined(const std::vector<std::string>& argv) {
    std::string text;
    for (std::size_t i = 0; i < argv.size(); ++i) text.append(i == 0 ? "" : " ").append(argv[i]);
    return text;
}

/// A program may have put its whole title into its first argument ("postgres: user db").
std::string_view program_of(const std::vector<std::string>& argv) {
    if (argv.empty()) return {};
    const std::string_view first = argv.front();
    return first.substr(0, first.find_first_of(" \t\n"));
}

}  // namespace

Result<void> check_redact_pattern(std::string_view pattern) {
    constexpr std::size_t kLongest = 256;
    const std::string quoted = "redaction pattern '" + std::string(pattern.substr(0, kLongest)) + "' ";
    if (pattern.size() > kLongest) return fail(Errc::too_large, quoted + "is longer than 256 bytes");
    if (pattern.find_first_of(" \t\n") != std::string_view::npos) {
        return fail(Errc::invalid, quoted + "holds a space: patterns are compared with single words");
    }
    if (pattern.find_first_not_of("*?-=") == std::string_view::npos) {
        return fail(Errc::invalid, quoted + "would match everything: use --redact everything for that");
    }
    return {};
}

std::string redact(const std::vector<std::string>& argv, const RedactPolicy& policy) {
    switch (policy.mode) {
        case RedactMode::off:
            return presentable(joined(argv));
        case RedactMode::everything:
            return presentable(program_of(argv));
        case RedactMode::on:
            break;
    }
    return presentable(hide_secrets(argv, policy.patterns));
}

}  // namespace reticle::probe
