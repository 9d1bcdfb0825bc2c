#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "report/address.h"
#include "report/base/time.h"

namespace reticle::report::wire {

/// One column of a section while it is written. Unsigned numbers are LEB128 varints; signed ones zigzag.
class ColumnWriter {
  public:
    void put(std::uint64_t value);
    void put_signed(std::int64_t value);
    /// The way from `base` to `value`, modulo 2^64; near values are short.
    void put_delta(std::uint64_t base, std::uint64_t value);
    void put_byte(std::uint8_t value);
    void put_bytes(std::string_view bytes) { bytes_ += bytes; }
    /// Eight bytes, little endian.
    void put_fixed64(std::uint64_t value);
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] bool only_zeros() const { return bytes_.find_first_not_of('\0') == std::string::npos; }

  private:
    std::string bytes_;
};

/// One column of a section while it is read. Reading past the end or over a malformed number gives 0 and
/// marks the column as failed; the caller looks at failed() before it believes what it read. A column that
/// was left out (the default) is one of zeros without end.
class ColumnReader {
  public:
    ColumnReader() = default;
    explicit ColumnReader(std::string_view bytes) : rest_(bytes), left_out_(false) {}

    std::uint64_t take();
    std::int64_t take_signed();
    std::uint64_t take_delta(std::uint64_t base);
    std::uint8_t take_byte();
    std::string_view take_bytes(std::uint64_t count);
    std::uint64_t take_fixed64();
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  private:
    std::string_view rest_;
    bool left_out_ = true;
    bool failed_ = false;
};

/// A real number in the shortest of several exact forms. The form is a small number (below 8) that the caller
/// stores; the digits go to the column. Percentages with up to three decimals and page-sized byte counts take
/// two or three bytes.
std::uint8_t put_real(ColumnWriter& digits, double value);
double take_real(ColumnReader& digits, std::uint8_t form);

/// A moment relative to `now` in the coarsest exact unit (form below 4: ns, us, ms, s).
std::uint8_t put_time(ColumnWriter& column, UtcNanos now, UtcNanos moment);
UtcNanos take_time(ColumnReader& column, UtcNanos now, std::uint8_t form);

/// An address: its kind, then its bytes. The same address again costs one byte.
void put_address(ColumnWriter& column, const IpAddress& address, IpAddress& previous);
IpAddress take_address(ColumnReader& column, IpAddress& previous);

/// Joins the columns of a section to bytes: a bitmap of those that are there, then each with its length.
/// Columns of nothing but zeros are left out, for the sake of small frames; the first stays, since its size
/// bounds what a reader allocates. Columns has `all()`, an array of pointers to its members, which fixes
/// their order on the wire.
template <class Columns>
std::string join_columns(Columns& columns) {
    std::uint64_t present = 1;
    const auto all = columns.all();
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (!all[i]->only_zeros()) present |= std::uint64_t{1} << i;
    }
    ColumnWriter section;
    section.put(present);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if ((present >> i & 1) == 0) continue;
        section.put(all[i]->bytes().size());
        section.put_bytes(all[i]->bytes());
    }
    return section.bytes();
}

/// The reverse of join_columns; false if the bytes are not exactly such a section.
template <class Columns>
bool split_columns(std::string_view bytes, Columns& columns) {
    ColumnReader section(bytes);
    const std::uint64_t present = section.take();
    const auto all = columns.all();
    if (present >> all.size() != 0) return false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if ((present >> i & 1) != 0) *all[i] = ColumnReader(section.take_bytes(section.take()));
    }
    return !section.failed() && section.remaining() == 0;
}

/// Whether every column was read to its end and none past it.
template <class Columns>
bool all_read(Columns& columns) {
    for (const ColumnReader* column : columns.all()) {
        if (column->failed() || column->remaining() != 0) return false;
    }
    return true;
}

}  // namespace reticle::report::wire
