#include "app/streams/subscription.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "app/streams/delta_message.h"
#include "app/streams/fields.h"

namespace reticle::app {
namespace {

using namespace std::chrono_literals;
using Section = DeltaMessage::Section;

/// docs/api.md: structure at 10 Hz, numbers at 1 Hz.
constexpr std::chrono::milliseconds kStructureEvery = 100ms;
constexpr std::chrono::milliseconds kNumbersEvery = 1000ms;
/// A message is closed once it holds this much. Views bound their ids and the fields their texts, so that one
/// more entry (the longest is below 160 KiB) keeps it within 256 KiB.
constexpr std::size_t kMessageBytes = 96 * 1024;
/// How much one take hands out; the rest waits, as ids, until the socket can take more.
constexpr std::size_t kTakeBytes = 1024 * 1024;
/// How much of what was sent is kept for resuming.
constexpr std::size_t kPastBytes = 512 * 1024;

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};
using IdSet = std::unordered_set<std::string, StringHash, std::equal_to<>>;
template <class T>
using IdMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

/// What the client knows of a node and of an edge.
struct SentNode {
    std::uint32_t handle = 0;
    std::int32_t x = 0, y = 0;
    NodePrint print{};
    std::vector<std::pair<report::Key, double>> metrics;
};
struct SentEdge {
    std::uint32_t handle = 0;
    EdgePrint print{};
};

/// Ids of what may differ from what the client knows.
struct Pending {
    IdSet nodes, edges;
    [[nodiscard]] bool empty() const { return nodes.empty() && edges.empty(); }
    [[nodiscard]] std::size_t size() const { return nodes.size() + edges.size(); }
};

/// Pending ids on their way out, in the order of sending; lives over several takes when it is long.
struct Batch {
    std::vector<std::string> edges_gone, nodes_gone, nodes, edges;
    std::size_t at = 0;     ///< of the four lists as one
    bool reset = false;     ///< its first message empties the client
    bool promised = false;  ///< a message said that more follows
    [[nodiscard]] std::size_t size() const {
        return edges_gone.size() + nodes_gone.size() + nodes.size() + edges.size();
    }
    [[nodiscard]] bool open() const { return reset || promised; }
};

struct PastMessage {
    std::uint64_t sequence;
    std::shared_ptr<const std::string> text;
};

bool same(const View::Stats& a, const View::Stats& b) {
    return a.nodes == b.nodes && a.pseudo_nodes == b.pseudo_nodes && a.edges == b.edges &&
           a.hidden_nodes == b.hidden_nodes;
}

/// Writes the metrics that changed, null for those that are gone; nothing when none did.
void write_changed_metrics(JsonObject& object, const std::vector<std::pair<report::Key, double>>& before,
                           const std::vector<std::pair<report::Key, double>>& after) {
    JsonObject metrics(object.member("metrics"));
    auto old = before.begin();
    for (const auto& [key, value] : after) {
        for (; old != before.end() && old->first < key; ++old) metrics.null(report::key_name(old->first));
        const bool known = old != before.end() && old->first == key;
        if (!known || old->second != shown_real(value)) metrics.real(report::key_name(key), value);
        if (known) ++old;
    }
    for (; old != before.end(); ++old) metrics.null(report::key_name(old->first));
    metrics.close();
}

std::vector<std::pair<report::Key, double>> shown_metrics(const ViewNode& node) {
    std::vector<std::pair<report::Key, double>> metrics = node.metrics;
    for (auto& [key, value] : metrics) value = shown_real(value);
    return metrics;
}

}  // namespace

struct Subscription::Impl {
    Impl(std::uint32_t sub, const View& of, OptionValues chosen)
        : number(sub), view(of), options(std::move(chosen)) {}

    std::uint32_t number;
    const View& view;
    OptionValues options;

