#include "app/streams/delta_message.h"

#include "app/streams/json_object.h"

namespace reticle::app {

std::string& DeltaMessage::entry(Section section) {
    std::string& text = sections_[static_cast<std::size_t>(section)];
    if (!text.empty()) text += ',';
    return text;
}

std::size_t DeltaMessage::bytes() const {
    std::size_t bytes = 0;
    for (const std::string& section : sections_) bytes += section.size();
    return bytes;
}

std::string DeltaMessage::finish(const Envelope& envelope) {
    constexpr std::size_t kEnvelopeBytes = 320;
    std::string out;
    out.reserve(bytes() + kEnvelopeBytes);
    JsonObject message(out);
    message.text("type", "delta");
    message.integer("sub", envelope.sub);
    message.counter("seq", envelope.sequence);
    if (envelope.reset) message.boolean("reset", true);
    if (envelope.more) message.boolean("more", true);
    message.integer("time_ms", milliseconds_of(envelope.time));
    const auto list = [&](JsonObject& object, std::string_view name, Section section) {
        std::string& entries = sections_[static_cast<std::size_t>(section)];
        if (entries.empty()) return;
        std::string& text = object.member(name);
        text += '[';
        text += entries;
        text += ']';
        entries.clear();
    };
    const auto group = [&](std::string_view name, Section put, Section patch, Section del) {
        JsonObject object(message.member(name));
        list(object, "put", put);
        list(object, "patch", patch);
        list(object, "del", del);
        object.close();
    };
    group("nodes", Section::nodes_put, Section::nodes_patch, Section::nodes_del);
    group("edges", Section::edges_put, Section::edges_patch, Section::edges_del);
    list(message, "pos", Section::pos);
    if (envelope.stats != nullptr) {
        JsonObject stats(message.member("stats"));
        stats.counter("nodes", envelope.stats->nodes);
        stats.counter("pseudo_nodes", envelope.stats->pseudo_nodes);
        stats.counter("edges", envelope.stats->edges);
        stats.counter("hidden_nodes", envelope.stats->hidden_nodes);
        stats.close();
    }
    message.close();
    return out;
}

}  // namespace reticle::app
