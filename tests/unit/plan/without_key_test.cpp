// A table without a key: when its position will do, and what else is to be done, which never runs in a circle.
#include "plan/without_key.h"

#include <gtest/gtest.h>

#include "plan/choose_key.h"
#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

struct Case : ExampleCase {
  Case() { facts.indexes.clear(); }

  bool by_position() const {
    const Result<KeyChoice> choice = without_key(spec, facts);
    return choice && is_position(*choice);
  }
  Error refusal() const { return without_key(spec, facts).error(); }
  void expect_remedy(const std::string& words) const {
    ASSERT_FALSE(without_key(spec, facts));
    EXPECT_EQ(refusal().code, ErrorCode::no_usable_key);
    EXPECT_NE(refusal().hint.find(words), std::string::npos) << refusal().hint;
  }
};

TEST(WithoutKey, ThePositionWillDoWhereDoneRowsCannotMeetTheCondition) {
  Case filled;
  EXPECT_TRUE(filled.by_position());
  filled.spec.set() = {{"state", "nextval('numbers')"}};
  EXPECT_TRUE(filled.by_position());
  filled.spec.set() = {{"state", "gen_random_uuid()"}};
  EXPECT_TRUE(filled.by_position());
  filled.spec.order = Order::physical;
  EXPECT_TRUE(filled.by_position());
}

/// What else is set has no say in it.
TEST(WithoutKey, OneValueThatIsNeverNullTellsWhatIsDone) {
  Case marked;
  marked.spec.set() = {{"state", "gen_random_uuid()"}, {"code", "nullif(tenant, 0)"}};
  EXPECT_TRUE(marked.by_position());
  marked.spec.set().front().expression = "nullif(status, '')";
  EXPECT_FALSE(marked.by_position());
  marked.spec.set().front().expression = "gen_random_uuid()";
  marked.spec.where = "state IS NULL OR code = 1";
  EXPECT_FALSE(marked.by_position());
}

TEST(WithoutKey, WhatStandsAgainstItIsSaidAndWhatToDo) {
  Case triggered;
  triggered.facts.triggers.push_back({"touch", true, "BEFORE", "touch()", {}, {}});
  triggered.expect_remedy("order: physical");
  EXPECT_NE(triggered.refusal().message.find("trigger touch runs with every change"), std::string::npos);
  triggered.spec.order = Order::physical;
  EXPECT_TRUE(triggered.by_position());
  Case bound;
  bound.spec.bound = Bound::at_start;
  bound.expect_remedy("leave out bound: at_start");
  Case asked;
  asked.spec.order = Order::key;
  asked.expect_remedy("leave out order: key");
  Case blind;
  blind.facts.access.may_read_xmin = false;
  blind.expect_remedy("GRANT SELECT ON public.users TO app");
  Case partitioned;
  partitioned.facts.table.kind = 'p';
  partitioned.facts.leaves.resize(2);
  partitioned.facts.leaves[0] = {"public", "users_1", 'r', 'p', false, true, {}};
  partitioned.facts.leaves[1] = {"public", "users_2", 'r', 'p', false, true, {}};
  partitioned.expect_remedy(
      "run the job on each partition instead, which needs no key there: public.users_1, public.users_2");
  Case old;
  old.facts.table.server_version = 130'000;
  old.facts.columns[0].not_null = false;
  old.expect_remedy("ADD COLUMN pgfill_id bigint GENERATED ALWAYS AS IDENTITY");
  EXPECT_EQ(old.refusal().hint.find("pgfill run"), std::string::npos);
}

/// It is to be filled, or may hold NULL: an index over it would not serve.
TEST(WithoutKey, TheRemedyNamesNeitherWhatTheJobSetsNorWhatMayBeNull) {
  Case sets_id;
  sets_id.spec.where.clear();
  sets_id.spec.set() = {{"id", "nextval('numbers')"}};
  for (const bool not_null : {true, false}) {
    sets_id.column("id").not_null = not_null;
    EXPECT_EQ(sets_id.refusal().hint.find("(id)"), std::string::npos) << sets_id.refusal().hint;
    EXPECT_EQ(sets_id.refusal().hint.find("COLUMN id "), std::string::npos) << sets_id.refusal().hint;
  }
  Case nullable;
  nullable.spec.where = "status <> 'x'";
  nullable.column("id").not_null = false;
  EXPECT_EQ(nullable.refusal().hint.find("(id)"), std::string::npos) << nullable.refusal().hint;
  Case indexed;
  indexed.spec = sets_id.spec;
  indexed.column("id").not_null = false;
  indexed.facts.indexes = {unique_index("by_id", {id})};
  EXPECT_EQ(indexed.refusal().hint.find("(id)"), std::string::npos) << indexed.refusal().hint;
  EXPECT_NE(indexed.refusal().hint.find("(pgfill_id)"), std::string::npos) << indexed.refusal().hint;
  indexed.spec.set() = {{"pgfill_id", "1"}};
  indexed.facts.indexes.clear();
  EXPECT_NE(indexed.refusal().hint.find("(pgfill_row_id)"), std::string::npos) << indexed.refusal().hint;
}

TEST(WithoutKey, WhereATriggerAlwaysRunsTheNewColumnIsFilledByASpecThatAsksForPhysicalOrder) {
  Case triggered;
  triggered.spec.where = "status <> 'x'";
  triggered.column("id").not_null = false;
  triggered.expect_remedy(
      "pgfill run \"UPDATE public.users SET pgfill_id = nextval('public.users_pgfill_id_seq') WHERE "
      "pgfill_id IS NULL\"");
  triggered.facts.triggers.push_back({"touch", true, "BEFORE", "touch()", {}, {}});
  triggered.expect_remedy(
      "set: {pgfill_id: nextval('public.users_pgfill_id_seq')}, where: pgfill_id IS NULL, order: physical}");
}

}  // namespace
}  // namespace pgfill::plan