    std::uint64_t sequence = 0;
    std::uint32_t last_node_handle = 0, last_edge_handle = 0;
    IdMap<SentNode> nodes;  ///< what the client knows
    IdMap<SentEdge> edges;
    Pending structure;  ///< what appeared, changed state or went
    Pending numbers;    ///< the rest
    Batch batch;
    bool fresh = true;  ///< nothing was sent yet: begins with a reset
    MonoTime structure_sent, numbers_sent;
    View::Stats stats_sent;
    std::deque<PastMessage> past;
    std::size_t past_bytes = 0;
    std::vector<std::shared_ptr<const std::string>> replay;  ///< what a resumed client missed

    [[nodiscard]] const ViewNode* shown_node(std::string_view id) const {
        const ViewNode* node = view.node(id);
        return node != nullptr && view.shows(*node, options) ? node : nullptr;
    }
    [[nodiscard]] const ViewEdge* shown_edge(std::string_view id) const {
        const ViewEdge* edge = view.edge(id);
        return edge != nullptr && shown_node(edge->source) != nullptr && shown_node(edge->target) != nullptr
                   ? edge
                   : nullptr;
    }

    void note_node(const std::string& id);
    void note_edge(const std::string& id);
    void begin_snapshot();
    void begin_batch(bool with_numbers);
    void send_next(DeltaMessage& message);
    void send_edge_gone(const std::string& id, DeltaMessage& message);
    void send_node_gone(const std::string& id, DeltaMessage& message);
    void send_node(const std::string& id, DeltaMessage& message);
    void put_node(const ViewNode& node, DeltaMessage& message);
    void send_edge(const std::string& id, DeltaMessage& message);
    std::shared_ptr<const std::string> finish(DeltaMessage& message, bool more, UtcNanos time);
    void remember(const std::shared_ptr<const std::string>& text);
};

void Subscription::Impl::note_node(const std::string& id) {
    const ViewNode* node = shown_node(id);
    const auto known = nodes.find(id);
    if (node == nullptr && known == nodes.end()) return;
    const bool structural = node == nullptr || known == nodes.end() ||
                            known->second.print[static_cast<std::size_t>(NodeField::state)] !=
                                static_cast<std::uint64_t>(node->state);
    (structural ? structure : numbers).nodes.insert(id);
}

void Subscription::Impl::note_edge(const std::string& id) {
    const ViewEdge* edge = shown_edge(id);
    const auto known = edges.find(id);
    if (edge == nullptr && known == edges.end()) return;
    const bool structural = edge == nullptr || known == edges.end() ||
                            known->second.print[static_cast<std::size_t>(EdgeField::state)] !=
                                static_cast<std::uint64_t>(edge->state);
    (structural ? structure : numbers).edges.insert(id);
}

void Subscription::Impl::begin_snapshot() {
    view.for_each_node([&](const ViewNode& node) {
        if (view.shows(node, options)) batch.nodes.push_back(node.id);
    });
    view.for_each_edge([&](const ViewEdge& edge) {
        if (shown_edge(edge.id) != nullptr) batch.edges.push_back(edge.id);
    });
    batch.reset = true;
    fresh = false;
}

void Subscription::Impl::begin_batch(bool with_numbers) {
    Pending due = std::exchange(structure, {});
    if (with_numbers) {
        due.nodes.merge(numbers.nodes);
        due.edges.merge(numbers.edges);
        numbers = {};
    }
    for (const std::string& id : due.nodes) {
        const bool shown = shown_node(id) != nullptr;
        if (shown != nodes.contains(id)) {
            // A node that begins or ceases to pass the options takes its edges along.
            for (std::string& edge : view.edges_of(id)) due.edges.insert(std::move(edge));
        }
        (shown ? batch.nodes : batch.nodes_gone).push_back(id);
    }
    for (const std::string& id : due.edges) {
        (shown_edge(id) != nullptr ? batch.edges : batch.edges_gone).push_back(id);
    }
    // Sets have no order; messages should, so that equal histories give equal streams.
    for (auto* ids : {&batch.nodes, &batch.nodes_gone, &batch.edges, &batch.edges_gone})
        std::ranges::sort(*ids);
}

