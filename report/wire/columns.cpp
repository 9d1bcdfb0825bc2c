#include "report/wire/columns.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace reticle::report::wire {
namespace {

/// Forms of a real number: how the digits column turns into it.
enum class RealForm : std::uint8_t { whole, tenths, hundredths, thousandths, pages, single, full };

constexpr std::array<double, 4> kDecimalScale = {1, 10, 100, 1000};
constexpr double kPage = 4096;
constexpr double kLargestWhole = 9007199254740992.0;  // 2^53: whole numbers are exact up to here

constexpr std::array<std::int64_t, 4> kTimeUnit = {1, 1'000, 1'000'000, 1'000'000'000};

enum class AddressKind : std::uint8_t { same = 0, v4 = 4, v6 = 6 };

bool same_number(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

void ColumnWriter::put(std::uint64_t value) {
    while (value >= 0x80) {
        bytes_ += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    bytes_ += static_cast<char>(value);
}

void ColumnWriter::put_signed(std::int64_t value) {
    put(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void ColumnWriter::put_delta(std::uint64_t base, std::uint64_t value) {
    put_signed(static_cast<std::int64_t>(value - base));
}

void ColumnWriter::put_byte(std::uint8_t value) {
    bytes_ += static_cast<char>(value);
}

void ColumnWriter::put_fixed64(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t ColumnReader::take() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const std::uint8_t byte = take_byte();
        if (failed_) return 0;
        const std::uint64_t bits = byte & 0x7f;
        value |= bits << shift;
        if (shift == 63 && bits > 1) break;  // more than 64 bits
        if ((byte & 0x80) == 0) return value;
    }
    failed_ = true;
    return 0;
}

std::int64_t ColumnReader::take_signed() {
    const std::uint64_t zigzag = take();
    return static_cast<std::int64_t>(zigzag >> 1 ^ (~(zigzag & 1) + 1));
}

std::uint64_t ColumnReader::take_delta(std::uint64_t base) {
    return base + static_cast<std::uint64_t>(take_signed());
}

std::uint8_t ColumnReader::take_byte() {
    if (left_out_) return 0;
    if (rest_.empty()) {
        failed_ = true;
        return 0;
    }
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
}

std::string_view ColumnReader::take_bytes(std::uint64_t count) {
    if (count > rest_.size()) {
        failed_ = true;
        return {};
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
}

std::uint64_t ColumnReader::take_fixed64() {
    if (left_out_) return 0;
    std::uint64_t value = 0;
    int shift = 0;
    for (const char byte : take_bytes(8)) {
        value |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift;
        shift += 8;
    }
    return value;
}

std::uint8_t put_real(ColumnWriter& digits, double value) {
    const double pages = value / kPage;
    if (pages != 0 && std::abs(pages) < kLargestWhole && same_number(std::trunc(pages), pages)) {
        digits.put_signed(static_cast<std::int64_t>(pages));
        return static_cast<std::uint8_t>(RealForm::pages);
    }
    for (std::size_t form = 0; form < kDecimalScale.size(); ++form) {
        const double scaled = std::round(value * kDecimalScale[form]);
        if (!(std::abs(scaled) < kLargestWhole)) break;
        const auto whole = static_cast<std::int64_t>(scaled);
        if (!same_number(static_cast<double>(whole) / kDecimalScale[form], value)) continue;
        digits.put_signed(whole);
        return static_cast<std::uint8_t>(form);
    }
    const bool fits = std::abs(value) <= std::numeric_limits<float>::max();
    if (fits && same_number(static_cast<float>(value), value)) {
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
        for (int i = 0; i < 4; ++i) digits.put_byte(static_cast<std::uint8_t>(bits >> (8 * i) & 0xff));
        return static_cast<std::uint8_t>(RealForm::single);
    }
    digits.put_fixed64(std::bit_cast<std::uint64_t>(value));
    return static_cast<std::uint8_t>(RealForm::full);
}

double take_real(ColumnReader& digits, std::uint8_t form) {
    switch (static_cast<RealForm>(form)) {
        case RealForm::whole:
        case RealForm::tenths:
        case RealForm::hundredths:
        case RealForm::thousandths:
            return static_cast<double>(digits.take_signed()) / kDecimalScale[form];
        case RealForm::pages:
            return static_cast<double>(digits.take_signed()) * kPage;
        case RealForm::single: {
            std::uint32_t bits = 0;
            for (int i = 0; i < 4; ++i) bits |= std::uint32_t{digits.take_byte()} << (8 * i);
            return std::bit_cast<float>(bits);
        }
        case RealForm::full:
            return std::bit_cast<double>(digits.take_fixed64());
    }
    return std::nan("");  // an unknown form: refused where non-numbers are
}

std::uint8_t put_time(ColumnWriter& column, UtcNanos now, UtcNanos moment) {
    std::uint8_t form = kTimeUnit.size() - 1;
    while (moment % kTimeUnit[form] != 0) --form;
    const std::int64_t unit = kTimeUnit[form];
    column.put_delta(static_cast<std::uint64_t>(now / unit), static_cast<std::uint64_t>(moment / unit));
    return form;
}

UtcNanos take_time(ColumnReader& column, UtcNanos now, std::uint8_t form) {
    const auto unit = static_cast<std::uint64_t>(kTimeUnit[form & 3]);
    const std::uint64_t base = static_cast<std::uint64_t>(now / kTimeUnit[form & 3]);
    // Unsigned, so that hostile numbers wrap instead of overflowing.
    return static_cast<UtcNanos>(column.take_delta(base) * unit);
}

void put_address(ColumnWriter& column, const IpAddress& address, IpAddress& previous) {
    if (address == previous) {
        column.put_byte(static_cast<std::uint8_t>(AddressKind::same));
        return;
    }
    previous = address;
    const auto& bytes = address.bytes();
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    column.put_byte(static_cast<std::uint8_t>(address.is_v4() ? AddressKind::v4 : AddressKind::v6));
    column.put_bytes(address.is_v4() ? all.substr(12) : all);
}

IpAddress take_address(ColumnReader& column, IpAddress& previous) {
    const auto kind = static_cast<AddressKind>(column.take_byte());
    if (kind == AddressKind::v4) {
        std::array<std::uint8_t, 4> four{};
        for (std::uint8_t& byte : four) byte = column.take_byte();
        previous = IpAddress::v4(four);
    } else if (kind == AddressKind::v6) {
        std::array<std::uint8_t, 16> sixteen{};
        for (std::uint8_t& byte : sixteen) byte = column.take_byte();
        previous = IpAddress::v6(sixteen);
    } else if (kind != AddressKind::same) {
        column.take_bytes(column.remaining() + 1);  // unknown kind: the column is malformed
    }
    return previous;
}

}  // namespace reticle::report::wire
