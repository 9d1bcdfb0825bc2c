#include "report/flow.h"

#include <algorithm>
#include <tuple>

#include "report/sorted_list.h"

namespace reticle::report {
namespace {

constexpr std::array<std::string_view, kFailureKinds> kFailureNames = {
    "refused", "timed_out", "reset", "unreachable", "abandoned", "no_local_port", "other"};

std::unique_ptr<Flow::Extra> copy_extra(const std::unique_ptr<Flow::Extra>& extra) {
    return extra ? std::make_unique<Flow::Extra>(*extra) : nullptr;
}

template <class T>
void take_max(T& mine, const T& theirs) {
    mine = std::max(mine, theirs);
}

/// Min where 0 means unknown.
template <class T>
void take_known_min(T& mine, T theirs) {
    if (theirs != 0 && (mine == 0 || theirs < mine)) mine = theirs;
}

/// Unites two witness lists of one version. Of two statements on one hash the one that is open, then newer,
/// stands *whole*: taking the fields apart would make the result depend on what an earlier cut dropped.
void unite_witnesses(std::vector<Witness>& mine, const std::vector<Witness>& theirs) {
    if (mine == theirs) return;
    std::vector<Witness> both;
    both.reserve(mine.size() + theirs.size());
    std::ranges::merge(mine, theirs, std::back_inserter(both), [](const Witness& a, const Witness& b) {
        return std::tuple(a.hash, b.open, b.seen) < std::tuple(b.hash, a.open, a.seen);
    });
    const auto repeated = std::ranges::unique(both, {}, &Witness::hash);
    both.erase(repeated.begin(), repeated.end());
    cut_witnesses(both);
    if (both != mine) mine = std::move(both);
}

std::uint64_t fnv1a(std::uint64_t hash, std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3ULL;
    return hash;
}

std::uint64_t fnv1a_end(std::uint64_t hash, const IpAddress& address, std::uint16_t port) {
    const std::array<std::uint8_t, 2> big_endian = {static_cast<std::uint8_t>(port >> 8),
                                                    static_cast<std::uint8_t>(port & 0xff)};
    return fnv1a(fnv1a(hash, address.bytes()), big_endian);
}

const Flow::Extra& extra_of(const Flow& flow) {
    static const Flow::Extra kNone;
    return flow.extra ? *flow.extra : kNone;
}

}  // namespace

std::string_view protocol_name(Protocol protocol) {
    switch (protocol) {
        case Protocol::none:
            return "none";
        case Protocol::tcp:
            return "tcp";
        case Protocol::udp:
            return "udp";
    }
    return {};
}

std::optional<Protocol> protocol_named(std::string_view name) {
    for (const Protocol protocol : {Protocol::none, Protocol::tcp, Protocol::udp}) {
        if (protocol_name(protocol) == name) return protocol;
    }
    return std::nullopt;
}

std::string_view direction_name(Direction direction) {
    switch (direction) {
        case Direction::unknown:
            return "unknown";
        case Direction::outbound:
            return "outbound";
        case Direction::inbound:
            return "inbound";
    }
    return {};
}

std::optional<Direction> direction_named(std::string_view name) {
    for (const Direction direction : {Direction::unknown, Direction::outbound, Direction::inbound}) {
        if (direction_name(direction) == name) return direction;
    }
    return std::nullopt;
}

std::string_view failure_name(Failure failure) {
    const auto index = static_cast<std::size_t>(failure);
    return index < kFailureNames.size() ? kFailureNames[index] : std::string_view();
}

std::string_view evidence_name(Evidence evidence) {
    switch (evidence) {
        case Evidence::event:
            return "event";
        case Evidence::sweep:
            return "sweep";
        case Evidence::conntrack:
            return "conntrack";
        case Evidence::dns:
            return "dns";
        case Evidence::imported:
            return "imported";
    }
    return {};
}

std::optional<Evidence> evidence_named(std::string_view name) {
    for (const Evidence evidence :
         {Evidence::event, Evidence::sweep, Evidence::conntrack, Evidence::dns, Evidence::imported}) {
        if (evidence_name(evidence) == name) return evidence;
    }
    return std::nullopt;
}

std::uint64_t flow_witness(Protocol protocol, const IpAddress& client, std::uint16_t client_port,
                           const IpAddress& server, std::uint16_t server_port) {
    const std::array<std::uint8_t, 1> number = {static_cast<std::uint8_t>(protocol)};
    const std::uint64_t seed = fnv1a(0xcbf29ce484222325ULL, number);
    return fnv1a_end(fnv1a_end(seed, client, client_port), server, server_port);
}

void cut_witnesses(std::vector<Witness>& witnesses) {
    if (witnesses.size() > kMaxWitnesses) {
        const auto last = witnesses.begin() + static_cast<std::ptrdiff_t>(kMaxWitnesses);
        std::ranges::nth_element(witnesses, last, [](const Witness& a, const Witness& b) {
            return std::tuple(!a.open, a.hash) < std::tuple(!b.open, b.hash);
        });
        witnesses.erase(last, witnesses.end());
    }
    std::ranges::sort(witnesses, {}, &Witness::hash);
}

void Counters::join(const Counters& other) {
    take_max(opened, other.opened);
    take_max(closed, other.closed);
    take_max(bytes_sent, other.bytes_sent);
    take_max(bytes_received, other.bytes_received);
    take_max(packets, other.packets);
    take_max(retransmits, other.retransmits);
    take_max(active_at_start, other.active_at_start);
    for (std::size_t i = 0; i < failed.size(); ++i) take_max(failed[i], other.failed[i]);
}

void Counters::add(const Counters& later) {
    opened += later.opened;
    closed += later.closed;
    bytes_sent += later.bytes_sent;
    bytes_received += later.bytes_received;
    packets += later.packets;
    retransmits += later.retransmits;
    active_at_start = later.active_at_start;
    for (std::size_t i = 0; i < failed.size(); ++i) failed[i] += later.failed[i];
}

std::uint64_t Counters::failed_total() const {
    std::uint64_t total = 0;
    for (const std::uint32_t count : failed) total += count;
    return total;
}

void VersionedText::join(const VersionedText& other) {
    if (std::tie(version, text) < std::tie(other.version, other.text)) *this = other;
}

Flow::Flow(const Flow& other)
    : key(other.key),
      presence(other.presence),
      epochs(other.epochs),
      rtt_version(other.rtt_version),
      rtt_us(other.rtt_us),
      rtt_min_us(other.rtt_min_us),
      first_seen(other.first_seen),
      last_seen(other.last_seen),
      evidence(other.evidence),
      witness_version(other.witness_version),
      witnesses(other.witnesses),
      extra(copy_extra(other.extra)) {}

Flow& Flow::operator=(const Flow& other) {
    if (this != &other) *this = Flow(other);
    return *this;
}

void Flow::join(const Flow& other) {
    presence.join(other.presence);
    join_sorted(epochs, other.epochs, Growth::exact, [](EpochCounters& mine, const EpochCounters& theirs) {
        mine.counters.join(theirs.counters);
    });
    if (std::tie(rtt_version, rtt_us) < std::tie(other.rtt_version, other.rtt_us)) {
        rtt_version = other.rtt_version;
        rtt_us = other.rtt_us;
    }
    take_known_min(rtt_min_us, other.rtt_min_us);
    take_known_min(first_seen, other.first_seen);
    take_max(last_seen, other.last_seen);
    evidence |= other.evidence;
    if (witness_version < other.witness_version) {
        witness_version = other.witness_version;
        witnesses = other.witnesses;
    } else if (witness_version == other.witness_version) {
        unite_witnesses(witnesses, other.witnesses);
    }
    if (!other.extra) return;
    if (!extra) extra = std::make_unique<Extra>();
    extra->container.join(other.extra->container);
    extra->dialled.join(other.extra->dialled);
    extra->dialled_name.join(other.extra->dialled_name);
}

Counters& Flow::counters(std::uint64_t epoch) {
    const auto place = lower_bound_by_key(epochs, epoch);
    if (place != epochs.end() && place->epoch == epoch) return place->counters;
    return insert_at(epochs, place, EpochCounters{epoch, {}}, Growth::exact).counters;
}

Counters Flow::total() const {
    Counters sum;
    for (const EpochCounters& epoch : epochs) sum.add(epoch.counters);
    return sum;
}

std::uint64_t Flow::active() const {
    if (presence.ended() || epochs.empty()) return 0;
    const Counters& newest = epochs.back().counters;
    const std::uint64_t begun = newest.active_at_start + newest.opened;
    return begun > newest.closed ? begun - newest.closed : 0;
}

void Flow::fold_epochs(std::uint64_t current) {
    const auto unfinished = lower_bound_by_key(epochs, current);
    if (unfinished - epochs.begin() < 2) return;
    const auto newest = std::prev(unfinished);
    Counters sum;
    for (auto epoch = epochs.begin(); epoch != unfinished; ++epoch) sum.add(epoch->counters);
    newest->counters = sum;
    epochs.erase(epochs.begin(), newest);
}

std::size_t Flow::memory_bytes() const {
    std::size_t bytes =
        sizeof(Flow) + epochs.capacity() * sizeof(EpochCounters) + witnesses.capacity() * sizeof(Witness);
    if (!extra) return bytes;
    return bytes + sizeof(Extra) + extra->container.text.heap_bytes() + extra->dialled.text.heap_bytes() +
           extra->dialled_name.text.heap_bytes();
}

bool operator==(const Flow& a, const Flow& b) {
    return a.key == b.key && a.presence == b.presence && a.epochs == b.epochs &&
           a.rtt_version == b.rtt_version && a.rtt_us == b.rtt_us && a.rtt_min_us == b.rtt_min_us &&
           a.first_seen == b.first_seen && a.last_seen == b.last_seen && a.evidence == b.evidence &&
           a.witness_version == b.witness_version && a.witnesses == b.witnesses && extra_of(a) == extra_of(b);
}

}  // namespace reticle::report