void Subscription::Impl::send_next(DeltaMessage& message) {
    std::size_t at = batch.at++;
    if (at < batch.edges_gone.size()) return send_edge_gone(batch.edges_gone[at], message);
    at -= batch.edges_gone.size();
    if (at < batch.nodes_gone.size()) return send_node_gone(batch.nodes_gone[at], message);
    at -= batch.nodes_gone.size();
    if (at < batch.nodes.size()) return send_node(batch.nodes[at], message);
    send_edge(batch.edges[at - batch.nodes.size()], message);
}

// A batch may be sent over several takes while the view goes on. What changed anew meanwhile is pending
// again, so each entry is judged by the view as it is now, and left to the next batch where that says
// otherwise.

void Subscription::Impl::send_edge_gone(const std::string& id, DeltaMessage& message) {
    const auto known = edges.find(id);
    if (known == edges.end() || shown_edge(id) != nullptr) return;
    append_json_counter(message.entry(Section::edges_del), known->second.handle);
    edges.erase(known);
}

void Subscription::Impl::send_node_gone(const std::string& id, DeltaMessage& message) {
    const auto known = nodes.find(id);
    if (known == nodes.end() || structure.nodes.contains(id) || shown_node(id) != nullptr) return;
    append_json_counter(message.entry(Section::nodes_del), known->second.handle);
    nodes.erase(known);
}

void Subscription::Impl::send_node(const std::string& id, DeltaMessage& message) {
    const ViewNode* node = shown_node(id);
    if (node == nullptr) return;
    const auto found = nodes.find(id);
    if (found == nodes.end()) return put_node(*node, message);
    SentNode& sent = found->second;
    const NodePrint print = fingerprint(*node);
    const NodeFields changed = changed_fields(sent.print, print);
    std::vector<std::pair<report::Key, double>> metrics = shown_metrics(*node);
    if (changed.any() || metrics != sent.metrics) {
        JsonObject object(message.entry(Section::nodes_patch));
        object.counter("h", sent.handle);
        write_fields(object, *node, changed);
        if (metrics != sent.metrics) write_changed_metrics(object, sent.metrics, metrics);
        object.close();
        sent.print = print;
        sent.metrics = std::move(metrics);
    }
    if (sent.x == node->x && sent.y == node->y) return;
    std::string& pos = message.entry(Section::pos);
    append_json_counter(pos, sent.handle);
    append_json_integer(pos += ',', node->x);
    append_json_integer(pos += ',', node->y);
    sent.x = node->x;
    sent.y = node->y;
}

void Subscription::Impl::put_node(const ViewNode& node, DeltaMessage& message) {
    const SentNode sent{++last_node_handle, node.x, node.y, fingerprint(node), shown_metrics(node)};
    JsonObject object(message.entry(Section::nodes_put));
    object.counter("h", sent.handle);
    object.id("id", node.id);
    write_fields(object, node, NodeFields().set());
    object.integer("x", node.x);
    object.integer("y", node.y);
    write_metrics(object, node);
    object.close();
    nodes.emplace(node.id, sent);
}

void Subscription::Impl::send_edge(const std::string& id, DeltaMessage& message) {
    const ViewEdge* edge = shown_edge(id);
    if (edge == nullptr) return;
    const EdgePrint print = fingerprint(*edge);
    if (const auto found = edges.find(id); found != edges.end()) {
        const EdgeFields changed = changed_fields(found->second.print, print);
        if (changed.none()) return;
        JsonObject object(message.entry(Section::edges_patch));
        object.counter("h", found->second.handle);
        write_fields(object, *edge, changed);
        object.close();
        found->second.print = print;
        return;
    }
    const auto source = nodes.find(edge->source);
    const auto target = nodes.find(edge->target);
    if (source == nodes.end() || target == nodes.end()) {
        structure.edges.insert(id);  // an end appeared after this batch was begun; the edge follows it
        return;
    }
    const SentEdge sent{++last_edge_handle, print};
    JsonObject object(message.entry(Section::edges_put));
    object.counter("h", sent.handle);
    object.id("id", edge->id);
    object.counter("source", source->second.handle);
    object.counter("target", target->second.handle);
    write_fields(object, *edge, EdgeFields().set());
    object.close();
    edges.emplace(id, sent);
}

