// What is read of a try, and what must not be tried.
#include "plan/sample.h"

#include <gtest/gtest.h>

#include "plan/sample_effects.h"
#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

using Names = std::vector<std::string>;

TEST(ReadTried, TakesTimeRowsAndWalFromTheNodeThatChangesRows) {
  const TriedBatch tried = read_tried(R"([{"Plan": {"Node Type": "Aggregate", "Actual Rows": 1, "WAL Bytes": 7,
    "Plans": [{"Node Type": "ModifyTable", "Parent Relationship": "InitPlan", "Actual Rows": 180, "Actual Loops": 1,
      "WAL Bytes": 90000, "WAL FPI": 4, "Plans": [
        {"Node Type": "Index Scan", "Parent Relationship": "Outer", "Actual Rows": 180, "Actual Loops": 1},
        {"Node Type": "Seq Scan", "Parent Relationship": "SubPlan", "Actual Rows": 3, "Actual Loops": 180}]}]},
    "Planning Time": 0.5, "Triggers": [], "Execution Time": 2.25}])");
  EXPECT_EQ(tried.changed, 180);
  EXPECT_DOUBLE_EQ(tried.microseconds, 2'750);
  EXPECT_EQ(tried.wal_bytes, 90'000);
  EXPECT_EQ(tried.images, 4);
}

TEST(CostOf, TellsWhatABatchTakesFromWhatItsRowsTake) {
  const auto cost = cost_of({{20, 20, 90'000, 0, 0, 0},
                             {200, 190, 92'000, 0, 0, 0},
                             {20, 20, 80'200, 0, 0, 0},
                             {200, 190, 82'000, 0, 0, 0},
                             {200, 190, 82'000, 0, 0, 0}});
  ASSERT_TRUE(cost);
  EXPECT_NEAR(cost->row_us, 10, 0.1);
  EXPECT_NEAR(cost->fixed_us, 80'000, 10);
  EXPECT_NEAR(cost->changed_share, 0.95, 0.001);
  EXPECT_FALSE(cost_of({}));
  EXPECT_FALSE(cost_of({{200, 200, 1000, 0, 0, 0}}));
}

TEST(CostOf, TakesTheBestPlaceThatChangesRows) {
  const auto cost =
      cost_of({{20, 20, 100, 0, 0, 0}, {200, 0, 50, 0, 0, 0}, {200, 200, 30'000, 0, 0, 0}, {200, 100, 1'000, 0, 0, 0}});
  ASSERT_TRUE(cost);
  EXPECT_DOUBLE_EQ(cost->row_us, 5);
  EXPECT_DOUBLE_EQ(cost->changed_share, 0.5);
}

TEST(CostOf, NeverFallsBelowNothing) {
  const auto cost = cost_of({{20, 20, 900, 0, 0, 0}, {200, 200, 800, 0, 0, 0}});
  ASSERT_TRUE(cost);
  EXPECT_GE(cost->row_us, 0);
  EXPECT_GE(cost->fixed_us, 0);
}

TEST(NamesCalled, AreThoseAnOpeningBracketFollowsInTheirCataloguesSpelling) {
  EXPECT_EQ(names_called("NextVal ('s') + app.\"Draw Lots\"(lower(a)) + (b)"),
            (Names{"nextval", "Draw Lots", "lower"}));
  EXPECT_TRUE(names_called("a + b").empty());
}

TEST(OnlyAssigns, HoldsForPlpgsqlWithoutSql) {
  EXPECT_TRUE(
      only_assigns({"touch", "plpgsql", "BEGIN NEW.at := now(); IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF; END"}));
  EXPECT_FALSE(only_assigns({"audit", "plpgsql", "BEGIN INSERT INTO log VALUES (1); RETURN NEW; END"}));
  EXPECT_FALSE(only_assigns({"call", "plpgsql", "BEGIN PERFORM dblink('x'); RETURN NEW; END"}));
  EXPECT_FALSE(only_assigns({"dynamic", "plpgsql", "BEGIN EXECUTE $q$ x $q$; RETURN NEW; END"}));
  EXPECT_FALSE(only_assigns({"quotes", "plpgsql", "BEGIN NEW.a := E'\\'; INSERT '; RETURN NEW; END"}));
  EXPECT_FALSE(only_assigns({"other", "plpython3u", "return None"}));
}

TEST(EffectOfUpdate, NamesTheTriggerOrForeignKeyThatForbidsATry) {
  ExampleCase example;
  EXPECT_FALSE(effect_of_update(example.spec, example.facts, {}));
  const TriggerSource audit{"audit", "plpgsql", "BEGIN INSERT INTO log VALUES (1); RETURN NEW; END"};
  EXPECT_FALSE(effect_of_update(example.spec, example.facts, {audit})) << "it does not fire";
  example.facts.triggers.push_back({"audit", true, "BEFORE", "audit()", {state}, {}});
  EXPECT_EQ(effect_of_update(example.spec, example.facts, {audit}), "trigger audit may have effects that stay");
  EXPECT_FALSE(effect_of_update(example.spec, example.facts, {{"touch", "plpgsql", "BEGIN RETURN NEW; END"}}));
  example.facts.foreign_keys.push_back({"notes_state", false, "notes", {state}, "c", {1}, false});
  EXPECT_EQ(effect_of_update(example.spec, example.facts, {}), "foreign key notes_state changes other tables");
}

TEST(Sample, TriesFewerRowsWhereTheyAreWideAndBeginsAtDifferentPlaces) {
  Facts facts = example_facts();
  EXPECT_EQ(rows_to_try(facts.table), 200);
  facts.table.toast_bytes = std::int64_t{100'000} * facts.table.estimated_rows;
  EXPECT_EQ(rows_to_try(facts.table), 5);
  std::vector<PlannedRange> ranges(9);
  for (int i = 1; i < 9; ++i) ranges[static_cast<std::size_t>(i)].keys.lower = Key{std::to_string(i)};
  const auto starts = starts_of(ranges);
  ASSERT_EQ(starts.size(), 3U);
  EXPECT_FALSE(starts[0]);
  EXPECT_EQ(starts[1], Key{"3"});
  EXPECT_EQ(starts[2], Key{"6"});
  EXPECT_EQ(starts_of({PlannedRange()}).size(), 1U);
}

}  // namespace
}  // namespace pgfill::plan
