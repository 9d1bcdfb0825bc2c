#include <memory>
#include <utility>

#include <fmt/format.h>

#include "report/wire/decode_sections.h"

namespace reticle::report::wire {
namespace {

constexpr std::uint8_t kKnownEvidence = 31;

bool take_protocol(std::uint8_t number, Decoding& decoding, Protocol& into) {
    into = static_cast<Protocol>(number);
    return !protocol_name(into).empty() || decoding.refuse(fmt::format("protocol {} is unknown", number));
}

/// The flags of facts that have nothing but a presence.
bool take_presence(ColumnReader& flags, ColumnReader& versions, Decoding& decoding, Presence& into) {
    const std::uint8_t bits = flags.take_byte();
    if ((bits & ~(flag::kPresence | flag::kEnded)) != 0) return decoding.refuse("unknown flags of a fact");
    return decoding.presence(bits, versions, into);
}

class FlowDecoder {
  public:
    explicit FlowDecoder(Decoding& decoding) : decoding_(decoding) {}

    FlowColumns<ColumnReader>& columns() { return columns_; }

    bool next(Flow& flow) {
        if (!take_key(flow.key)) return false;
        const std::uint8_t flags = columns_.flags.take_byte();
        if (!decoding_.presence(flags, columns_.presence, flow.presence)) return false;
        flow.evidence = columns_.evidence.take_byte();
        if (flow.evidence > kKnownEvidence) return decoding_.refuse("unknown evidence of a flow");
        if (!take_epochs(flow.epochs)) return false;
        const Version base = flow.presence.none() ? decoding_.base.version : flow.presence.version();
        if ((flags & flag::kRtt) != 0 && (!decoding_.version(columns_.rtt_version, base, flow.rtt_version) ||
                                          !decoding_.small(columns_.rtt, flow.rtt_us))) {
            return false;
        }
        if ((flags & flag::kRttMin) != 0 && !decoding_.small(columns_.rtt_min, flow.rtt_min_us)) return false;
        if ((flags & flag::kFirstSeen) != 0) flow.first_seen = take_moment();
        if ((flags & flag::kLastSeen) != 0) flow.last_seen = take_moment();
        if ((flags & flag::kWitnesses) != 0 && !take_witnesses(base, flow)) return false;
        return (flags & flag::kExtra) == 0 || take_extra(base, flow.extra);
    }

  private:
    bool take_key(FlowKey& key) {
        if (!decoding_.node_key(columns_.owner_topology, columns_.owner_id, previous_owner_, key.owner)) {
            return false;
        }
        const std::uint8_t kind = columns_.kind.take_byte();
        const unsigned protocol = kind & 3U;
        const unsigned direction = kind >> 2 & 3U;
        if (protocol >= kProtocolCodes.size() || kind > (kHasPeerOwner | 15)) {
            return decoding_.refuse("unknown protocol of a flow");
        }
        if (direction > static_cast<unsigned>(Direction::inbound)) {
            return decoding_.refuse("unknown direction of a flow");
        }
        key.protocol = kProtocolCodes[protocol];
        key.direction = static_cast<Direction>(direction);
        if ((kind & kHasPeerOwner) != 0 &&
            (!decoding_.topology(columns_.peer_topology.take_byte(), key.peer_owner.topology) ||
             !decoding_.text(columns_.peer_id.take(), key.peer_owner.id))) {
            return false;
        }
        key.netns = previous_netns_ = columns_.netns.take_delta(previous_netns_);
        key.local = take_address(columns_.local, previous_local_);
        key.peer = take_address(columns_.peer, previous_peer_);
        return decoding_.port(columns_.port, key.service_port);
    }

    bool take_epochs(std::vector<EpochCounters>& epochs) {
        const std::uint64_t count = columns_.epoch_count.take();
        // From the second on, an epoch is a step of at least a byte.
        if (count > columns_.epoch.remaining() + 1) return decoding_.refuse("counters are cut short");
        if (!decoding_.take_parts(count)) return false;
        epochs.reserve(count);
        std::uint64_t epoch = decoding_.base.version.epoch();
        for (std::uint64_t i = 0; i < count; ++i) {
            epoch = columns_.epoch.take_delta(epoch);
            if (!epochs.empty() && epochs.back().epoch >= epoch) {
                return decoding_.refuse("epochs are not sorted, or one comes twice");
            }
            epochs.push_back({epoch, {}});
            if (!take_counters(epochs.back().counters)) return false;
        }
        return true;
    }

    bool take_counters(Counters& counters) {
        std::uint64_t mask = columns_.counter_mask.take();
        bool fits = true;
        visit_counters(counters, [&](auto& counter) {
            using Counter = std::remove_reference_t<decltype(counter)>;
            if ((mask & 1) != 0) {
                const std::uint64_t count = columns_.counters.take();
                counter = static_cast<Counter>(count);
                fits = fits && counter == count;
            }
            mask >>= 1;
        });
        if (mask != 0) return decoding_.refuse("unknown counters of a flow");
        return fits || decoding_.refuse("a counter is out of range");
    }

