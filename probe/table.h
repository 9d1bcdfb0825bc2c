#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reticle::probe {

/// Text in columns: each as wide as its widest cell, the last cut to what is left of the line.
class Table {
  public:
    static constexpr std::size_t kWidth = 100;

    struct Column {
        std::string title;
        bool right = false;     ///< numbers
        std::size_t most = 40;  ///< longer cells are cut
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as there are columns.
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] std::string to_string() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// `lead`, padded to `indent`, then the words of `text`, broken into lines of at most Table::kWidth that
/// begin below each other. Ends with a line feed.
std::string wrapped(std::string lead, std::string_view text, std::size_t indent);

/// The text with control characters (C0, DEL, C1) as '?'.
std::string harmless(std::string_view text);

/// "512 B", "1.2 MiB".
std::string bytes_text(double bytes);

}  // namespace reticle::probe
