// What pgfill init prints reads back to the same spec, whatever the names and expressions hold.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "spec/yaml_scalar.h"
#include "unit/spec/spec_samples.h"

namespace pgfill::test {
namespace {

void expect_round_trip(const JobSpec& spec) {
  const std::string yaml = to_yaml(spec);
  const auto again = parse_spec(yaml, "x.yaml");
  ASSERT_TRUE(again) << yaml << told(again);
  EXPECT_EQ(every_field(*again), every_field(spec)) << yaml;
  EXPECT_TRUE(again->throttle == spec.throttle) << yaml;
}

TEST(ToYaml, PrintsACommentedSpec) {
  const auto spec = parse_statement("UPDATE users SET account_state = user_status WHERE account_state IS NULL");
  ASSERT_TRUE(spec);
  const std::string yaml = to_yaml(*spec);
  EXPECT_NE(yaml.find("\njob: users-account-state\ntable: users\nset:"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("\n  account_state: user_status\nwhere: account_state IS NULL\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("\n# workers: auto"), std::string::npos) << yaml;
  expect_round_trip(*spec);
}

TEST(ToYaml, KeepsEveryField) {
  JobSpec spec;
  spec.job = "123";
  spec.schema = "My Schema";
  spec.table = "null";
  spec.alias = "say \"hi\"";
  spec.only = true;
  spec.set() = {{"a: b", "1"}, {"#c", "NULL"}, {"<<", "true"}, {"größe", "'ö'"}, {"it's", "'it''s'"}};
  spec.where = "a\n  AND b = 'x: #y'";
  spec.key = {"Id", "a,b", "[c]"};
  spec.bound = Bound::at_start;
  spec.connection = {{"host", "/var/run"}, {"options", "-c a=b # \"c\" \\ 'd'"}, {"port", "5432"}, {"user", "null"}};
  spec.batch = {std::chrono::milliseconds{500}, 1, 1};
  spec.workers = 64;
  spec.stripes = Stripes::off;
  spec.order = Order::key;
  spec.bad_rows = {BadRows::Action::quarantine, 0};
  spec.assume = {{"", "f", Assumption::Effect::harmless}, {"My Schema", "null: #", Assumption::Effect::reads_table}};
  spec.owner = " #1: 'null' ";
  spec.runbook = "https://wiki.example/a?b=c#d";
  expect_round_trip(spec);
  spec.bad_rows = {BadRows::Action::stop, 1'000'000};
  expect_round_trip(spec);
}

TEST(ToYaml, KeepsWhatAStatementSays) {
  for (const char* sql : {
           "UPDATE a.\"B c\" AS \"d\"\"e\" SET \"f g\" = 1 WHERE true",
           "UPDATE t SET a = 'line one\nline two', b = E'\\n'",
           "UPDATE t SET a = '  leading and trailing  '",
           "UPDATE t SET a = 'blank line\n\nbehind' || $$\n\n$$",
           "UPDATE t SET a = '\ttab\t' WHERE b =\n\t'c'",
           "UPDATE t SET a = ': # - ? [ ] { } , & * ! | > % @ ` \" \\ ''' WHERE b = '#'",
           "UPDATE t SET a = 'null', b = NULL, c = 007, d = 1e5, e = .5, f = - 1, g = ~ 1",
           "UPDATE t SET a = 'ünï\xF0\x9F\x98\x80 \xE2\x80\xA8 x'",
           "UPDATE t SET a = CASE WHEN b\n    THEN 1 -- one\n\n    ELSE 2\n  END",
           "UPDATE t SET a = b::text, c = d::int[], e = f[1:2]",
           "UPDATE t SET a = 'one '\n  ' two'",
           "UPDATE t SET a = 'trailing blank \nnext'",
           "UPDATE t SET a = 'crlf\r\nend'",
       }) {
    const auto spec = parse_statement(sql);
    ASSERT_TRUE(spec) << sql << told(spec);
    expect_round_trip(*spec);
  }
}

TEST(ToYaml, KeepsRandomStrings) {
  const std::vector<std::string> pieces = {
      "a",  "B",   " ",  "\n", "\t", "'",  "\"", "\\",   ":",  "#",    "-",           "|",
      ">",  "%",   "@",  "`",  "&",  "*",  "!",  "{",    "}",  "[",    "]",           ",",
      "?",  "~",   "ö",  "1",  ". ", "<<", "= ", "--",   "/*", "null", "\xC2\xA0",    "\xE2\x80\xA8",
      "  ", "\n ", ": ", " #", "$",  ";",  "0x", "\r\n", "e5", "---",  "\xEF\xBB\xBF"};
  std::mt19937 random(7);
  const auto text = [&](int most) {
    std::string result;
    for (unsigned count = random() % static_cast<unsigned>(most); count > 0; --count) {
      result += pieces[random() % pieces.size()];
    }
    return result;
  };
  const auto literal = [&] {
    std::string result = "'";
    for (const char c : text(14)) result += c == '\'' ? std::string("''") : std::string(1, c);
    return result + "'";
  };
  for (int round = 0; round < 2000; ++round) {
    JobSpec spec;
    spec.job = "j";
    spec.schema = random() % 2 == 0 ? "" : "s" + text(5);
    spec.table = "t" + text(8);
    spec.set() = {{"c" + text(8), literal() + (random() % 2 == 0 ? "\n  || " : " || ") + literal()}};
    if (random() % 2 == 0) spec.where = "x = " + literal();
    if (random() % 2 == 0) spec.key = {"k" + text(8)};
    if (random() % 2 == 0) spec.connection = {{"host", "h" + text(8)}};
    expect_round_trip(spec);
    if (::testing::Test::HasFailure()) FAIL() << "round " << round;
  }
}

TEST(YamlScalar, LeavesOrdinaryTextPlain) {
  EXPECT_EQ(spec::yaml_scalar("user_status"), "user_status");
  EXPECT_EQ(spec::yaml_scalar("account_state IS NULL"), "account_state IS NULL");
  EXPECT_EQ(spec::yaml_scalar("5432"), "5432");
  for (const char* text :
       {"null", "NULL", "true", "Yes", "1.5", "0x1", "007", "", " a", "a ", "a: b", "a:", "- a", "#", "a #b"}) {
    const char first = spec::yaml_scalar(text).front();
    EXPECT_TRUE(first == '"' || first == '\'') << text;
  }
}

}  // namespace
}  // namespace pgfill::test