    UtcNanos take_moment() {
        const std::uint8_t form = columns_.time_form.take_byte();
        return take_time(columns_.times, decoding_.base.now, form);
    }

    bool take_witnesses(Version base, Flow& flow) {
        if (!decoding_.version(columns_.witness_version, base, flow.witness_version)) return false;
        const std::uint64_t count = columns_.witness_count.take();
        if (count > kMaxWitnesses) {
            return decoding_.refuse(fmt::format("a flow has more than {} witnesses", kMaxWitnesses),
                                    Errc::too_large);
        }
        if (!decoding_.take_parts(count)) return false;
        flow.witnesses.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            Witness witness;
            witness.hash = columns_.witness_hash.take_fixed64();
            const std::uint8_t form = columns_.witness_form.take_byte();
            witness.seen = take_time(columns_.witness_seen, decoding_.base.now, form & 15);
            witness.open = (form & 16) != 0;
            if (!flow.witnesses.empty() && flow.witnesses.back().hash >= witness.hash) {
                return decoding_.refuse("witnesses are not sorted, or one comes twice");
            }
            flow.witnesses.push_back(witness);
        }
        return true;
    }

    bool take_extra(Version base, std::unique_ptr<Flow::Extra>& extra) {
        const std::uint8_t mask = columns_.extra_mask.take_byte();
        if (mask > 7) return decoding_.refuse("unknown texts of a flow");
        if (mask == 0) return true;
        extra = std::make_unique<Flow::Extra>();
        unsigned bit = 1;
        for (VersionedText* text : {&extra->container, &extra->dialled, &extra->dialled_name}) {
            if ((mask & bit) != 0 && (!decoding_.version(columns_.extra_version, base, text->version) ||
                                      !decoding_.text(columns_.extra_text.take(), text->text))) {
                return false;
            }
            bit <<= 1;
        }
        return true;
    }

    Decoding& decoding_;
    FlowColumns<ColumnReader> columns_;
    std::uint64_t previous_owner_ = 0;
    std::uint64_t previous_netns_ = 0;
    IpAddress previous_local_;
    IpAddress previous_peer_;
};

}  // namespace

bool decode_flows(std::string_view section, Decoding& decoding, std::vector<Flow>& flows) {
    FlowDecoder decoder(decoding);
    return decode_facts(section, decoding, decoder.columns(), decoder.columns().owner_topology, flows,
                        [&](Flow& flow) { return decoder.next(flow); });
}

bool decode_listeners(std::string_view section, Decoding& decoding, std::vector<Listener>& listeners) {
    ListenerColumns<ColumnReader> columns;
    std::uint64_t owner = 0;
    std::uint64_t netns = 0;
    IpAddress address;
    return decode_facts(
        section, decoding, columns, columns.owner_topology, listeners, [&](Listener& listener) {
            ListenerKey& key = listener.key;
            if (!decoding.node_key(columns.owner_topology, columns.owner_id, owner, key.owner)) return false;
            key.netns = netns = columns.netns.take_delta(netns);
            key.address = take_address(columns.address, address);
            return decoding.port(columns.port, key.port) &&
                   take_protocol(columns.protocol.take_byte(), decoding, key.protocol) &&
                   take_presence(columns.flags, columns.presence, decoding, listener.presence);
        });
}

bool decode_aliases(std::string_view section, Decoding& decoding, std::vector<Alias>& aliases) {
    AliasColumns<ColumnReader> columns;
    std::uint64_t netns = 0;
    IpAddress seen;
    IpAddress meant;
    return decode_facts(section, decoding, columns, columns.netns, aliases, [&](Alias& alias) {
        AliasKey& key = alias.key;
        key.netns = netns = columns.netns.take_delta(netns);
        key.seen = take_address(columns.seen, seen);
        key.meant = take_address(columns.meant, meant);
        if (!decoding.port(columns.seen_port, key.seen_port) ||
            !decoding.port(columns.meant_port, key.meant_port) ||
            !take_protocol(columns.protocol.take_byte(), decoding, key.protocol)) {
            return false;
        }
        const std::uint8_t kind = columns.kind.take_byte();
        if (kind > static_cast<std::uint8_t>(AliasKind::service)) {
            return decoding.refuse(fmt::format("alias kind {} is unknown", kind));
        }
        key.kind = static_cast<AliasKind>(kind);
        if (!take_presence(columns.flags, columns.presence, decoding, alias.presence)) return false;
        alias.used = columns.used.take();
        return true;
    });
}

}  // namespace reticle::report::wire
