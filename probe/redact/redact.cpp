#include "probe/redact/redact.h"

#include <algorithm>

#include "probe/os/text.h"
#include "probe/redact/named_values.h"
#include "probe/redact/text_scanners.h"

namespace reticle::probe {
namespace {

/// Valid UTF-8 without control characters, at most kMaxCommandLineBytes long.
std::string presentable(std::string_view bytes) {
    constexpr std::string_view kCut = "...";
    std::string text = os::valid_utf8(bytes);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    if (text.size() <= kMaxCommandLineBytes) return text;
    auto end = kMaxCommandLineBytes - kCut.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.erase(end).append(kCut);
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

/// All arguments, joined by spaces, as far as they are looked at; and where each of them lies.
struct Joined {
    explicit Joined(const std::vector<std::string>& argv) {
        for (const auto& arg : argv) {
            if (text.size() >= kMaxScannedBytes) break;
            if (!args.empty()) text += ' ';
            const auto begin = text.size();
            text.append(arg, 0, kMaxScannedBytes - std::min(begin, kMaxScannedBytes));
            args.push_back({begin, text.size()});
        }
    }
    std::string text;
    std::vector<TextRange> args;
};

std::string hide_secrets(const std::vector<std::string>& argv, const std::vector<std::string>& patterns) {
    const Joined joined(argv);
    std::vector<TextRange> found;
    NamedValues named(joined.text, patterns, found);
    for (const auto& arg : joined.args) named.argument(arg);
    find_shaped_secrets(joined.text, found);
    return without(joined.text, std::move(found));
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
            return presentable(Joined(argv).text);
        case RedactMode::everything:
            return presentable(program_of(argv));
        case RedactMode::on:
            break;
    }
    return presentable(hide_secrets(argv, policy.patterns));
}

}  // namespace reticle::probe
