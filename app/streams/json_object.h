#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reticle::app {

/// Longer texts are cut, with an ellipsis, where they only describe; whoever needs all of it asks for
/// details.
inline constexpr std::size_t kMaxShownText = 1024;

/// Appends `text` as a JSON string, quotes included; invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// The same, cut to `limit` bytes at a character's border.
void append_json_text(std::string& out, std::string_view text, std::size_t limit = kMaxShownText);
/// Appends a number; above 2^53 (which a double cannot hold exactly) as a decimal string.
void append_json_integer(std::string& out, std::int64_t value);
void append_json_counter(std::string& out, std::uint64_t value);
/// Appends a number to three decimals; what is not finite is null.
void append_json_real(std::string& out, double value);

/// What append_json_real shows of a number, so that changes nobody can see are not sent.
double shown_real(double value);
/// Whole milliseconds, rounded down.
std::int64_t milliseconds_of(std::int64_t nanos);

/// Writes the members of one JSON object straight into a string: no tree, no allocation of its own. Names are
/// our own and need no escaping.
class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    void id(std::string_view name, std::string_view value) { append_json_string(member(name), value); }
    void text(std::string_view name, std::string_view value) { append_json_text(member(name), value); }
    void integer(std::string_view name, std::int64_t value) { append_json_integer(member(name), value); }
    void counter(std::string_view name, std::uint64_t value) { append_json_counter(member(name), value); }
    void real(std::string_view name, double value) { append_json_real(member(name), value); }
    void boolean(std::string_view name, bool value) { member(name) += value ? "true" : "false"; }
    void null(std::string_view name) { member(name) += "null"; }
    /// Begins a member; the caller appends its value to what is returned.
    std::string& member(std::string_view name);
    void close() { out_ += '}'; }

  private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace reticle::app
