// Which specs are the same job, and what is said when they are not.
#include "spec/spec_difference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "spec/expression.h"
#include "spec/field_table.h"
#include "unit/spec/spec_mutations.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

JobSpec items() {
  JobSpec spec;
  spec.job = "counter";
  spec.schema = "public";
  spec.table = "items";
  spec.set() = {{"n", "n + 1"}};
  return spec;
}

std::string canonical(std::string_view sql) {
  return canonical_form(parse_statement(sql, "j").value());
}

TEST(CanonicalForm, IsTheSameForTheSameJob) {
  const std::string usual = canonical("UPDATE t SET a = b, c = d WHERE e IS NULL");
  EXPECT_EQ(canonical("update T set  A=B,\n c = D -- x\n where E is null;"), usual);
  EXPECT_EQ(canonical("UPDATE t SET c = d, a = b WHERE e IS NULL"), usual);
  EXPECT_EQ(canonical("UPDATE t AS t SET (a, c) = (b, d) WHERE e IS NULL"), usual);
  EXPECT_EQ(canonical("UPDATE \"t\" SET \"a\" = \"b\", c = (d) WHERE ((e) IS /* */ NULL)"), usual);
}

TEST(CanonicalForm, IsTheSameWrittenAsSqlOrYaml) {
  const auto yaml = parse_with(R"(where: |
  e  is null AND f <> 'X  y' -- not yet
  and g IN (1,2)
set:
  c: >-
    coalesce( D, U.e
    )
  "\"A\"": (B)::INTEGER
alias: u
bound: "open"
workers: 7)");
  ASSERT_TRUE(yaml) << told(yaml);
  EXPECT_EQ(canonical_form(*yaml), canonical("UPDATE t U SET \"A\" = CAST(b AS int), c = COALESCE(d, u.e) "
                                             "WHERE (e IS NULL) AND f != 'X  y' AND g in (1, 2)"));
}

/// No two mean the same.
const std::vector<std::string> expressions = {"a - b - c",
                                              "a - (b - c)",
                                              "(a + b) * c",
                                              "a + b * c",
                                              "'x'",
                                              "'X'",
                                              "'x '",
                                              "\"A\"",
                                              "a",
                                              "a::int",
                                              "a::bigint",
                                              "a::varchar(5)",
                                              "a IS NULL",
                                              "a IS NOT NULL",
                                              "NOT a = b",
                                              "a <> b",
                                              "a = b OR c",
                                              "a = b OR c AND d",
                                              "(a = b OR c) AND d",
                                              "u.a",
                                              "1",
                                              "'1'",
                                              "1.0",
                                              "1.00",
                                              "E'\\\\x'",
                                              "E'\\n'",
                                              "now()",
                                              "\"Now\"()",
                                              "f(a, b)",
                                              "f(b, a)",
                                              "a COLLATE \"C\"",
                                              "a COLLATE \"de_DE\"",
                                              "a ~ 'b'",
                                              "a ~* 'b'",
                                              "a LIKE 'b'",
                                              "a ILIKE 'b'",
                                              "(a).b",
                                              "a.b",
                                              "ARRAY[a, b]",
                                              "ROW(a, b)",
                                              "a[1]",
                                              "a[1:2]",
                                              "a AT TIME ZONE 'UTC'",
                                              "(SELECT b FROM o)",
                                              "EXISTS (SELECT b FROM o)",
                                              "NULL",
                                              "0",
                                              "false",
                                              "true",
                                              "a BETWEEN b AND c",
                                              "a BETWEEN SYMMETRIC b AND c",
                                              "CASE WHEN a THEN b END",
                                              "CASE a WHEN b THEN c END",
                                              "a IN (1, 2)",
                                              "a IN (2, 1)",
                                              "a = ANY (b)",
                                              "a = ALL (b)",
                                              "-a",
                                              "- -a",
                                              "current_date",
                                              "coalesce(a, b)",
                                              "greatest(a, b)",
                                              "least(a, b)",
                                              "a || b || c",
                                              "a || (b || c)"};

TEST(CanonicalForm, DiffersWhereAnExpressionWouldMeanSomethingElse) {
  std::set<std::string> forms;
  for (const std::string& expression : expressions) {
    EXPECT_TRUE(forms.insert(spec::canonical_expression(expression, false)).second) << expression;
  }
}

TEST(CanonicalForm, IsItsOwnCanonicalForm) {
  for (const char* text : {"A+\"b\"", "((a))", "CAST( x AS Numeric(5,2) )", "e'\\x41'", "$$it's$$", "a != ALL(b)",
                           "extract(year FROM a)", "substring(a from 1 for 2)", "trim(both 'x' from a)",
                           "interval '1 day' * 2", "a is not distinct from b", "x'1F'", "(a, b) = (c, d)"}) {
    const std::string once = spec::canonical_expression(text, false);
    EXPECT_EQ(spec::canonical_expression(once, false), once) << text;
  }
}

