#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace reticle::probe {

/// A part of a text: [begin, end).
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Finds secrets that show by their own form, wherever they stand: passwords in URLs, JWTs, bearer tokens,
/// PEM blocks, and keys of known make (AWS, GitHub, ...). Appends their ranges; linear in the length of the
/// text.
void find_shaped_secrets(std::string_view text, std::vector<TextRange>& found);

}  // namespace reticle::probe
