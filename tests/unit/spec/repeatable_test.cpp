#include "spec/repeatable.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

bool may_repeat(std::vector<Assignment> set) {
  JobSpec spec;
  spec.table = "users";
  spec.set = std::move(set);
  return repeatable(spec);
}

TEST(Repeatable, IsWhatReadsOtherColumnsOnly) {
  EXPECT_TRUE(may_repeat({{"account_state", "user_status"}}));
  EXPECT_TRUE(may_repeat({{"account_state", "coalesce(lower(trim(users.user_status)), 'none')"}}));
  EXPECT_TRUE(may_repeat({{"a", "CASE WHEN x > 0 THEN x::text || '!' END"}, {"b", "17"}}));
}

TEST(Repeatable, KnowsPlainFunctionsOfPostgres) {
  EXPECT_TRUE(may_repeat({{"y", "extract(year FROM created)"}}));
  EXPECT_TRUE(may_repeat({{"t", "to_tsvector('english', body)"}}));
  EXPECT_TRUE(may_repeat({{"a", "pg_catalog.lower(b)"}}));
}

TEST(Repeatable, TakesAGeneratedColumnForOneThatIsSet) {
  JobSpec spec;
  spec.set = {{"n", "g"}};
  EXPECT_TRUE(repeatable(spec));
  EXPECT_FALSE(repeatable(spec, {"g"}));
}

TEST(ConditionMayTell, WhenItReadsWhatTheJobWrites) {
  JobSpec spec;
  spec.table = "items";
  spec.set = {{"n", "n + 1"}};
  spec.where = "items.n = 0";
  EXPECT_TRUE(condition_may_tell(spec));
  spec.where = "a > 0 AND created < '2024-01-01'";
  EXPECT_FALSE(condition_may_tell(spec));
  EXPECT_TRUE(condition_may_tell(spec, {"a"}));
  spec.where = "items IS NOT NULL";
  EXPECT_TRUE(condition_may_tell(spec));
}

TEST(Repeatable, IsNotWhatReadsWhatItSets) {
  EXPECT_FALSE(may_repeat({{"n", "n + 1"}}));
  EXPECT_FALSE(may_repeat({{"cents", "users.cents * 1.1"}}));
  EXPECT_FALSE(may_repeat({{"a", "b"}, {"b", "a"}}));
  EXPECT_FALSE(may_repeat({{"document", "to_jsonb(users)"}}));
  EXPECT_FALSE(may_repeat({{"document", "users"}}));
  EXPECT_FALSE(may_repeat({{"document", "users.*"}}));
}

TEST(Repeatable, IsNotWhatMayGiveSomethingElseTheNextTime) {
  EXPECT_FALSE(may_repeat({{"id", "nextval('s')"}}));
  EXPECT_FALSE(may_repeat({{"at", "now()"}}));
  EXPECT_FALSE(may_repeat({{"at", "current_timestamp"}}));
  EXPECT_FALSE(may_repeat({{"name", "public.my_function(email)"}}));
  EXPECT_FALSE(may_repeat({{"name", "app.format(email)"}}));
  EXPECT_FALSE(may_repeat({{"at", "'now'::timestamptz"}}));
  EXPECT_FALSE(may_repeat({{"name", "(SELECT name FROM other WHERE other.id = users.id)"}}));
  EXPECT_FALSE(may_repeat({{"name", "not SQL at all ("}}));
}

}  // namespace
}  // namespace pgfill::spec
