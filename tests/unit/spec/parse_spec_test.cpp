// What a spec may say and how its errors point at the place: parse_spec and load_spec on the way a person uses them.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "unit/spec/refused_spec.h"

namespace pgfill::test {
namespace {

TEST(ParseSpec, ReadsEveryFieldThatWorks) {
  const auto spec = parse_spec(R"(version: 1
job: users-account-state
table: Public."Users"
alias: U
set: {account_state: user_status, "\"Changed At\"": now()}
where: account_state IS NULL
key: [tenant, "\"Id\""]
bound: at_start
connection: {service: prod-primary, port: 5433}
batch: {time: 200ms, min_rows: 10, max_rows: 1000000}
workers: 64
bad_rows: {action: quarantine, at_most: 0}
owner: "Team Konten: ö"
runbook: https://wiki.example/acc-311
)",
                               "x.yaml");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->job, "users-account-state");
  EXPECT_EQ(spec->schema, "public");
  EXPECT_EQ(spec->table, "Users");
  EXPECT_EQ(spec->alias, "u");
  ASSERT_EQ(spec->set().size(), 2U);
  EXPECT_EQ(spec->set()[0].column, "account_state");
  EXPECT_EQ(spec->set()[0].expression, "user_status");
  EXPECT_EQ(spec->set()[1].column, "Changed At");
  EXPECT_EQ(spec->where, "account_state IS NULL");
  EXPECT_EQ(spec->key, (std::vector<std::string>{"tenant", "Id"}));
  EXPECT_EQ(spec->bound, Bound::at_start);
  EXPECT_EQ(spec->connection.at(1).first, "port");
  EXPECT_EQ(spec->connection[1].second, "5433");
  EXPECT_EQ(spec->batch.target_time, std::chrono::milliseconds{200});
  EXPECT_EQ(spec->batch.min_rows, 10);
  EXPECT_EQ(spec->batch.max_rows, 1'000'000);
  EXPECT_EQ(spec->workers, 64);
  EXPECT_EQ(spec->bad_rows.action, BadRows::Action::quarantine);
  EXPECT_EQ(spec->bad_rows.at_most, 0);
  EXPECT_EQ(spec->owner + ' ' + spec->runbook, "Team Konten: ö https://wiki.example/acc-311");
}

TEST(ParseSpec, FourLinesAreEnoughAndTheRestHasDefaults) {
  const auto spec = parse_with("set: {a: b}");
  ASSERT_TRUE(spec) << spec.error().message;
  const JobSpec usual;
  EXPECT_EQ(spec->schema, "");
  EXPECT_EQ(spec->where, "");
  EXPECT_TRUE(spec->key.empty());
  EXPECT_EQ(spec->bound, Bound::open);
  EXPECT_EQ(spec->batch.target_time, usual.batch.target_time);
  EXPECT_EQ(spec->batch.min_rows, 50);
  EXPECT_EQ(spec->batch.max_rows, 50'000);
  EXPECT_EQ(spec->workers, 0);
  EXPECT_EQ(spec->bad_rows.action, BadRows::Action::stop);
  EXPECT_EQ(spec->bad_rows.at_most, 100);
  EXPECT_EQ(spec->owner + spec->runbook, "");
}

TEST(ParseSpec, AcceptsYamlsUsualSpellings) {
  for (const char* lines : {"set:\n  a: b", "set:\n  a: |-\n    b", "set:\n  a: 'b'", "set: {a: b} # comment",
                            "\"set\": {a: b}", "set:\r\n  a: b\r", "? set\n: {a: b}", "set: {a: b}\n..."}) {
    const auto spec = parse_with(lines);
    ASSERT_TRUE(spec) << lines << '\n' << spec.error().message;
    EXPECT_EQ(spec->set().at(0).expression, "b") << lines;
  }
  EXPECT_TRUE(parse_spec("---\n" + spec_with("set: {a: b}"), "x.yaml"));
  EXPECT_TRUE(parse_spec("%YAML 1.2\n---\n" + spec_with("set: {a: b}"), "x.yaml"));
  EXPECT_TRUE(parse_spec("\xEF\xBB\xBF" + spec_with("set: {a: b}"), "x.yaml"));
}

TEST(ParseSpec, TakesValuesAsSqlTextWhateverYamlCallsThem) {
  const auto spec = parse_with("set: {a: NULL, b: null, c: false, d: 1.50, e: -3, f: '''null'''}\nwhere: true");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->set().at(0).expression, "NULL");
  EXPECT_EQ(spec->set().at(1).expression, "null");
  EXPECT_EQ(spec->set().at(2).expression, "false");
  EXPECT_EQ(spec->set().at(3).expression, "1.50");
  EXPECT_EQ(spec->set().at(5).expression, "'null'");
  EXPECT_EQ(spec->where, "true");
}

