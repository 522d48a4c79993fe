// What is said of NULL by the text of an expression, asked of the server: for every function that is known by name, and
// values at the edges.
#include "spec/null_values.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

/// Every function, operator and type that is known.
constexpr const char* expressions =
    R"(abs(f); ascii(a); btrim(a, b); ceil(n); ceiling(f); char_length(a); character_length(b); chr(i + 1);
convert(y, 'UTF8', 'UTF8'); convert_from(y, 'UTF8'); convert_to(a, 'UTF8'); date_trunc('day', t);
date_trunc('hour', z); decode(encode(y, 'hex'), 'hex'); encode(y, 'base64'); exp(i); floor(f); initcap(a);
left(a, i); length(b); length(y); ln(abs(f) + 1); lower(a); lpad(a, i, b); ltrim(a); md5(a); mod(i, 2);
nextval('numbers'); currval('numbers'); lastval(); setval('numbers', i + 1000); div(n, 2); gcd(i, 4); lcm(i, 4); trunc(n);
timeofday(); txid_current(); normalize(a); octet_length(a); overlay(a placing b from 1); pi(); position(a in b);
power(f, 2); random(); quote_ident(a); regexp_replace(a, 'x', b); repeat(a, i); replace(a, b, 'q');
reverse(a); right(b, i); round(n); round(n, i); rpad(a, 3, b); rtrim(a); sha224(y); sha256(y); sha384(y);
sha512(y); sign(f); split_part(a, b, 1); sqrt(i); strpos(a, b); substr(a, i); substr(a, i, 1);
timezone('UTC', z); t AT TIME ZONE 'UTC'; to_hex(i); to_json(a); to_jsonb(t); translate(a, b, 'z'); upper(b);
clock_timestamp(); concat(a, b); gen_random_uuid(); json_build_array(a); json_build_object('k', a);
jsonb_build_array(a, b); jsonb_build_object('k', i); now(); statement_timestamp(); transaction_timestamp();
a || b; a || i; i + 1; i - n; f * 2; n / 3; i % 2; a = b; a <> b; t < z; z > t; i <= n; f >= i; -f;
t + '1 day'::interval; t - '1 day'::interval; j || '{}'; j - 'a'; a::bytea; i::text; coalesce(a, b);
coalesce(a || b, 'x'); greatest(a, b); least(t, z); a IS NULL; CURRENT_DATE; LOCALTIMESTAMP;
i::bool; b::bpchar; t::date; i::float4; n::float8; i::int2; i::int4; i::int8; (i || ' days')::interval; a::name; i::numeric;
nextval('numbers'::regclass); t::timestamp; t::timestamptz; md5(a)::uuid; a::varchar; to_json(a)::json; to_jsonb(a)::jsonb;
CASE WHEN a > b THEN 'x' ELSE 'y' END; a COLLATE "C")";

class NullValues : public RunJob {
 protected:
  Order order_of(const std::string& expression) {
    JobSpec spec = counter_spec();
    spec.set() = {{"c", expression}};
    spec.where = "c IS NULL";
    spec.order = Order::physical;
    const Result<Plan> plan = plan_job(spec, settings_);
    EXPECT_TRUE(plan) << expression << ": " << plan.error().message;
    return plan ? plan->order : Order::automatic;
  }
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
  for (const std::string& name : spec::names_taken_for_granted()) {
    const bool tried = all.find(name + '(') != std::string::npos || all.find(' ' + name + ' ') != std::string::npos ||
                       all.find("::" + name) != std::string::npos;
    EXPECT_TRUE(tried) << name;
  }
}

/// Which answer as they like.
TEST_F(NullValues, NobodyCanTellWithFunctionsOperatorsAndCastsOfTheDatabase) {
  make_items(0);
  database_.execute("ALTER TABLE items ADD a text, ADD b text, ADD c text");
  for (const char* expression : {"a", "reverse(a)", "a || b", "id"}) EXPECT_EQ(order_of(expression), Order::physical);
  database_.execute(
      "CREATE FUNCTION public.joined(text, text) RETURNS text LANGUAGE sql AS $$SELECT concat($1, $2)$$;"
      "CREATE OPERATOR public.|| (leftarg = text, rightarg = text, function = public.joined);"
      "CREATE FUNCTION public.reverse(text, int) RETURNS text LANGUAGE sql AS $$SELECT concat($1, $2)$$");
  EXPECT_EQ(order_of("reverse(a)"), Order::key);
  EXPECT_EQ(order_of("a || b"), Order::key);
  EXPECT_EQ(order_of("upper(a)"), Order::physical);
  database_.execute(
      "CREATE DOMAIN email AS text; ALTER TABLE items ADD e email; "
      "CREATE FUNCTION public.either(email, text) RETURNS text LANGUAGE sql AS $$SELECT coalesce($1, $2)$$;"
      "CREATE OPERATOR public.= (leftarg = email, rightarg = text, function = public.either); CREATE TABLE date ()");
  EXPECT_EQ(order_of("e = a"), Order::key);
  EXPECT_EQ(order_of("a::date"), Order::key);
  EXPECT_EQ(order_of("e"), Order::physical);
  database_.execute(
      "CREATE FUNCTION public.as_text(bigint) RETURNS text LANGUAGE sql AS $$SELECT coalesce($1::int::text, '-')$$;"
      "DO $$BEGIN CREATE CAST (bigint AS text) WITH FUNCTION public.as_text(bigint) AS ASSIGNMENT; END$$");
  EXPECT_EQ(order_of("id"), Order::key);
  EXPECT_EQ(order_of("a"), Order::physical);
}

TEST_F(NullValues, OfACompositeTypeAreThoseOfItsFields) {
  make_items(0);
  database_.execute(
      "CREATE TYPE address AS (street text, town text); CREATE DOMAIN home AS address;"
      "ALTER TABLE items ADD a address, ADD h home, ADD c address");
  EXPECT_EQ(order_of("a"), Order::key);
  EXPECT_EQ(order_of("'(,)'"), Order::key);
  database_.execute("ALTER TABLE items DROP c, ADD c text");
  EXPECT_EQ(order_of("a::text"), Order::key);
  EXPECT_EQ(order_of("h::text"), Order::key);
  EXPECT_EQ(order_of("a"), Order::key);
}

TEST_F(NullValues, AreToldByNamesThatTheServerHas) {
  const postgres::Parameters names{postgres::array_literal(spec::names_taken_for_granted())};
  const postgres::Rows missing = database_.rows(
      "SELECT n FROM unnest($1::text[]) n WHERE n NOT IN (SELECT proname FROM pg_proc UNION "
      "SELECT oprname FROM pg_operator UNION SELECT typname FROM pg_type)",
      names);
  for (int row = 0; row < missing.size(); ++row) ADD_FAILURE() << missing.string(row, 0);
}

}  // namespace
}  // namespace pgfill::tests
