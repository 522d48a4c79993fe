// What is said of NULL by the text of an expression, asked of the server: for every function that is known by name, and
// values at the edges.
#include "spec/null_values.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "postgres/rows.h"
#include "support/database.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

/// Every function that is known, and operators.
constexpr const char* expressions =
    R"(abs(f); ascii(a); btrim(a, b); ceil(n); ceiling(f); char_length(a); character_length(b); chr(i + 1);
convert(y, 'UTF8', 'UTF8'); convert_from(y, 'UTF8'); convert_to(a, 'UTF8'); date_trunc('day', t);
date_trunc('hour', z); decode(encode(y, 'hex'), 'hex'); encode(y, 'base64'); exp(i); floor(f); initcap(a);
left(a, i); length(b); length(y); ln(abs(f) + 1); lower(a); lpad(a, i, b); ltrim(a); md5(a); mod(i, 2);
nextval('numbers'); normalize(a); octet_length(a); overlay(a placing b from 1); pi(); position(a in b);
power(f, 2); random(); quote_ident(a); regexp_replace(a, 'x', b); repeat(a, i); replace(a, b, 'q');
reverse(a); right(b, i); round(n); round(n, i); rpad(a, 3, b); rtrim(a); sha224(y); sha256(y); sha384(y);
sha512(y); sign(f); split_part(a, b, 1); sqrt(i); strpos(a, b); substr(a, i); substr(a, i, 1);
timezone('UTC', z); t AT TIME ZONE 'UTC'; to_hex(i); to_json(a); to_jsonb(t); translate(a, b, 'z'); upper(b);
clock_timestamp(); concat(a, b); gen_random_uuid(); json_build_array(a); json_build_object('k', a);
jsonb_build_array(a, b); jsonb_build_object('k', i); now(); statement_timestamp(); transaction_timestamp();
a || b; a || i; i + 1; i - n; f * 2; n / 3; i % 2; a = b; a <> b; t < z; z > t; i <= n; f >= i; -f;
t + '1 day'::interval; t - '1 day'::interval; j || '{}'; j - 'a'; a::bytea; i::text; coalesce(a, b);
coalesce(a || b, 'x'); greatest(a, b); least(t, z); a IS NULL; CURRENT_DATE; LOCALTIMESTAMP;
CASE WHEN a > b THEN 'x' ELSE 'y' END; a COLLATE "C")";

class NullValues : public ::testing::Test {
 protected:
  ScratchDatabase scratch_;
  Database database_{scratch_.conninfo()};
};

TEST_F(NullValues, OfEachExpressionAreWhereItsTestSays) {
  database_.execute(
      "CREATE TABLE probe (a text, b text, i int, f float8, n numeric, t timestamp, z timestamptz, j jsonb, y bytea);"
      "INSERT INTO probe VALUES ('', '', 0, 'NaN', 'NaN', '-infinity', 'infinity', '{}', ''),"
      "  ('x', 'Xx', 1, 1.5, 0.5, '2024-01-01', now(), '{\"a\": null}', 'x'), ('é', NULL, NULL, 1e100, 7, NULL, NULL, "
      "'[]', NULL),"
      "  (NULL, 'y', 2, NULL, NULL, 'infinity', '-infinity', NULL, 'abc'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
      "NULL, NULL);"
      "CREATE SEQUENCE numbers");
  std::string all;
  std::istringstream listed(expressions);
  for (std::string expression; std::getline(listed >> std::ws, expression, ';');) {
    const std::optional<std::string> test = spec::null_when(expression, {});
    ASSERT_TRUE(test) << expression;
    const std::string wrong = "SELECT count(*) FROM probe WHERE ((" + expression + ") IS NULL) <> (" +
                              (test->empty() ? "false" : *test) + ")";
    EXPECT_EQ(database_.integer(wrong), 0) << expression << " is not NULL where " << *test;
    all += expression + ' ';
  }
  for (const std::string& function : spec::functions_taken_for_granted()) {
    const bool tried = all.find(function + '(') != std::string::npos;
    EXPECT_TRUE(tried) << function;
  }
}

/// Those of PostgreSQL itself are all defined there, and no other has their names in a database without extensions.
TEST_F(NullValues, FunctionsAreTheServersOwn) {
  const postgres::Parameters names{postgres::array_literal(spec::functions_taken_for_granted())};
  const postgres::Rows missing = database_.rows(
      "SELECT n FROM unnest($1::text[]) n WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.proname = n AND "
      "p.pronamespace = 'pg_catalog'::regnamespace)",
      names);
  for (int row = 0; row < missing.size(); ++row) ADD_FAILURE() << missing.string(row, 0);
}

}  // namespace
}  // namespace pgfill::tests