TEST(ParseSpec, OneBatchLimitMovesTheDefaultOfTheOther) {
  const auto small = parse_with("set: {a: b}\nbatch: {max_rows: 10}");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->batch.min_rows, 10);
  const auto large = parse_with("set: {a: b}\nbatch: {min_rows: 90000}");
  ASSERT_TRUE(large);
  EXPECT_EQ(large->batch.max_rows, 90'000);
}

TEST(ParseSpec, PointsAtFieldsItDoesNotTake) {
  const Refused samples[] = {
      {"set: {a: b}\nwher: x", ErrorCode::spec_unknown_field, 5, 1, "wher", "did you mean \"where\"?"},
      {"set: {a: b}\nWHERE: x", ErrorCode::spec_unknown_field, 5, 1, "WHERE", "did you mean \"where\"?"},
      {"set: {a: b}\nxyzzy: x", ErrorCode::spec_unknown_field, 5, 1, "xyzzy", "jobs/README.md"},
      {"set: {a: b}\nmax_rows: 3", ErrorCode::spec_unknown_field, 5, 1, "max_rows", "belongs below \"batch\""},
      {"set: {a: b}\nbatch.time: 3s", ErrorCode::spec_unknown_field, 5, 1, "batch.time", "unknown field"},
      {"set: {a: b}\nbatch: {tiem: 2s}", ErrorCode::spec_unknown_field, 5, 9, "tiem", "did you mean \"time\"?"},
      {"set: {a: b}\nbatch: {workers: 2}", ErrorCode::spec_unknown_field, 5, 9, "workers", "at the top of the spec"},
      {"set: {a: b}\nundo: {keep: 7d}", ErrorCode::spec_not_yet, 5, 1, "undo",
       "field \"undo\" is not supported by this version"},
      {"set: {a: b}\nset: {c: d}", ErrorCode::spec_duplicate_field, 5, 1, "set", "first on line 4"},
      {"set: {a: b, a: c}", ErrorCode::spec_duplicate_field, 4, 13, "a", "given twice"},
      {"set: {a: b, A: c}", ErrorCode::spec_duplicate_field, 4, 13, "A", "set twice"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseSpec, PointsAtWhatIsWrongWithAValue) {
  const Refused samples[] = {
      {"where: x", ErrorCode::spec_missing_field, 1, 1, "v", "field \"set\" is missing"},
      {"set: {}", ErrorCode::spec_bad_value, 4, 6, "{", "write a map"},
      {"set: a = b", ErrorCode::spec_bad_value, 4, 6, "a = b", "write a map"},
      {"set: {a: }", ErrorCode::spec_bad_value, 4, 7, "a", "needs one SQL expression"},
      {"set: {a: ~}", ErrorCode::spec_bad_value, 4, 7, "a", "needs one SQL expression"},
      {"set: {a: [b]}", ErrorCode::spec_bad_value, 4, 10, "[", "needs one SQL expression"},
      {"set: {a: b}\nkey: id", ErrorCode::spec_bad_value, 5, 6, "id", "write a list: [id]"},
      {"set: {a: b}\nkey: []", ErrorCode::spec_bad_value, 5, 6, "[", "list"},
      {"set: {a: b}\nkey: [id, ID]", ErrorCode::spec_bad_value, 5, 11, "ID", "listed twice"},
      {"set: {a: b}\nkey: [x.id]", ErrorCode::spec_bad_value, 5, 7, "x.id", "one name"},
      {"set: {a: b}\nkey: [[id]]", ErrorCode::spec_bad_value, 5, 7, "[", "column name"},
      {"set: {ID: 1}\nkey: [id]", ErrorCode::sql_not_batchable, 4, 7, "ID", "part of the key"},
      {"set: {a: b}\nbound: at-start", ErrorCode::spec_bad_value, 5, 8, "at-start", "did you mean \"at_start\"?"},
      {"set: {a: b}\nbatch: {time: 200}", ErrorCode::spec_bad_value, 5, 15, "200", "write 200ms"},
      {"set: {a: b}\nbatch: {time: 2s}", ErrorCode::spec_bad_value, 5, 15, "2s", "1ms to 500ms"},
      {"set: {a: b}\nbatch: {time: 0ms}", ErrorCode::spec_bad_value, 5, 15, "0ms", "1ms to 500ms"},
      {"set: {a: b}\nbatch: 200ms", ErrorCode::spec_bad_value, 5, 8, "200ms", "write a map"},
      {"set: {a: b}\nbatch: {min_rows: 0}", ErrorCode::spec_bad_value, 5, 19, "0", "1 to 1000000"},
      {"set: {a: b}\nbatch: {min_rows: 9, max_rows: 8}", ErrorCode::spec_bad_value, 5, 19, "9", "larger than"},
      {"set: {a: b}\nworkers: 65", ErrorCode::spec_bad_value, 5, 10, "65", "1 to 64"},
      {"set: {a: b}\nworkers: many", ErrorCode::spec_bad_value, 5, 10, "many", "1 to 64; or auto"},
      {"set: {a: b}\nworkers: 4.0", ErrorCode::spec_bad_value, 5, 10, "4.0", "whole number"},
      {"set: {a: b}\nworkers: -1", ErrorCode::spec_bad_value, 5, 10, "-1", "1 to 64"},
      {"set: {a: b}\nworkers: 99999999999", ErrorCode::spec_bad_value, 5, 10, "99999999999", "1 to 64"},
      {"set: {a: b}\nworkers:", ErrorCode::spec_bad_value, 5, 1, "workers", "has no value"},
      {"set: {a: b}\nwhere: [x]", ErrorCode::spec_bad_value, 5, 8, "[", "cannot be a list"},
      {"set: {a-b: 1}", ErrorCode::spec_bad_value, 4, 7, "a-b", "not a name"},
      {"set: {a.b: 1}", ErrorCode::spec_bad_value, 4, 7, "a.b", "too many parts"},
      {"set: {a: b}\nalias: 1x", ErrorCode::spec_bad_value, 5, 8, "1x", "not a name"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseSpec, PointsIntoTheSqlOfAnExpression) {
  const Refused samples[] = {
      {"set: {a: b + + }", ErrorCode::sql_syntax, 4, 15, " ", "syntax error at end of input"},
      {"set: {a: 'b = = c'}", ErrorCode::sql_syntax, 4, 15, "=", "syntax error at or near \"=\""},
      {"set: {ä: 'ö', b: \"c = = d\"}", ErrorCode::sql_syntax, 4, 25, "=", "syntax error"},
      {"set: {a: b}\nwhere: |\n  a IS NULL\n  AND b = = 3", ErrorCode::sql_syntax, 7, 11, "=", "syntax error"},
      {"set: {a: b}\nwhere: >\n  a IS NULL\n  AND b = = 3", ErrorCode::sql_syntax, 5, 8, ">", "syntax error"},
      {"set: {a: \"b \\x3D = c\"}", ErrorCode::sql_syntax, 4, 10, "\"b \\x3D = c\"", "syntax error"},
      {"set: {a: sum(b)}", ErrorCode::sql_not_batchable, 4, 10, "sum", "aggregate sum()"},
      {"set: {a: b}\nwhere: id IN (SELECT id FROM o LIMIT 5)", ErrorCode::sql_not_batchable, 5, 11, "IN", "LIMIT"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(ParseSpec, RefusesTablesAndJobsWithImpossibleNames) {
  const std::string long_name(64, 'x');
  const std::pair<std::string, ErrorCode> samples[] = {
      {"job: Users\ntable: t", ErrorCode::spec_bad_value},
      {"job: a b\ntable: t", ErrorCode::spec_bad_value},
      {"job: ''\ntable: t", ErrorCode::spec_bad_value},
      {"job: " + long_name + "\ntable: t", ErrorCode::spec_bad_value},
      {"job: [j]\ntable: t", ErrorCode::spec_bad_value},
      {"job: j\ntable: a.b.c", ErrorCode::spec_bad_value},
      {"job: j\ntable: a-b", ErrorCode::spec_bad_value},
      {"job: j\ntable: a..b", ErrorCode::spec_bad_value},
      {"job: j\ntable: '\"a'", ErrorCode::spec_bad_value},
      {"job: j\ntable: '\"\"'", ErrorCode::spec_bad_value},
      {"job: j\ntable: " + long_name, ErrorCode::name_too_long},
      {"job: j\ntable: a." + long_name, ErrorCode::name_too_long},
  };
  for (const auto& [lines, code] : samples) {
    const auto result = parse_spec("version: 1\n" + lines + "\nset: {a: b}\n", "x.yaml");
    ASSERT_FALSE(result) << lines;
    EXPECT_EQ(result.error().code, code) << lines << '\n' << result.error().message;
    EXPECT_GE(result.error().place.line, 2) << lines;
  }
}

TEST(ParseSpec, ReadsOnlyVersionOne) {
  for (const char* version : {"2", "1.0", "one", "'01'", "[1]", ""}) {
    const auto result = parse_spec("version: " + std::string(version) + "\njob: j\ntable: t\nset: {a: b}\n", "x.yaml");
    ASSERT_FALSE(result) << version;
    EXPECT_EQ(result.error().code, ErrorCode::spec_bad_value) << version;
  }
}

TEST(ParseSpec, NeverTakesNorShowsAPassword) {
  for (const char* connection : {"{password: secret}", "{sslpassword: secret}", "{host: h, password: secret}",
                                 "{dbname: 'postgres://u:secret@h/d'}", "{dbname: 'dbname=d password=secret'}"}) {
    const auto result = parse_with("set: {a: b}\nconnection: " + std::string(connection));
    ASSERT_FALSE(result) << connection;
    EXPECT_EQ(all_words(result.error()).find("secret"), std::string::npos);
    EXPECT_EQ(result.error().place.line_text, "");
    EXPECT_EQ(result.error().place.line, 5);
  }
  const auto result = parse_with("set: {a: b}\nconnection: {password: x}");
  EXPECT_EQ(result.error().code, ErrorCode::password_on_command);
  EXPECT_NE(result.error().hint.find("pgpass"), std::string::npos);
}

TEST(ParseSpec, ChecksConnectionKeywords) {
  const Refused samples[] = {
      {"set: {a: b}\nconnection: {hots: x}", ErrorCode::spec_unknown_field, 5, 14, "hots", "did you mean \"host\"?"},
      {"set: {a: b}\nconnection: {application_name: x}", ErrorCode::spec_unknown_field, 5, 14, "application_name",
       "names its own sessions"},
      {"set: {a: b}\nconnection: {host: }", ErrorCode::spec_bad_value, 5, 14, "host", "needs one value"},
      {"set: {a: b}\nconnection: {host: [a]}", ErrorCode::spec_bad_value, 5, 20, "[", "needs one value"},
      {"set: {a: b}\nconnection: prod", ErrorCode::spec_bad_value, 5, 13, "prod", "write a map"},
  };
  for (const Refused& sample : samples) expect_refused(sample);
}

TEST(LoadSpec, ReadsAFileAndNamesItInErrors) {
  std::string path = std::filesystem::temp_directory_path() / "pgfill_spec_XXXXXX";
  const int descriptor = mkstemp(path.data());
  ASSERT_GE(descriptor, 0);
  close(descriptor);
  std::ofstream(path) << spec_with("set: {a: b}");
  const auto good = load_spec(path);
  std::ofstream(path) << spec_with("set: {a: sum(b)}");
  const auto bad = load_spec(path);
  std::remove(path.c_str());
  EXPECT_TRUE(good) << told(good);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().place.file, path);
}

TEST(LoadSpec, SaysWhyAFileCannotBeRead) {
  const auto missing = load_spec("/nonexistent/x.yaml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::spec_unreadable);
  EXPECT_NE(missing.error().message.find("No such file"), std::string::npos) << missing.error().message;
  const auto directory = load_spec("/tmp");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::spec_unreadable);
  EXPECT_NE(directory.error().message.find("directory"), std::string::npos);
  const auto endless = load_spec("/dev/zero");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::spec_too_large);
}

}  // namespace
}  // namespace pgfill::test
