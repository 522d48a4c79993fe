// What a spec says of functions that cannot be judged.
#include <gtest/gtest.h>

#include "unit/spec/refused_spec.h"

namespace pgfill::test {
namespace {

TEST(Assume, NamesFunctionsWithOrWithoutASchema) {
  const auto spec = parse_with("set: {a: b}\nassume: {app.next_number: harmless, '\"Odd\"': reads_table}");
  ASSERT_TRUE(spec) << told(spec);
  ASSERT_EQ(spec->assume.size(), 2U);
  EXPECT_EQ(spec->assume[0].schema, "app");
  EXPECT_EQ(spec->assume[0].function, "next_number");
  EXPECT_EQ(spec->assume[0].effect, Assumption::Effect::harmless);
  EXPECT_EQ(spec->assume[1].schema, "");
  EXPECT_EQ(spec->assume[1].function, "Odd");
  EXPECT_EQ(spec->assume[1].effect, Assumption::Effect::reads_table);
}

/// It decides how batches run, not which rows get which values.
TEST(Assume, MayChangeBetweenTwoRuns) {
  const auto plain = parse_with("set: {a: b}");
  const auto assuming = parse_with("set: {a: b}\nassume: {f: harmless}");
  ASSERT_TRUE(plain && assuming);
  EXPECT_EQ(canonical_form(*plain), canonical_form(*assuming));
}

TEST(Assume, TakesTwoWordsOnly) {
  EXPECT_FALSE(parse_with("set: {a: b}\nassume: {f: safe}"));
  EXPECT_FALSE(parse_with("set: {a: b}\nassume: {f: [harmless]}"));
  EXPECT_FALSE(parse_with("set: {a: b}\nassume: {a.b.c: harmless}"));
  EXPECT_FALSE(parse_with("set: {a: b}\nassume: f"));
}

}  // namespace
}  // namespace pgfill::test
