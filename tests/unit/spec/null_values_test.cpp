// When values are NULL, by the text of their expressions. tests/postgres/null_values_test.cpp asks the server whether
// it is true.
#include "spec/null_values.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

const NullFacts facts{{{"id", "a", "b", "order"}}, {"reverse", "+", "uuid"}};

TEST(NullWhen, Never) {
  for (const char* expression :
       {"1", "'x'", "coalesce(lower(a), '')", "CASE WHEN a > 0 THEN 1 ELSE 0 END", "now()", "CURRENT_TIMESTAMP",
        "gen_random_uuid()", "concat(a, tags)", "tags IS NULL", "'x'::text", "'{}'::jsonb", "to_jsonb('x'::text)",
        "nextval('items_id_seq'::regclass)", "nextval('items_id_seq')", "setval('s', 1)", "lastval()", "timeofday()",
        "txid_current()", "-1"}) {
    EXPECT_EQ(null_when(expression, facts), "") << expression;
  }
}

TEST(NullWhen, AColumnIs) {
  for (const char* expression :
       {"a", "lower(a)", "pg_catalog.lower(a)", "lower(trim(a))", "a::int * 2", "a || '@' || 1", "a COLLATE \"C\"",
        "replace(a, 'x', 'y')", "a = 'x'", "a OPERATOR(pg_catalog.=) 'x'", "date_trunc('day', a)",
        "a AT TIME ZONE 'UTC'", "to_jsonb(a)", "a::jsonb", "trunc(a)", "setval('s', a)", "-a"}) {
    EXPECT_EQ(null_when(expression, facts), "\"a\" IS NULL") << expression;
  }
  EXPECT_EQ(null_when("items.a", facts), "\"items\".\"a\" IS NULL");
  EXPECT_EQ(null_when("\"order\"", facts), "\"order\" IS NULL");
  EXPECT_EQ(null_when("\"a\"\"b\"", facts), "\"a\"\"b\" IS NULL");
}

TEST(NullWhen, SeveralColumnsAre) {
  EXPECT_EQ(null_when("a || b", facts), "(\"a\" IS NULL OR \"b\" IS NULL)");
  EXPECT_EQ(null_when("coalesce(a, b)", facts), "(\"a\" IS NULL AND \"b\" IS NULL)");
  EXPECT_EQ(null_when("greatest(a, b || 'x')", facts), "(\"a\" IS NULL AND \"b\" IS NULL)");
  EXPECT_EQ(null_when("coalesce(a || b, lower(c))", {}), "((\"a\" IS NULL OR \"b\" IS NULL) AND \"c\" IS NULL)");
}

TEST(NullWhen, NobodyCanTell) {
  for (const char* expression : {"NULL",
                                 "(SELECT 1)",
                                 "id -> 'x'",
                                 "CASE WHEN a > 0 THEN 1 END",
                                 "CASE WHEN a > 0 THEN a ELSE 'x' END",
                                 "nullif(id, 0)",
                                 "not SQL at all (",
                                 "substring(a from 'x')",
                                 "to_char(a, 'YYYY')",
                                 "extract(year from a)",
                                 "concat_ws(a, b)",
                                 "my.lower(a)",
                                 "my_function(id)",
                                 "ARRAY[a]",
                                 "lower(items.*)",
                                 "items.*",
                                 "current_schema",
                                 "a BETWEEN 1 AND 2",
                                 "a AND b",
                                 "concat(VARIADIC a)",
                                 "a OPERATOR(my.*) b"}) {
    EXPECT_EQ(null_when(expression, facts), std::nullopt) << expression;
  }
}

/// || puts NULL into an array, lower() of a range without an end is NULL, and so are the sum of two closed paths, the
/// time of an infinite timestamp and, since PostgreSQL 18, JSON's null as a number.
TEST(NullWhen, NobodyCanTellOfTypesWithManners) {
  for (const char* expression :
       {"tags || a", "lower(during)", "a::text[] || b", "'{}'::text[] || a", "a::int4range * b", "way * way", "a::time",
        "a::jsonb::int", "(a::jsonb || '{}')::int", "coalesce(tags, a)", "address::text", "tags::text",
        "coalesce(during, 'empty')", "lower(coalesce(during, 'empty'))", "a::o.date"}) {
    EXPECT_EQ(null_when(expression, facts), std::nullopt) << expression;
  }
  EXPECT_EQ(null_when("during", facts), "\"during\" IS NULL");
}

TEST(NullWhen, NobodyCanTellOfWhatIsDefinedTwice) {
  for (const char* expression : {"reverse(a)", "a + 1", "a::uuid"})
    EXPECT_EQ(null_when(expression, facts), std::nullopt);
  EXPECT_EQ(null_when("reverse(a)", {}), "\"a\" IS NULL");
}

/// What is known of a database makes it say less, and nothing else: the condition of a job comes from the text alone.
TEST(NullWhen, TheTextAloneSaysTheSame) {
  for (const char* expression : {"a", "lower(a) || b", "coalesce(a, b)", "CASE WHEN a > 0 THEN 1 ELSE 0 END || a"}) {
    const auto told = null_when(expression, facts);
    if (told) {
      EXPECT_EQ(told, null_when(expression, {})) << expression;
    }
  }
}

TEST(ColumnAlone, IsNamed) {
  EXPECT_EQ(column_alone("items.a"), "a");
  EXPECT_EQ(column_alone("(a)"), "a");
  for (const char* other : {"lower(a)", "a::text", "1", "items.*", "("}) EXPECT_EQ(column_alone(other), "");
  EXPECT_TRUE(is_string("'x'"));
  for (const char* other : {"1", "a", "'x'::text", "NULL", "("}) EXPECT_FALSE(is_string(other)) << other;
}

}  // namespace
}  // namespace pgfill::spec