std::shared_ptr<const std::string> Subscription::Impl::finish(DeltaMessage& message, bool more,
                                                              UtcNanos time) {
    const View::Stats stats = view.stats(options);
    const bool tell_stats = !more && (batch.reset || !same(stats, stats_sent));
    if (tell_stats) stats_sent = stats;
    auto text = std::make_shared<const std::string>(
        message.finish({number, ++sequence, batch.reset, more, time, tell_stats ? &stats : nullptr}));
    batch.reset = false;
    batch.promised = more;
    remember(text);
    return text;
}

void Subscription::Impl::remember(const std::shared_ptr<const std::string>& text) {
    past.push_back({sequence, text});
    past_bytes += text->size();
    while (past_bytes > kPastBytes) {
        past_bytes -= past.front().text->size();
        past.pop_front();
    }
}

Subscription::Subscription(std::uint32_t number, const View& view, OptionValues options)
    : impl_(std::make_unique<Impl>(number, view, std::move(options))) {}
Subscription::~Subscription() = default;
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;

bool Subscription::resume(std::uint64_t sequence) {
    Impl& my = *impl_;
    if (my.sequence == 0 || sequence > my.sequence) return false;
    const std::uint64_t oldest = my.past.empty() ? my.sequence + 1 : my.past.front().sequence;
    if (sequence + 1 < oldest) return false;
    my.replay.clear();
    for (const PastMessage& message : my.past) {
        if (message.sequence > sequence) my.replay.push_back(message.text);
    }
    return true;
}

void Subscription::note(const ViewDelta& delta) {
    if (impl_->fresh) return;  // the snapshot will hold it
    for (const std::string& id : delta.nodes) impl_->note_node(id);
    for (const std::string& id : delta.edges) impl_->note_edge(id);
}

std::optional<MonoTime> Subscription::due() const {
    const Impl& my = *impl_;
    if (my.fresh || my.batch.open() || !my.replay.empty()) return MonoTime{};
    std::optional<MonoTime> due;
    if (!my.numbers.empty()) due = my.numbers_sent + kNumbersEvery;
    if (!my.structure.empty())
        due = std::min(due.value_or(MonoTime::max()), my.structure_sent + kStructureEvery);
    return due;
}

std::vector<std::shared_ptr<const std::string>> Subscription::take(Now now) {
    Impl& my = *impl_;
    std::vector<std::shared_ptr<const std::string>> messages = std::exchange(my.replay, {});
    if (!my.batch.open()) {
        const bool numbers_due = my.fresh || now.mono >= my.numbers_sent + kNumbersEvery;
        const bool structure_due = my.fresh || now.mono >= my.structure_sent + kStructureEvery;
        const bool any_due = (numbers_due && !my.numbers.empty()) || (structure_due && !my.structure.empty());
        if (!my.fresh && !any_due) return messages;
        if (my.fresh) {
            my.begin_snapshot();
        } else {
            my.begin_batch(numbers_due);
        }
        if (numbers_due) my.numbers_sent = now.mono;
        my.structure_sent = now.mono;
    }
    DeltaMessage message;
    std::size_t taken = 0;
    while (my.batch.at < my.batch.size()) {
        if (message.bytes() >= kMessageBytes) {
            taken += message.bytes();
            messages.push_back(my.finish(message, true, now.utc));
            if (taken >= kTakeBytes) return messages;
        }
        my.send_next(message);
    }
    if (!message.empty() || my.batch.open()) messages.push_back(my.finish(message, false, now.utc));
    my.batch = {};
    return messages;
}

std::uint64_t Subscription::sequence() const {
    return impl_->sequence;
}

std::size_t Subscription::pending() const {
    return impl_->structure.size() + impl_->numbers.size() + impl_->batch.size() - impl_->batch.at;
}

std::size_t Subscription::memory_bytes() const {
    const Impl& my = *impl_;
    constexpr std::size_t kPerId = 96;  // a short id with its place in a hash table
    return sizeof(Impl) + my.past_bytes + my.nodes.size() * (sizeof(SentNode) + kPerId) +
           my.edges.size() * (sizeof(SentEdge) + 2 * kPerId) + pending() * kPerId;
}

}  // namespace reticle::app
