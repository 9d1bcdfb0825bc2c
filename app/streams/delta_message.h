#pragma once

#include <cstdint>
#include <string>

#include "app/views/view.h"
#include "report/base/time.h"

namespace reticle::app {

/// One `delta` message in the making (docs/api.md "Stream"). Entries are appended to sections as JSON text; a
/// client applies the sections in the order they are named here.
class DeltaMessage {
  public:
    enum class Section : std::uint8_t {
        edges_del,
        nodes_del,
        nodes_put,
        nodes_patch,
        edges_put,
        edges_patch,
        pos
    };

    /// Begins an entry of a section: separates it from the one before; the caller appends its text.
    std::string& entry(Section section);

    [[nodiscard]] bool empty() const { return bytes() == 0; }
    /// Bytes of all entries so far.
    [[nodiscard]] std::size_t bytes() const;

    /// What stands around the entries.
    struct Envelope {
        std::uint32_t sub = 0;
        std::uint64_t sequence = 0;
        bool reset = false, more = false;
        UtcNanos time = 0;
        const View::Stats* stats = nullptr;  ///< if they are to be told
    };
    /// The message as text; the sections are empty afterwards.
    std::string finish(const Envelope& envelope);

  private:
    static constexpr std::size_t kSections = 7;
    std::array<std::string, kSections> sections_;
};

}  // namespace reticle::app
