#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/streams/subscription.h"
#include "app/views/view.h"
#include "report/base/time.h"

namespace reticle::app {

/// A JSON text on its way to a viewer, shared when several get the same.
using StreamMessage = std::shared_ptr<const std::string>;

/// What a client asked for (docs/api.md "Stream"), as far as its form goes.
struct SubscribeCommand {
    std::uint32_t sub = 0;
    std::string view;
    OptionValues options;
    std::string resume_app_epoch;  ///< empty: start afresh
    std::uint64_t resume_sequence = 0;
};

/// The clients of `WS /api/v1/stream` and their subscriptions. Sans-I/O: whoever owns the sockets asks what
/// is due and takes it when a socket can take it; between two takes news only merges. Lives on Live's strand.
class Viewers {
  public:
    using Id = std::uint64_t;

    /// The most subscriptions one client may hold, and numbers it may use (docs/api.md).
    static constexpr std::uint32_t kMaxSubscriptions = 64;
    /// Error messages that may wait for a client before it counts as one that does not read.
    static constexpr std::size_t kMaxReplies = 64;

    explicit Viewers(std::string app_epoch);

    /// A client connected: it gets `hello` and `status` first.
    Id join(StreamMessage hello, StreamMessage status);
    void leave(Id id);
    [[nodiscard]] bool present(Id id) const;

    /// Opens or replaces a subscription; what is wrong with it is answered with an `error` message. False
    /// when the client has left too many of those unread.
    bool subscribe(Id id, const SubscribeCommand& command, std::span<const std::unique_ptr<View>> views);
    bool unsubscribe(Id id, std::uint32_t sub);
    /// Queues an `error` message; false when the client has left too many unread.
    bool complain(Id id, std::optional<std::uint32_t> sub, std::string_view code, std::string_view message);

    /// What changed in a view.
    void note(const View& view, const ViewDelta& delta);
    /// The newest status, which replaces one that was not sent yet.
    void note_status(const StreamMessage& status);

    /// When the client's next message is due; nothing when none is pending.
    [[nodiscard]] std::optional<MonoTime> due(Id id, MonoTime now) const;
    /// What is due for the client, in order; about a megabyte at most, so that a client that stops reading
    /// costs no more. The rest stays due.
    std::vector<StreamMessage> take(Id id, Now now);

    [[nodiscard]] std::size_t clients() const { return clients_.size(); }
    [[nodiscard]] std::size_t subscriptions() const;
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct Open {
        const View* view;
        OptionValues options;
        Subscription subscription;
    };
    struct Client {
        std::vector<StreamMessage> replies;
        StreamMessage status;
        std::map<std::uint32_t, Open> open;
        std::uint32_t turn = 0;  ///< the subscription served last: after a cut the next ones come first
    };

    bool resume(Client& client, const SubscribeCommand& command, const View& view) const;

    std::string app_epoch_;
    Id last_id_ = 0;
    std::map<Id, Client> clients_;
};

/// Checks chosen options against a view's; the message names the option or value that is not there.
std::optional<std::string> wrong_option(const ViewSpec& spec, const OptionValues& options);

}  // namespace reticle::app
