#include "app/viewers.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/streams/json.h"

namespace reticle::app {
namespace {

/// How much one take hands out; a subscription's own take is bounded likewise.
constexpr std::size_t kTakeBytes = std::size_t{1} << 20;

}  // namespace

Viewers::Viewers(std::string app_epoch) : app_epoch_(std::move(app_epoch)) {}

Viewers::Id Viewers::join(StreamMessage hello, StreamMessage status) {
    Client client;
    client.replies.push_back(std::move(hello));
    client.status = std::move(status);
    clients_.emplace(++last_id_, std::move(client));
    return last_id_;
}

void Viewers::leave(Id id) {
    clients_.erase(id);
}

bool Viewers::present(Id id) const {
    return clients_.contains(id);
}

bool Viewers::subscribe(Id id, const SubscribeCommand& command,
                        std::span<const std::unique_ptr<View>> views) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return true;
    Client& client = found->second;
    const auto view =
        std::ranges::find_if(views, [&](const auto& v) { return v->spec().id == command.view; });
    if (view == views.end()) {
        return complain(id, command.sub, "unknown_view", fmt::format("there is no view '{}'", command.view));
    }
    if (const auto wrong = wrong_option((*view)->spec(), command.options)) {
        return complain(id, command.sub, "unknown_option", *wrong);
    }
    if (resume(client, command, **view)) return true;
    client.open.erase(command.sub);
    client.open.emplace(
        command.sub, Open{view->get(), command.options, Subscription(command.sub, **view, command.options)});
    return true;
}

// Handles are a subscription's own, so only the very same one can go on: on this connection, unchanged.
bool Viewers::resume(Client& client, const SubscribeCommand& command, const View& view) const {
    if (command.resume_app_epoch != app_epoch_) return false;
    const auto open = client.open.find(command.sub);
    if (open == client.open.end() || open->second.view != &view || open->second.options != command.options) {
        return false;
    }
    return open->second.subscription.resume(command.resume_sequence);
}

bool Viewers::unsubscribe(Id id, std::uint32_t sub) {
    const auto found = clients_.find(id);
    if (found == clients_.end() || found->second.open.erase(sub) > 0) return true;
    return complain(id, sub, "unknown_subscription", fmt::format("subscription {} is not open", sub));
}

bool Viewers::complain(Id id, std::optional<std::uint32_t> sub, std::string_view code,
                       std::string_view message) {
    const auto found = clients_.find(id);
    if (found == clients_.end() || found->second.replies.size() >= kMaxReplies) return false;
    const std::string number = sub ? fmt::format(R"("sub":{},)", *sub) : std::string();
    found->second.replies.push_back(std::make_shared<const std::string>(fmt::format(
        R"({{"type":"error",{}"code":{},"message":{}}})", number, json_string(code), json_string(message))));
    return true;
}

void Viewers::note(const View& view, const ViewDelta& delta) {
    for (auto& [id, client] : clients_) {
        for (auto& [number, open] : client.open) {
            if (open.view == &view) open.subscription.note(delta);
        }
    }
}

void Viewers::note_status(const StreamMessage& status) {
    for (auto& [id, client] : clients_) client.status = status;
}

std::optional<MonoTime> Viewers::due(Id id, MonoTime now) const {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return std::nullopt;
    const Client& client = found->second;
    if (!client.replies.empty() || client.status) return now;
    std::optional<MonoTime> earliest;
    for (const auto& [number, open] : client.open) {
        const auto due = open.subscription.due();
        if (due && (!earliest || *due < *earliest)) earliest = due;
    }
    return earliest;
}

std::vector<StreamMessage> Viewers::take(Id id, Now now) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return {};
    Client& client = found->second;
    std::vector<StreamMessage> messages = std::move(client.replies);
    client.replies.clear();
    if (client.status) messages.push_back(std::move(client.status));
    client.status.reset();
    std::size_t bytes = 0;
    auto open = client.open.upper_bound(client.turn);
    for (std::size_t left = client.open.size(); left > 0 && bytes < kTakeBytes; --left) {
        if (open == client.open.end()) open = client.open.begin();
        const auto due = open->second.subscription.due();
        if (due && *due <= now.mono) {
            for (auto& message : open->second.subscription.take(now)) {
                bytes += message->size();
                messages.push_back(std::move(message));
            }
            client.turn = open->first;
        }
        ++open;
    }
    return messages;
}

std::size_t Viewers::subscriptions() const {
    std::size_t count = 0;
    for (const auto& [id, client] : clients_) count += client.open.size();
    return count;
}

std::size_t Viewers::memory_bytes() const {
    std::size_t bytes = 0;
    for (const auto& [id, client] : clients_) {
        for (const auto& [number, open] : client.open) bytes += open.subscription.memory_bytes();
    }
    return bytes;
}

std::optional<std::string> wrong_option(const ViewSpec& spec, const OptionValues& options) {
    for (const auto& [id, value] : options) {
        const auto option = std::ranges::find(spec.options, id, &ViewOption::id);
        if (option == spec.options.end()) return fmt::format("view '{}' has no option '{}'", spec.id, id);
        if (std::ranges::find(option->choices, value, &ViewOption::Choice::value) == option->choices.end()) {
            return fmt::format("option '{}' has no value '{}'", id, value);
        }
    }
    return std::nullopt;
}

}  // namespace reticle::app
