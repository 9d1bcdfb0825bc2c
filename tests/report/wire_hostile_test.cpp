// Bytes from an enemy: every answer is a message that was meant, or an Error with words. Never a crash, never
// memory beyond the limits.
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/wire/codec.h"
#include "report/wire/columns.h"
#include "report/wire/pack.h"
#include "report/wire/report.pb.h"
#include "tests/support/report_generators.h"

namespace reticle::report::wire {
namespace {

namespace proto = ::reticle::wire;

Frame frame_of(Report report) {
    Frame frame;
    frame.epoch = 1'795'300'000;
    frame.sequence = 1;
    frame.version = Version(1'795'300'000, 6);
    frame.report = std::move(report);
    return frame;
}

/// Decodes; a success must be a report that travels again unchanged, a failure must have words.
void expect_sane(std::string_view bytes) {
    const auto message = decode(bytes);
    if (!message) {
        ASSERT_FALSE(message.error().message.empty());
        return;
    }
    if (const auto* frame = std::get_if<Frame>(&*message)) {
        Report normal = frame->report;
        normal.normalise();
        ASSERT_EQ(normal, frame->report);
        const auto again = decode(encode(*frame));
        ASSERT_TRUE(again) << again.error().message;
        ASSERT_EQ(std::get<Frame>(*again).report, frame->report);
    }
}

RC_GTEST_PROP(Hostile, FlippedBytesAreRefusedOrHarmless, (const Report& report, std::uint64_t seed)) {
    std::string bytes = encode(frame_of(report));
    std::mt19937_64 random(seed);
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    expect_sane(bytes);
}

RC_GTEST_PROP(Hostile, TruncatedBytesAreRefusedOrHarmless, (const Report& report, std::uint64_t seed)) {
    const std::string bytes = encode(frame_of(report));
    expect_sane(std::string_view(bytes).substr(0, seed % bytes.size()));
}

RC_GTEST_PROP(Hostile, RandomBytesAreRefusedOrHarmless, (const std::string& bytes)) {
    expect_sane(bytes);
}

/// A frame with hand-made packs.
std::string frame_with(const std::vector<std::pair<std::uint32_t, std::string>>& packs) {
    proto::Envelope envelope;
    proto::Frame& frame = *envelope.mutable_frame();
    frame.set_epoch(1);
    frame.set_tick(1);
    for (const auto& [raw_bytes, data] : packs) {
        proto::Pack& pack = *frame.add_packs();
        pack.set_raw_bytes(raw_bytes);
        pack.set_data(data);
    }
    return envelope.SerializeAsString();
}

std::string section(std::uint64_t kind, const std::string& bytes) {
    ColumnWriter writer;
    writer.put(kind);
    writer.put(bytes.size());
    writer.put_bytes(bytes);
    return writer.bytes();
}

std::string columns(std::uint64_t count, std::initializer_list<std::string> each = {}) {
    ColumnWriter writer;
    writer.put(count);
    writer.put((std::uint64_t{1} << each.size()) - 1);
    for (const std::string& column : each) {
        writer.put(column.size());
        writer.put_bytes(column);
    }
    return writer.bytes();
}

void expect_refused(const std::string& bytes, std::string_view words, Errc code = Errc::invalid,
                    const Limits& limits = {}) {
    const auto message = decode(bytes, limits);
    ASSERT_FALSE(message);
    EXPECT_NE(message.error().message.find(words), std::string::npos) << message.error().message;
    EXPECT_EQ(message.error().code, code);
}

TEST(Hostile, GiantClaimsAreRefusedBeforeMemoryIsTaken) {
    expect_refused(frame_with({{0xffffffff, "x"}}), "unpacks to more", Errc::too_large);
    // Two packs that are within the limit each, but not together.
    Limits limits;
    limits.max_unpacked_bytes = 1000;
    const Packed packed = pack(std::string(900, 'a'));
    expect_refused(frame_with({{packed.raw_bytes, packed.data}, {packed.raw_bytes, packed.data}}),
                   "unpacks to more", Errc::too_large, limits);
    expect_refused(frame_with({{0, section(1, columns(1'000'000'000'000, {"a", "\1", "\1"}))}}),
                   "string table");
    expect_refused(frame_with({{0, section(2, columns(1'000'000'000'000, {"\1"}))}}), "do not fit");
    expect_refused(std::string((16 << 20) + 1, 'x'), "beyond the limit", Errc::too_large);
}

TEST(Hostile, PacksThatLieAboutTheirSizeAreRefused) {
    const Packed packed = pack(std::string(900, 'a'));
    expect_refused(frame_with({{901, packed.data}}), "decompresses to 900");
    expect_refused(frame_with({{899, packed.data}}), "does not decompress");
    expect_refused(frame_with({{10, "not zstd"}}), "does not decompress");
}

TEST(Hostile, MalformedStringTablesAreRefused) {
    using namespace std::string_literals;
    const auto table = [](const std::string& bytes) { return frame_with({{0, section(1, bytes)}}); };
    expect_refused(table(columns(2, {"ba"s, "\0\0"s, "\1\1"s})), "not sorted");
    expect_refused(table(columns(2, {"a"s, "\0\1"s, "\1\0"s})), "not sorted");
    expect_refused(table(columns(1, {"\xff"s, "\0"s, "\1"s})), "UTF-8");
    expect_refused(table(columns(1, {"a"s, "\5"s, "\1"s})), "malformed");
    expect_refused(table(columns(1, {"ab"s, "\0"s, "\1"s})), "trailing");
    Limits limits;
    limits.max_string_bytes = 3;
    expect_refused(table(columns(1, {"abcd"s, "\0"s, "\4"s})), "beyond the limit of 3", Errc::too_large,
                   limits);
}

TEST(Hostile, SectionsAreKnownAndComeOnce) {
    expect_refused(frame_with({{0, section(9, "")}}), "section kind 9 is unknown");
    const std::string empty_nodes = section(2, columns(0));
    expect_refused(frame_with({{0, empty_nodes}, {0, empty_nodes}}), "comes twice");
    expect_refused(frame_with({{0, "\2\5"}}), "cut short");
}

TEST(Hostile, UnknownEnumsAreRefusedInWords) {
    using namespace std::string_literals;
    const auto node = [](const std::string& topology) {
        return frame_with({{0, section(2, columns(1, {topology, "\0"s, "\0"s}))}});
    };
    ASSERT_TRUE(decode(node("\1"s)));
    expect_refused(node("\x63"s), "topology 99 is unknown");
}

TEST(Hostile, EqualKeysAreRefused) {
    using namespace std::string_literals;
    expect_refused(frame_with({{0, section(2, columns(2, {"\1\1"s, "\0\0"s, "\0\0"s}))}}), "not sorted");
}

TEST(Hostile, TooManyFactsOrAttributesAreRefused) {
    Report report;
    for (int i = 0; i < 20; ++i) report.node({Topology::process, Text(std::to_string(i))});
    for (int i = 1; i <= 20; ++i) report.nodes[0].set(static_cast<Key>(i), Version(1, 1), Value::integer(i));
    const std::string bytes = encode(frame_of(report));
    ASSERT_TRUE(decode(bytes));
    Limits few_facts;
    few_facts.max_facts = 19;
    expect_refused(bytes, "more than 19 facts", Errc::too_large, few_facts);
    Limits few_attributes;
    few_attributes.max_attributes = 19;
    expect_refused(bytes, "more than 19 attributes", Errc::too_large, few_attributes);
}

TEST(Hostile, ListsOfManyLongTextsAreRefused) {
    // Each item is one small number on the wire and a long text in memory.
    std::vector<std::string> items;
    for (int i = 0; i < 50; ++i) items.push_back(std::string(1000, 'x') + std::to_string(100 + i));
    Report report;
    Node& node = report.node({Topology::host, "h"});
    for (int i = 0; i < 100; ++i)
        node.set_label(Text("l" + std::to_string(i)), Version(1, 1), Value::list(items));
    const std::string bytes = encode(frame_of(report));
    ASSERT_TRUE(decode(bytes));
    Limits limits;
    limits.max_unpacked_bytes = 1 << 20;
    expect_refused(bytes, "lists of more than", Errc::too_large, limits);
}

TEST(Hostile, MessagesOfNoKnownKindAreUnsupported) {
    expect_refused("", "no kind", Errc::unsupported);
    expect_refused(std::string("\x52\x00", 2), "no kind", Errc::unsupported);  // field 10: a control request
}

TEST(Hostile, TextsOfTheHelloAreChecked) {
    proto::Envelope envelope;
    envelope.mutable_hello()->set_host_name("\xff");
    expect_refused(envelope.SerializeAsString(), "hello.host_name is not valid UTF-8");
    envelope.mutable_hello()->set_host_name(std::string(20'000, 'x'));
    expect_refused(envelope.SerializeAsString(), "hello.host_name is longer", Errc::too_large);
}

TEST(Hostile, EpochsOutOfRangeAreRefused) {
    proto::Envelope envelope;
    envelope.mutable_frame()->set_epoch(~std::uint64_t{0});
    expect_refused(envelope.SerializeAsString(), "out of range");
    envelope.mutable_frame()->set_epoch(1);
    envelope.mutable_frame()->set_tick(std::uint64_t{1} << 40);
    expect_refused(envelope.SerializeAsString(), "out of range");
}

}  // namespace
}  // namespace reticle::report::wire
