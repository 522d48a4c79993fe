// A deletion as a spec and as a statement: its fields, its guards, its bound in time.
#include <gtest/gtest.h>

#include "spec/spec_difference.h"
#include "spec/time_bound.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

constexpr std::string_view time = "2026-01-31 12:00:00.000000+00";

TEST(DeleteSpec, ReadsItsFieldsAndWritesThemBack) {
  const auto spec = parse_with(
      "delete: true\nwhere: created < '2020-01-01'\nat_most: 5000\naccept_cascade: [order_items, \"app.Notes\"]");
  ASSERT_TRUE(spec) << told(spec);
  ASSERT_NE(spec->deletes(), nullptr);
  EXPECT_TRUE(spec->set().empty());
  EXPECT_EQ(spec->deletes()->at_most, 5000);
  ASSERT_EQ(spec->deletes()->accept_cascade.size(), 2U);
  EXPECT_EQ(spec->deletes()->accept_cascade[1].schema, "app");
  EXPECT_EQ(spec->deletes()->accept_cascade[1].table, "notes");
  const auto again = parse_spec(to_yaml(*spec), "again.yaml");
  ASSERT_TRUE(again) << to_yaml(*spec) << told(again);
  EXPECT_EQ(to_yaml(*again), to_yaml(*spec));
}

TEST(DeleteSpec, HasNoNewValuesToBeChangedAndStaysADeletion) {
  JobSpec spec = *parse_with("delete: true\nall: true");
  const JobSpec& seen = spec;
  EXPECT_TRUE(seen.set().empty());
  EXPECT_DEATH(spec.set(), "only an update has new values");
  EXPECT_NE(spec.deletes(), nullptr);
}

TEST(DeleteSpec, WithoutAConditionSaysThatItMeansEveryRow) {
  EXPECT_NE(told(parse_with("delete: true")).find("a deletion needs a condition"), std::string::npos);
  const auto every = parse_with("delete: true\nall: true");
  ASSERT_TRUE(every) << told(every);
  EXPECT_TRUE(every->deletes()->all);
  EXPECT_TRUE(parse_spec(to_yaml(*every), "again.yaml"));
  EXPECT_NE(told(parse_with("delete: true\nall: true\nwhere: a = 1")).find("every row is meant"), std::string::npos);
}

TEST(DeleteSpec, RefusesWhatDoesNotGoTogether) {
  EXPECT_NE(told(parse_with("delete: true\nset: {a: b}\nwhere: c")).find("`set` and `delete`"), std::string::npos);
  EXPECT_NE(told(parse_with("set: {a: b}\nat_most: 5")).find("is for jobs with `delete`"), std::string::npos);
  EXPECT_NE(told(parse_with("where: c")).find("field \"set\" is missing"), std::string::npos);
  EXPECT_FALSE(parse_with("delete: false\nwhere: c"));
  EXPECT_FALSE(parse_with("delete: true\nwhere: c\nat_most: -1"));
  EXPECT_FALSE(parse_with("delete: true\nwhere: c\naccept_cascade: child"));
}

TEST(DeleteSpec, IsAnotherJobThanAnUpdateAndThanOneWithAnotherLimit) {
  const auto deletes = parse_with("delete: true\nwhere: c");
  const auto limited = parse_with("delete: true\nwhere: c\nat_most: 7");
  const auto updates = parse_with("set: {a: b}\nwhere: c");
  EXPECT_NE(canonical_form(*deletes), canonical_form(*updates));
  EXPECT_NE(canonical_form(*deletes), canonical_form(*limited));
  EXPECT_EQ(spec::differences(*deletes, *updates).at(0).field, "delete");
  EXPECT_EQ(spec::differences(*deletes, *limited).at(0).field, "at_most");
  const auto accepts = parse_with("delete: true\nwhere: (C)\naccept_cascade: [child]");
  EXPECT_EQ(canonical_form(*deletes), canonical_form(*accepts));
}

TEST(DeleteStatement, BecomesAJob) {
  const auto spec =
      parse_statement("DELETE FROM ONLY app.Events AS e /* old */ WHERE e.at < now() - interval '90 days';");
  ASSERT_TRUE(spec) << told(spec);
  EXPECT_NE(spec->deletes(), nullptr);
  EXPECT_EQ(spec->job, "events-delete");
  EXPECT_EQ(spec->schema, "app");
  EXPECT_EQ(spec->table, "events");
  EXPECT_EQ(spec->alias, "e");
  EXPECT_TRUE(spec->only);
  EXPECT_EQ(spec->where, "e.at < now() - interval '90 days'");
  const auto script = parse_script("BEGIN;\nDELETE FROM events WHERE done;\nCOMMIT;", "purge.sql");
  ASSERT_TRUE(script);
  EXPECT_EQ(script->spec.where, "done");
  EXPECT_TRUE(looks_like_sql("DELETE FROM t WHERE a"));
}

TEST(DeleteStatement, IsRefusedWhereBatchesCannotCarryIt) {
  const auto words = [](const char* sql) {
    const auto spec = parse_statement(sql);
    return spec ? std::string("accepted") : spec.error().message + " | " + spec.error().hint;
  };
  EXPECT_NE(words("DELETE FROM t").find("every row"), std::string::npos);
  EXPECT_NE(words("DELETE FROM t USING o").find("every row"), std::string::npos);
  EXPECT_EQ(words("DELETE FROM t USING o JOIN p USING (id) WHERE o.id = t.id"), "accepted");
  EXPECT_NE(words("DELETE FROM t WHERE a RETURNING id").find("RETURNING"), std::string::npos);
  EXPECT_NE(words("WITH RECURSIVE o AS (SELECT 1) DELETE FROM t WHERE a").find("WITH"), std::string::npos);
  EXPECT_NE(words("DELETE FROM t WHERE id IN (SELECT id FROM o LIMIT 10)").find("LIMIT"), std::string::npos);
}

std::string settled(const std::string& where) {
  JobSpec spec;
  spec.where = where;
  return spec::at_time(spec, std::string(time)).where;
}

TEST(TimeBound, StandsWhereTheConditionAsksForTheTime) {
  EXPECT_EQ(settled("at < now() - interval '90 days'"),
            "at < '2026-01-31 12:00:00.000000+00'::timestamptz - interval '90 days'");
  EXPECT_EQ(settled("day < CURRENT_DATE"), "day < '2026-01-31 12:00:00.000000+00'::timestamptz::date");
  EXPECT_EQ(settled("at < current_timestamp(0) AND b"),
            "at < '2026-01-31 12:00:00.000000+00'::timestamptz::timestamptz(0) AND b");
  EXPECT_EQ(settled("at < pg_catalog.now()"), "at < '2026-01-31 12:00:00.000000+00'::timestamptz");
  EXPECT_EQ(settled("at < localtimestamp"), "at < '2026-01-31 12:00:00.000000+00'::timestamptz::timestamp");
}

TEST(TimeBound, LeavesEverythingElseAsItIs) {
  for (const char* where :
       {"now < 3", "t.now > 1", "a = 'now()'", "app.now() > 1", "\"current_date\" = 1", "now(1) = 2"}) {
    EXPECT_FALSE(spec::reads_time(where)) << where;
    EXPECT_EQ(settled(where), where);
  }
  EXPECT_TRUE(spec::reads_time("b AND (at < Now ( ))"));
}

}  // namespace
}  // namespace pgfill::test
