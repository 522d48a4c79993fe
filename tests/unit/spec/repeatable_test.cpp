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
  EXPECT_FALSE(may_repeat({{"name", "(SELECT name FROM other WHERE other.id = users.id)"}}));
  EXPECT_FALSE(may_repeat({{"name", "not SQL at all ("}}));
}

}  // namespace
}  // namespace pgfill::spec
