#include "report/value.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>

namespace reticle::report {

/// The heap block behind a text: the count, the length, then the characters.
struct Text::Block {
    std::atomic<std::uint32_t> references{1};
    std::uint32_t length = 0;

    [[nodiscard]] const char* characters() const { return reinterpret_cast<const char*>(this + 1); }

    static Block* make(std::string_view text) {
        void* memory = ::operator new(sizeof(Block) + text.size());
        auto* block = new (memory) Block;
        block->length = static_cast<std::uint32_t>(text.size());
        std::memcpy(static_cast<char*>(memory) + sizeof(Block), text.data(), text.size());
        return block;
    }
};

std::string_view Text::view_of(const Block* block) noexcept {
    return block == nullptr ? std::string_view() : std::string_view(block->characters(), block->length);
}

void Text::retain(Block* block) noexcept {
    if (block != nullptr) block->references.fetch_add(1, std::memory_order_relaxed);
}

void Text::release(Block* block) noexcept {
    // Acquire-release: what other owners read must happen before the memory goes.
    if (block == nullptr || block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    block->~Block();
    ::operator delete(block);
}

Text::Text(std::string_view text) : block_(text.empty() ? nullptr : Block::make(text)) {}

Text::Text(const Text& other) noexcept : block_(other.block_) {
    retain(block_);
}

Text& Text::operator=(const Text& other) noexcept {
    Text copy(other);
    std::swap(block_, copy.block_);
    return *this;
}

Text& Text::operator=(Text&& other) noexcept {
    if (this != &other) release(std::exchange(block_, std::exchange(other.block_, nullptr)));
    return *this;
}

Text::~Text() {
    release(block_);
}

std::string_view Text::view() const noexcept {
    return view_of(block_);
}

std::size_t Text::heap_bytes() const noexcept {
    return block_ == nullptr ? 0 : sizeof(Block) + block_->length;
}

/// The shared items of a list value.
struct Value::List {
    std::atomic<std::uint32_t> references{1};
    std::vector<std::string> items;
};

Value Value::boolean(bool value) {
    Value result;
    result.type_ = Type::boolean;
    result.payload_.integer = value ? 1 : 0;
    return result;
}

Value Value::integer(std::int64_t value) {
    Value result;
    result.type_ = Type::integer;
    result.payload_.integer = value;
    return result;
}

Value Value::real(double value) {
    Value result;
    if (!std::isfinite(value)) return result;
    result.type_ = Type::real;
    result.payload_.real = value == 0 ? 0.0 : value;
    return result;
}

Value Value::time(std::int64_t utc_nanos) {
    Value result;
    result.type_ = Type::time;
    result.payload_.integer = utc_nanos;
    return result;
}

Value Value::string(Text text) {
    Value result;
    result.type_ = Type::string;
    result.payload_.text = std::exchange(text.block_, nullptr);
    return result;
}

Value Value::list(std::vector<std::string> items) {
    Value result;
    result.type_ = Type::list;
    result.payload_.list = nullptr;
    if (items.empty()) return result;
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    items.shrink_to_fit();
    result.payload_.list = new List;
    result.payload_.list->items = std::move(items);
    return result;
}

Value::Value(const Value& other) noexcept : payload_(other.payload_), type_(other.type_) {
    retain();
}

Value::Value(Value&& other) noexcept : payload_(other.payload_), type_(other.type_) {
    other.type_ = Type::none;
    other.payload_.integer = 0;
}

Value& Value::operator=(const Value& other) noexcept {
    other.retain();
    release();
    payload_ = other.payload_;
    type_ = other.type_;
    return *this;
}

Value& Value::operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    release();
    payload_ = other.payload_;
    type_ = other.type_;
    other.type_ = Type::none;
    other.payload_.integer = 0;
    return *this;
}

Value::~Value() {
    release();
}

void Value::retain() const noexcept {
    if (type_ == Type::string) Text::retain(payload_.text);
    if (type_ == Type::list && payload_.list != nullptr) {
        payload_.list->references.fetch_add(1, std::memory_order_relaxed);
    }
}

void Value::release() noexcept {
    if (type_ == Type::string) Text::release(payload_.text);
    if (type_ == Type::list && payload_.list != nullptr &&
        payload_.list->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete payload_.list;
    }
}

bool Value::as_boolean() const noexcept {
    return type_ == Type::boolean && payload_.integer != 0;
}

std::int64_t Value::as_integer() const noexcept {
    return type_ == Type::integer ? payload_.integer : 0;
}

double Value::as_real() const noexcept {
    return type_ == Type::real ? payload_.real : 0;
}

std::int64_t Value::as_time() const noexcept {
    return type_ == Type::time ? payload_.integer : 0;
}

std::string_view Value::as_string() const noexcept {
    return type_ == Type::string ? Text::view_of(payload_.text) : std::string_view();
}

Text Value::as_text() const noexcept {
    if (type_ != Type::string) return {};
    Text::retain(payload_.text);
    return Text(payload_.text);
}

std::span<const std::string> Value::as_list() const noexcept {
    if (type_ != Type::list || payload_.list == nullptr) return {};
    return payload_.list->items;
}

std::string Value::to_string() const {
    switch (type_) {
        case Type::none:
            return {};
        case Type::boolean:
            return payload_.integer != 0 ? "true" : "false";
        case Type::integer:
            return std::to_string(payload_.integer);
        case Type::real:
            return fmt::format("{}", payload_.real);
        case Type::time: {
            // ISO 8601 with milliseconds; days since 1970 through the civil calendar of <chrono>.
            using std::chrono::nanoseconds;
            const std::chrono::sys_time<nanoseconds> moment{nanoseconds(payload_.integer)};
            const auto day = std::chrono::floor<std::chrono::days>(moment);
            const std::chrono::year_month_day date(day);
            const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(moment - day));
            return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                               static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                               clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                               clock.subseconds().count());
        }
        case Type::string:
            return std::string(as_string());
        case Type::list:
            return fmt::format("{}", fmt::join(as_list(), ", "));
    }
    return {};
}

std::size_t Value::heap_bytes() const noexcept {
    if (type_ == Type::string) {
        return payload_.text == nullptr ? 0 : sizeof(Text::Block) + as_string().size();
    }
    if (type_ != Type::list || payload_.list == nullptr) return 0;
    std::size_t bytes = sizeof(List) + payload_.list->items.capacity() * sizeof(std::string);
    for (const std::string& item : payload_.list->items) {
        // Short strings live inside the std::string itself.
        if (item.capacity() > std::string().capacity()) bytes += item.capacity() + 1;
    }
    return bytes;
}

bool operator==(const Value& a, const Value& b) noexcept {
    return (a <=> b) == 0;
}

std::strong_ordering operator<=>(const Value& a, const Value& b) noexcept {
    if (a.type_ != b.type_) return a.type_ <=> b.type_;
    switch (a.type_) {
        case Value::Type::none:
            return std::strong_ordering::equal;
        case Value::Type::boolean:
        case Value::Type::integer:
        case Value::Type::time:
            return a.payload_.integer <=> b.payload_.integer;
        case Value::Type::real:
            // Finite and never -0 (see real()), so this is a total order.
            if (a.payload_.real == b.payload_.real) return std::strong_ordering::equal;
            return a.payload_.real < b.payload_.real ? std::strong_ordering::less
                                                     : std::strong_ordering::greater;
        case Value::Type::string:
            return a.as_string() <=> b.as_string();
        case Value::Type::list:
            break;
    }
    const auto left = a.as_list();
    const auto right = b.as_list();
    return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace reticle::report