TEST(CanonicalForm, OfTextThatDoesNotParseStillIgnoresBlanksAndCase) {
  EXPECT_EQ(spec::canonical_expression("A  b c", false), "a b c");
  EXPECT_EQ(spec::canonical_expression("a; DROP", false), "a ; drop");
  EXPECT_EQ(spec::canonical_expression("'open", false), "'open");
  EXPECT_EQ(spec::canonical_expression("a, b", false), "a , b");
  EXPECT_EQ(spec::canonical_expression("b WHERE c", false), "b where c");
}

TEST(CanonicalForm, LeavesKnobsOut) {
  for (const Mutation& mutation : spec_mutations()) {
    if (!mutation.apply) continue;
    JobSpec changed = items();
    mutation.apply(changed);
    EXPECT_EQ(canonical_form(changed) == canonical_form(items()), mutation.change == Change::knob) << mutation.field;
  }
}

TEST(CanonicalForm, HasAKnownSpelling) {
  // The ledger keeps it, with its hash. Where an older form differs, the registered specs themselves are compared.
  EXPECT_EQ(
      canonical("UPDATE s.t SET a = B + 1 WHERE c IS NULL"),
      R"({"format":2,"table":["s","t"],"alias":"t","set":[["a","b + 1"]],"where":"c IS NULL","key":[],"bound":"open"})");
}

TEST(CanonicalForm, OfALargeExpressionIsFoundQuickly) {
  std::string list = "a IN (0";
  for (int i = 1; list.size() < 60'000; ++i) list += ", " + std::to_string(i);
  const auto begin = std::chrono::steady_clock::now();
  const std::string form = spec::canonical_expression(list + ")", true);
  EXPECT_LT(form.size(), 2 * list.size());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
}

TEST(Differences, ClassifyEveryFieldThatWorks) {
  const auto mutations = spec_mutations();
  for (const spec::Field& field : spec::all_fields()) {
    if (!field.works) continue;
    EXPECT_TRUE(std::any_of(mutations.begin(), mutations.end(),
                            [&](const Mutation& mutation) { return mutation.field == field.path; }))
        << field.path << ": say in spec_mutations.h whether it may change between two runs";
  }
}

TEST(Differences, NameTheFieldThatMakesAnotherJobAndNoOther) {
  for (const Mutation& mutation : spec_mutations()) {
    if (!mutation.apply) continue;
    JobSpec changed = items();
    mutation.apply(changed);
    ASSERT_NE(every_field(changed), every_field(items())) << mutation.field;
    for (const auto& found : {spec::differences(items(), changed), spec::differences(changed, items())}) {
      if (mutation.change == Change::knob) {
        EXPECT_TRUE(found.empty()) << mutation.field << " differs as " << spec::described(found.front());
        continue;
      }
      ASSERT_FALSE(found.empty()) << mutation.field;
      bool named = false;
      for (const auto& difference : found) {
        named = named || difference.field == mutation.differs;
        EXPECT_TRUE(difference.field.starts_with(mutation.field)) << spec::described(difference);
      }
      EXPECT_TRUE(named) << mutation.differs << " is not among " << spec::described(found.front());
    }
  }
}

TEST(Differences, ReadAsASentence) {
  JobSpec registered = items();
  registered.where = "account_state IS NULL";
  JobSpec now = registered;
  now.table = "Items";
  now.set() = {{"n", "n +  1"}, {"Pad", "NULL"}};
  now.where = "account_state IS NULL AND id > 5";
  now.key = {"tenant", "Id"};
  now.bound = Bound::at_start;
  std::vector<std::string> lines;
  for (const auto& difference : spec::differences(registered, now)) lines.push_back(spec::described(difference));
  EXPECT_EQ(lines, (std::vector<std::string>{
                       R"(table: was "public.items", now "public."Items"")", R"(set."Pad": was not set, now "NULL")",
                       R"(where: was "account_state IS NULL", now "account_state IS NULL AND id > 5")",
                       R"(key: was chosen from the catalogue, now [tenant, "Id"])", "bound: was open, now at_start"}));
}

TEST(Differences, OfLongValuesShowTheirPlace) {
  JobSpec registered = items();
  std::string list = "n IN (1000";
  for (int i = 1001; i < 1400; ++i) list += ", " + std::to_string(i);
  registered.where = list + ")";
  JobSpec now = registered;
  now.where.replace(now.where.find("1234"), 4, "4321");
  const auto found = spec::differences(registered, now);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LE(spec::described(found[0]).size(), 400U);
  EXPECT_NE(found[0].registered.find("1233, 1234, 1235"), std::string::npos) << found[0].registered;
  EXPECT_NE(found[0].now.find("1233, 4321, 1235"), std::string::npos) << found[0].now;
}

TEST(Differences, HoldNoControlCharacters) {
  JobSpec now = items();
  now.set()[0].expression = "'\x1b[2J\n'";
  now.table = "i\ntems";
  for (const auto& difference : spec::differences(items(), now)) {
    for (const char c : spec::described(difference)) EXPECT_FALSE(c >= 0 && c < ' ');
  }
}

}  // namespace
}  // namespace pgfill::test
