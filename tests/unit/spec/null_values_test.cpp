// When values are NULL, by the text of their expressions. tests/postgres/null_values_test.cpp asks the server whether
// it is true.
#include "spec/null_values.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

const NullFacts facts{{"id", "price"}, {{"id", "price", "a", "b"}}, {"reverse"}};

TEST(NullWhen, Never) {
  for (const char* expression :
       {"id", "items.id", "1", "'x'", "id % 1000", "price * 2 + id", "'no ' || id", "coalesce(lower(a), '')",
        "coalesce(a, id)", "id::text", "CASE WHEN a > 0 THEN id ELSE 0 END", "now()", "CURRENT_TIMESTAMP",
        "gen_random_uuid()", "concat(a, b)", "a IS NULL", "'{}'::text[]", "nextval('items_id_seq'::regclass)", "-id"}) {
    EXPECT_EQ(null_when(expression, facts), "") << expression;
  }
}

TEST(NullWhen, AColumnIs) {
  for (const char* expression :
       {"a", "lower(a)", "pg_catalog.lower(a)", "lower(trim(a))", "a::int + id", "a || '@' || id", "a COLLATE \"C\"",
        "replace(a, 'x', 'y')", "a = id", "date_trunc('day', a)", "a AT TIME ZONE 'UTC'", "to_jsonb(a)"}) {
    EXPECT_EQ(null_when(expression, facts), "\"a\" IS NULL") << expression;
  }
  EXPECT_EQ(null_when("items.a", facts), "\"items\".\"a\" IS NULL");
  EXPECT_EQ(null_when("\"order\"", facts), "\"order\" IS NULL");
  EXPECT_EQ(null_when("\"a\"\"b\"", facts), "\"a\"\"b\" IS NULL");
}

TEST(NullWhen, SeveralColumnsAre) {
  EXPECT_EQ(null_when("a || b", facts), "(\"a\" IS NULL OR \"b\" IS NULL)");
  EXPECT_EQ(null_when("coalesce(a, b)", facts), "(\"a\" IS NULL AND \"b\" IS NULL)");
  EXPECT_EQ(null_when("greatest(a, b || id)", facts), "(\"a\" IS NULL AND \"b\" IS NULL)");
  EXPECT_EQ(null_when("coalesce(a || b, lower(c))", {}), "((\"a\" IS NULL OR \"b\" IS NULL) AND \"c\" IS NULL)");
}

TEST(NullWhen, NobodyCanTell) {
  for (const char* expression :
       {"NULL", "(SELECT 1)", "id -> 'x'", "CASE WHEN a > 0 THEN id END", "CASE WHEN a > 0 THEN a ELSE id END",
        "nullif(id, 0)", "not SQL at all (", "substring(a from 'x')", "to_char(a, 'YYYY')", "extract(year from a)",
        "concat_ws(a, b)", "my.lower(a)", "my_function(id)", "ARRAY[a]", "lower(items.*)", "current_schema",
        "a BETWEEN 1 AND 2", "a AND b", "concat(VARIADIC a)"}) {
    EXPECT_EQ(null_when(expression, facts), std::nullopt) << expression;
  }
}

/// || puts NULL into an array, lower() of a range without an end is NULL.
TEST(NullWhen, NobodyCanTellOfTypesWithFunctionsOfTheirOwn) {
  for (const char* expression :
       {"tags || a", "lower(during)", "a::text[] || b", "'{}'::text[] || a", "a::int4range * b"})
    EXPECT_EQ(null_when(expression, facts), std::nullopt) << expression;
  EXPECT_EQ(null_when("during", facts), "\"during\" IS NULL");
}

TEST(NullWhen, NobodyCanTellOfAFunctionThatIsDefinedTwice) {
  EXPECT_EQ(null_when("reverse(a)", facts), std::nullopt);
  EXPECT_EQ(null_when("reverse(a)", {}), "\"a\" IS NULL");
}

}  // namespace
}  // namespace pgfill::spec
