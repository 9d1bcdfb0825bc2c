#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/base/time.h"
#include "report/report.h"
#include "report/value.h"

namespace reticle::app {

/// Who states facts: a probe's host_id, or the id of a script, plugin or imported report.
using WriterId = report::Text;

/// How a writer is doing, as the world sees it.
enum class WriterState : std::uint8_t {
    live,   ///< heard within the stale time
    stale,  ///< silent: its things are drawn grey and stay until retention
    ended,  ///< said goodbye, or its lifetime or retention ran out
};

/// What the app knows of a writer beside its facts.
struct WriterInfo {
    WriterId id;
    std::string host_name;  ///< for showing; the id where none is known
    std::string boot_id;
    std::string instance_id;
    std::string cluster;
    std::string version;
    bool probe = false;  ///< a session, not a posted report: it is a host of its own
    WriterState state = WriterState::live;
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;   ///< newest applied in the connection
    std::int64_t skew_nanos = 0;  ///< the writer's clock minus ours, less half a round trip where known
    MonoTime heard;               ///< on the app's clock
    double lifetime_seconds = 0;  ///< of posted reports; 0 = until it goes stale and is retained out
    std::uint64_t limited = 0;    ///< facts refused by limits, summed
    friend bool operator==(const WriterInfo&, const WriterInfo&) = default;
};

/// One step of the world: what history stores and views follow. Changes of one app are totally ordered by
/// world_seq, without gaps; replaying them in order into an empty World gives an equal world.
struct Change {
    enum class Kind : std::uint8_t {
        opened,     ///< a writer appeared or came back (info holds its new standing)
        facts,      ///< delta was joined into the writer's state; absences of full frames are explicit in it
        standing,   ///< the writer turned live, stale or ended (info); ended also ends, at the newest version
                    ///< of its state, whatever it still held alive
        collected,  ///< facts of the writer that ended at or before `horizon` were dropped
        dropped,    ///< the writer and all its facts were dropped
        passed,     ///< time passed and afterglows ran out (no writer)
    };
    std::uint64_t world_seq = 0;
    Now time;  ///< the app's clocks
    Kind kind = Kind::facts;
    WriterId writer;
    WriterInfo info;          ///< opened, standing, facts (epoch, sequence, skew, heard)
    report::Report delta;     ///< facts
    report::Version horizon;  ///< collected
};

}  // namespace reticle::app
