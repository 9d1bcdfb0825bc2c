#include "report/value.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/report_generators.h"

namespace reticle::report {
namespace {

TEST(Text, IsOnePointerAndValueSixteenBytes) {
    EXPECT_EQ(sizeof(Text), sizeof(void*));
    EXPECT_EQ(sizeof(Value), 16U);
}

TEST(Text, SharesItsCharacters) {
    const Text a("nginx");
    const Text b = a;
    EXPECT_EQ(a.view().data(), b.view().data());
    EXPECT_EQ(a, Text("nginx"));
    EXPECT_LT(Text("a"), Text("b"));
    EXPECT_TRUE(Text("").empty());
    EXPECT_EQ(Text().heap_bytes(), 0U);
}

TEST(Text, SurvivesAssignmentToItself) {
    Text text("x");
    const Text& same = text;
    text = same;
    EXPECT_EQ(text.view(), "x");
}

TEST(Value, AnswersTheNeutralValueForAnotherType) {
    const Value text = Value::string("12");
    EXPECT_EQ(text.as_integer(), 0);
    EXPECT_FALSE(text.as_boolean());
    EXPECT_TRUE(text.as_list().empty());
    EXPECT_EQ(Value::integer(3).as_string(), "");
    EXPECT_EQ(Value::integer(3).as_text(), Text());
}

TEST(Value, HoldsNoNumberThatIsNotOne) {
    EXPECT_TRUE(Value::real(std::nan("")).none());
    EXPECT_TRUE(Value::real(std::numeric_limits<double>::infinity()).none());
    EXPECT_EQ(Value::real(-0.0), Value::real(0.0));
    EXPECT_FALSE(std::signbit(Value::real(-0.0).as_real()));
}

TEST(Value, ListsAreSets) {
    const Value list = Value::list({"b", "a", "b"});
    EXPECT_EQ(list.to_string(), "a, b");
    EXPECT_EQ(list, Value::list({"a", "b"}));
    EXPECT_EQ(Value::list({}).type(), Value::Type::list);
}

TEST(Value, ReadsAsPeopleExpect) {
    EXPECT_EQ(Value::integer(12).to_string(), "12");
    EXPECT_EQ(Value::real(0.5).to_string(), "0.5");
    EXPECT_EQ(Value::boolean(true).to_string(), "true");
    EXPECT_EQ(Value::time(1'795'311'324'123'456'789).to_string(), "2026-11-22T01:35:24.123Z");
    EXPECT_EQ(Value().to_string(), "");
}

RC_GTEST_PROP(Value, OrderIsTotal, ()) {
    const Value a = *test::any_value();
    const Value b = *test::any_value();
    const Value c = *test::any_value();
    RC_ASSERT((a < b) + (b < a) + (a == b) == 1);
    if (a <= b && b <= c) RC_ASSERT(a <= c);
}

RC_GTEST_PROP(Value, CopiesAndMovesKeepTheContent, ()) {
    const Value original = *test::any_value();
    Value copy = original;
    RC_ASSERT(copy == original);
    Value moved = std::move(copy);
    RC_ASSERT(moved == original);
    Value assigned = *test::any_value();
    assigned = moved;
    assigned = std::move(moved);
    RC_ASSERT(assigned == original);
}

}  // namespace
}  // namespace reticle::report
