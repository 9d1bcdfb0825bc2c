#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "report/report.h"
#include "report/wire/codec.h"

namespace reticle::probe {

/// An app for tests: takes probes on a port of its own, in a thread of its own, joins what they send, and
/// misbehaves on demand. All members may be called from the test's thread.
class FakeApp {
  public:
    /// What it does with what it is sent.
    enum class Manner {
        good,
        no_welcome,     ///< says nothing after the hello
        no_acks,        ///< welcomes, then says nothing
        garbage,        ///< answers the hello with bytes that are no message
        text,           ///< answers in text
        refuses_token,  ///< refuses for good
        no_websocket,   ///< answers HTTP 404
    };

    /// `epoch` is what it saw of this writer before; `port` 0 takes a free one.
    explicit FakeApp(Manner manner = Manner::good, std::uint64_t epoch = 0, std::uint16_t port = 0);
    FakeApp(const FakeApp&) = delete;
    FakeApp& operator=(const FakeApp&) = delete;
    ~FakeApp();

    [[nodiscard]] std::uint16_t port() const;
    /// What it holds of its one writer.
    [[nodiscard]] report::Report state() const;
    [[nodiscard]] std::vector<report::wire::Hello> hellos() const;
    [[nodiscard]] int full_frames() const;
    [[nodiscard]] std::vector<report::wire::Goodbye> goodbyes() const;
    [[nodiscard]] int connections() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reticle::probe
