#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reticle::report {

/// Immutable text shared by reference count (atomic: values cross threads). One pointer wide; empty text owns
/// nothing. Compares and orders by content.
class Text {
  public:
    Text() = default;
    Text(std::string_view text);  // NOLINT(google-explicit-constructor): a Text is a string in a smaller coat
    Text(const char* text) : Text(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
    Text(const std::string& text) : Text(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
    Text(const Text& other) noexcept;
    Text(Text&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
    Text& operator=(const Text& other) noexcept;
    Text& operator=(Text&& other) noexcept;
    ~Text();

    [[nodiscard]] std::string_view view() const noexcept;
    [[nodiscard]] std::string str() const { return std::string(view()); }
    [[nodiscard]] bool empty() const noexcept { return block_ == nullptr; }
    /// Bytes of heap behind this text, whoever else shares it.
    [[nodiscard]] std::size_t heap_bytes() const noexcept;

    friend bool operator==(const Text& a, const Text& b) noexcept {
        return a.block_ == b.block_ || a.view() == b.view();
    }
    friend std::strong_ordering operator<=>(const Text& a, const Text& b) noexcept {
        return a.block_ == b.block_ ? std::strong_ordering::equal : a.view() <=> b.view();
    }

  private:
    friend class Value;  // holds a Text's block without the coat
    struct Block;
    explicit Text(Block* owned) noexcept : block_(owned) {}
    static std::string_view view_of(const Block* block) noexcept;
    static void retain(Block* block) noexcept;
    static void release(Block* block) noexcept;

    Block* block_ = nullptr;
};

/// A value of an attribute: 16 bytes. Totally ordered (by type, then content) so that two different values at
/// one version still join to the same winner on every path.
class Value {
  public:
    enum class Type : std::uint8_t { none, boolean, integer, real, time, string, list };

    Value() = default;
    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    /// NaN and the infinities are stored as none (they say nothing, and NaN would break the order); -0 as 0.
    static Value real(double value);
    /// Nanoseconds since 1970 UTC.
    static Value time(std::int64_t utc_nanos);
    static Value string(Text text);
    /// A set: stored sorted and without duplicates.
    static Value list(std::vector<std::string> items);

    Value(const Value& other) noexcept;
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other) noexcept;
    Value& operator=(Value&& other) noexcept;
    ~Value();

    [[nodiscard]] Type type() const noexcept { return type_; }
    [[nodiscard]] bool none() const noexcept { return type_ == Type::none; }
    /// Each reader answers the neutral value (false, 0, "", {}) when the type is another.
    [[nodiscard]] bool as_boolean() const noexcept;
    [[nodiscard]] std::int64_t as_integer() const noexcept;
    [[nodiscard]] double as_real() const noexcept;
    [[nodiscard]] std::int64_t as_time() const noexcept;
    [[nodiscard]] std::string_view as_string() const noexcept;
    [[nodiscard]] Text as_text() const noexcept;
    [[nodiscard]] std::span<const std::string> as_list() const noexcept;
    /// For people and for search: "12", "0.5", "true", "a, b".
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::size_t heap_bytes() const noexcept;

    friend bool operator==(const Value& a, const Value& b) noexcept;
    friend std::strong_ordering operator<=>(const Value& a, const Value& b) noexcept;

  private:
    struct List;
    void retain() const noexcept;
    void release() noexcept;

    union Payload {
        std::int64_t integer;
        double real;
        Text::Block* text;  // owned, reference counted; null for the empty string
        List* list;         // owned, reference counted; null for the empty list
    };
    Payload payload_{0};
    Type type_ = Type::none;
};

}  // namespace reticle::report
