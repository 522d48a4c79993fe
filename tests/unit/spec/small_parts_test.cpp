// Durations, suggestions, SQL names, job names and YAML scalars, each by itself.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "parse/source_text.h"
#include "parse/sql_name.h"
#include "spec/did_you_mean.h"
#include "spec/duration.h"
#include "spec/job_name.h"
#include "spec/sql_functions.h"

namespace pgfill::spec {
namespace {

using std::chrono::milliseconds;

TEST(Duration, CarriesItsUnit) {
  const std::pair<const char*, long> samples[] = {{"0ms", 0},     {"300ms", 300},     {"2s", 2000},
                                                  {"1m", 60'000}, {"4h", 14'400'000}, {"7d", 604'800'000},
                                                  {"007s", 7000}};
  for (const auto& [text, count] : samples) EXPECT_EQ(parse_duration(text), milliseconds{count}) << text;
}

TEST(Duration, RefusesEveryOtherSpelling) {
  for (const char* text : {"", "200", "ms", "1.5s", "-1s", "+1s", "1 s", " 1s", "1s ", "1S", "1sec", "1m30s", "1us",
                           "0x1s", "99999999999999999999s", "9223372036854775807d", "1000000d", "1e3ms"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_FALSE(duration_advice(text).empty());
  }
  EXPECT_EQ(duration_advice("200"), "write 200ms");
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const long count : {0L, 1L, 999L, 1000L, 1500L, 60'000L, 90'000L, 3'600'000L, 86'400'000L, 86'400'001L}) {
    EXPECT_EQ(parse_duration(format_duration(milliseconds{count})), milliseconds{count}) << count;
  }
  EXPECT_EQ(format_duration(milliseconds{1500}), "1500ms");
  EXPECT_EQ(format_duration(milliseconds{120'000}), "2m");
}

TEST(EditDistance, CountsSlipsOfTheHand) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("where", "wher"), 1U);
  EXPECT_EQ(edit_distance("where", "wehre"), 1U);
  EXPECT_EQ(edit_distance("where", "there"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);
}

TEST(DidYouMean, SuggestsOnlyWhatIsNear) {
  EXPECT_EQ(did_you_mean("tabel", {"job", "table", "set"}), "table");
  EXPECT_EQ(did_you_mean("WORKERS", {"workers"}), "workers");
  EXPECT_EQ(did_you_mean("xyz", {"job", "table", "set"}), std::nullopt);
  EXPECT_EQ(did_you_mean("", {"job"}), std::nullopt);
  EXPECT_EQ(did_you_mean("x", {"y"}), std::nullopt);
  EXPECT_EQ(did_you_mean(std::string(100'000, 'a'), {"job"}), std::nullopt);
}

TEST(SqlName, FoldsAsTheServerDoes) {
  const std::pair<const char*, std::vector<std::string>> samples[] = {{"users", {"users"}},
                                                                      {"Users", {"users"}},
                                                                      {"\"Users\"", {"Users"}},
                                                                      {"a.B", {"a", "b"}},
                                                                      {"\"a.b\".c", {"a.b", "c"}},
                                                                      {"\"say \"\"hi\"\"\"", {"say \"hi\""}},
                                                                      {"_x$1", {"_x$1"}},
                                                                      {"größe", {"größe"}},
                                                                      {"ÄB", {"Äb"}},
                                                                      {"a.\"B c\".d", {"a", "B c", "d"}}};
  for (const auto& [text, parts] : samples) {
    const auto parsed = parse::parse_name(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, parts) << text;
  }
}

TEST(SqlName, RefusesWhatIsNone) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "1a", "$a", "a-b", "a b", " a", "a ", "\"a", "a\"b\"", "\"a\"b",
                           "\"\"", "a;", "a(b)", "'a'"}) {
    EXPECT_FALSE(parse::parse_name(text)) << text;
  }
  EXPECT_TRUE(parse::parse_name(std::string(63, 'a')));
  EXPECT_FALSE(parse::parse_name(std::string(64, 'a')));
}

TEST(SqlName, WrittenNamesReadBack) {
  for (const std::string name : {"a", "A", "a b", "a\"b", "a.b", "1", "größe", "Ä", "a$", "$", "\n", "select", "a'b"}) {
    const auto parsed = parse::parse_name(parse::write_name(name));
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(*parsed, std::vector<std::string>{name});
  }
  EXPECT_EQ(parse::write_name("users"), "users");
}

TEST(JobName, ComesFromTableAndColumns) {
  EXPECT_EQ(make_job_name("users", {"account_state"}), "users-account-state");
  EXPECT_EQ(make_job_name("Users", {"a__b", "_c_"}), "users-a-b-c");
}

TEST(JobName, IsAlwaysLegalAndTellsLongNamesApart) {
  const std::string long_name(63, 'x');
  const std::string first = make_job_name(long_name, {"a"});
  const std::string second = make_job_name(long_name, {"b"});
  EXPECT_TRUE(is_job_name(first)) << first;
  EXPECT_EQ(first.size(), 63U);
  EXPECT_NE(first, second);
  EXPECT_EQ(first, make_job_name(long_name, {"a"}));
  EXPECT_NE(make_job_name("users", {"ä"}), make_job_name("users", {"ö"}));
  for (const std::string table : {"ä", "-", "", "a b", "\"", "_"}) {
    EXPECT_TRUE(is_job_name(make_job_name(table, {"ö"}))) << make_job_name(table, {"ö"});
  }
}

TEST(JobName, IsStableForEver) {
  // A changed name would start finished jobs anew.
  EXPECT_EQ(make_job_name(std::string(70, 'x'), {"a"}),
            std::string(54, 'x') + "-" + make_job_name(std::string(70, 'x'), {"a"}).substr(55));
  EXPECT_EQ(make_job_name("users", {"größe"}), "users-gr-e-e8f8156f");
}

TEST(SourceText, FindsLinesAndClampsPlaces) {
  const parse::SourceText source("f", "ab\r\ncd\n\nlast");
  EXPECT_EQ(source.place(0).line_text, "ab");
  EXPECT_EQ(source.place(5).line, 2);
  EXPECT_EQ(source.place(5).column, 2);
  EXPECT_EQ(source.place(8, 100).length, 4);
  EXPECT_EQ(source.place(999).line, 4);
  EXPECT_EQ(source.offset_of(1, 1), 5U);
  EXPECT_EQ(source.offset_of(99, 0), 12U);
  EXPECT_EQ(source.line(2), "");
  EXPECT_EQ(parse::SourceText("f", std::string_view("x", 1)).place(0).line_text, "x");
}

TEST(SourceText, ShowsNoExcerptOfEndlessLines) {
  const std::string text(5000, 'x');
  EXPECT_EQ(parse::SourceText("f", text).place(4000).line_text, "");
  EXPECT_EQ(parse::SourceText("f", text).place(4000).column, 4001);
}

TEST(SourceText, QuotesForMessages) {
  EXPECT_EQ(parse::in_quotes("a"), "\"a\"");
  EXPECT_EQ(parse::in_quotes("a\nb\x1b\xC2\x9B\xFF"), "\"a\\nb\\x1B\\xC2\\x9B\\xFF\"");
  EXPECT_EQ(parse::in_quotes("ö"), "\"ö\"");
  EXPECT_LT(parse::in_quotes(std::string(100'000, 'x')).size(), 200U);
}

TEST(SqlFunctions, AreKnownByKind) {
  EXPECT_EQ(kind_of_function("sum"), FunctionKind::aggregate);
  EXPECT_EQ(kind_of_function("regr_slope"), FunctionKind::aggregate);
  EXPECT_EQ(kind_of_function("jsonb_each"), FunctionKind::set_returning);
  EXPECT_EQ(kind_of_function("pg_advisory_lock"), FunctionKind::side_effect);
  EXPECT_EQ(kind_of_function("uuid_generate_v4"), FunctionKind::per_random);
  for (const char* of_16_to_18 : {"random_normal", "array_sample", "array_shuffle", "uuidv4", "uuidv7"})
    EXPECT_EQ(kind_of_function(of_16_to_18), FunctionKind::per_random) << of_16_to_18;
  for (const char* of_16 : {"any_value", "json_agg_strict", "jsonb_object_agg_unique"})
    EXPECT_EQ(kind_of_function(of_16), FunctionKind::aggregate) << of_16;
  EXPECT_EQ(kind_of_function("currval"), FunctionKind::session_bound);
  for (const char* name : {"now", "summary", "su", "", "upper", "pg_advisory", "lower"}) {
    EXPECT_EQ(kind_of_function(name), FunctionKind::ordinary) << name;
  }
}

}  // namespace
}  // namespace pgfill::spec
