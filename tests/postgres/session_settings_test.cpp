// What a job writes is what a plain UPDATE of the same session would write, whatever the role and the database have set
// for dates, intervals, bytea, floats and text search; and a job goes on as it began when these settings have changed
// meanwhile.
#include <future>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

constexpr int rows = 3000;

/// A kind of key whose text depends on the settings, or does not.
struct KeyCase {
  std::string name;
  std::string type;
  std::string value;  ///< over i
};

void PrintTo(const KeyCase& key, std::ostream* out) {
  *out << key.name;
}

class SessionSettings : public testing::TestWithParam<KeyCase> {
 protected:
  SessionSettings() : database_(scratch_.conninfo()) {
    settings_.conninfo = scratch_.conninfo();
    become({"timezone = 'America/New_York'", "datestyle = 'SQL, DMY'", "bytea_output = 'escape'",
            "intervalstyle = 'sql_standard'", "extra_float_digits = '-9'",
            "default_text_search_config = 'pg_catalog.english'", "transform_null_equals = on"});
  }

  void become(const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
      database_.execute("ALTER DATABASE " + scratch_.name() + " SET " + setting);
    }
  }

  void make_items() {
    const KeyCase& key = GetParam();
    database_.execute(
        "CREATE TABLE items (id " + key.type +
        " PRIMARY KEY, i int NOT NULL, at timestamptz NOT NULL, raw bytea NOT NULL, span interval NOT NULL, "
        "day date, told text, given date, bytes text, spoken text, local timestamp, number text, words tsvector, "
        "nothing text, "
        "n int DEFAULT 0);"
        "INSERT INTO items (id, i, at, raw, span) SELECT " +
        key.value +
        ", i, '2024-05-01 00:00+00'::timestamptz + i * interval '17 minutes', ('\\x00' || to_hex(i + 4096))::bytea, "
        "make_interval(days => -i, mins => i) FROM generate_series(1, " +
        std::to_string(rows) + ") AS g(i); ANALYZE items; CREATE TABLE plain AS SELECT * FROM items");
  }

  /// Under each setting another value, and under the time zone other rows.
  static JobSpec spec() {
    JobSpec spec;
    spec.job = "meaning";
    spec.schema = "public";
    spec.table = "items";
    spec.set() = {{"day", "at::date"},
                  {"told", "at::text"},
                  {"given", "'05/02/2024'::date + i"},
                  {"bytes", "raw::text"},
                  {"spoken", "span::text"},
                  {"local", "at::timestamp"},
                  {"number", "(i / 3.0::float8)::text"},
                  {"words", "to_tsvector('the running dogs ' || i)"},
                  {"nothing", "(day = NULL)::text"},
                  {"n", "n + 1"}};
    spec.where = "at < '2024-06-01 00:00' AND '13/02/2024'::date < at AND n = 0";
    spec.batch.min_rows = spec.batch.max_rows = 100;
    spec.throttle.courtesy = false;
    return spec;
  }

  /// By a session that has begun with the settings of now.
  void update_plainly() {
    Database session(scratch_.conninfo());
    std::string statement = "UPDATE plain SET ";
    const JobSpec made = spec();
    for (const Assignment& assignment : made.set()) {
      statement += (statement.back() == ' ' ? "" : ", ") + assignment.column + " = " + assignment.expression;
    }
    session.execute(statement + " WHERE " + spec().where);
    ASSERT_LT(session.integer("SELECT count(*) FROM plain WHERE n = 1"), rows);
    ASSERT_GT(session.integer("SELECT count(*) FROM plain WHERE n = 1"), rows / 2);
  }

  void expect_as_plain() {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM (TABLE items EXCEPT TABLE plain) AS other"), 0)
        << database_.value("SELECT min(other::text) FROM (TABLE items EXCEPT TABLE plain) AS other") << "\ninstead of "
        << database_.value("SELECT min(other::text) FROM (TABLE plain EXCEPT TABLE items) AS other");
    EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"),
              database_.integer("SELECT sum(n) FROM plain"));
    EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped"), 0);
  }

  std::future<RunReport> start(Control& control) {
    return std::async(std::launch::async,
                      [this, &control] { return run_job(spec(), settings_, {}, control, watcher_); });
  }
  std::int64_t deferred() { return database_.integer("SELECT count(*) FROM pgfill.skipped WHERE state = 'deferred'"); }

  ScratchDatabase scratch_;
  Database database_;  ///< connected before the settings
  ConnectionSettings settings_;
  Watcher watcher_;
};

TEST_P(SessionSettings, ExpressionsMeanWhatTheyMeanInAPlainUpdate) {
  make_items();
  update_plainly();
  Control control;
  const RunReport report = run_job(spec(), settings_, {}, control, watcher_);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  expect_as_plain();
}

TEST_P(SessionSettings, RowsThatOthersHoldAreDoneAlikeAcrossAStopUnderOtherSettings) {
  make_items();
  update_plainly();
  Database holder(scratch_.conninfo(), "slow application");
  holder.execute("BEGIN; SELECT FROM items WHERE i IN (3, 700, 2635, 2999) FOR UPDATE");
  Control control;
  auto running = start(control);
  // The last of them does not meet the condition, and the one before only in New York.
  ASSERT_TRUE(eventually(30s, [&] { return job_status(settings_, "meaning") && deferred() == 3; }));
  control.stop();
  EXPECT_EQ(running.get().exit, ExitCode::interrupted);
  const std::string keys = database_.value("SELECT array_agg(key ORDER BY key) FROM pgfill.skipped");
  become({"timezone = 'Asia/Kolkata'", "datestyle = 'German, DMY'", "bytea_output = 'hex'",
          "intervalstyle = 'iso_8601'", "extra_float_digits = 0", "default_text_search_config = 'pg_catalog.simple'",
          "transform_null_equals = off"});
  Database teller(scratch_.conninfo());
  teller.execute(
      "SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET bytea_output = 'hex';"
      "SET intervalstyle = 'postgres'; SET extra_float_digits = 3");
  EXPECT_EQ(keys, teller.value("SELECT array_agg(ARRAY[id::text] ORDER BY ARRAY[id::text]) FROM items "
                               "WHERE i IN (3, 700, 2635)"));
  holder.execute("COMMIT");
  Control again;
  const RunReport resumed = start(again).get();
  EXPECT_EQ(resumed.exit, ExitCode::done) << resumed.error.message;
  expect_as_plain();
}

TEST_P(SessionSettings, WhatWasLeftBehindIsFoundAndDoneAlike) {
  make_items();
  Database late(scratch_.conninfo(), "late application");
  const std::string insert = "INSERT INTO %s (id, i, at, raw, span, n) SELECT " + GetParam().value +
                             ", i, '2024-05-31 22:00-04', '\\x07', '-3 days', 0 FROM generate_series(-20, -1) AS g(i)";
  const auto into = [&](const std::string& table) { return std::string(insert).replace(insert.find("%s"), 2, table); };
  late.execute("BEGIN; " + into("items"));
  Control control;
  auto running = start(control);
  ASSERT_TRUE(eventually(30s, [&] {
    const Result<JobStatus> status = job_status(settings_, "meaning");
    return status && status->waiting_for.find("late application") != std::string::npos;
  }));
  late.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  database_.execute(into("plain"));
  update_plainly();
  expect_as_plain();
}

INSTANTIATE_TEST_SUITE_P(
    Keys, SessionSettings,
    testing::Values(
        KeyCase{"bigint", "bigint", "i::bigint * 10"},
        KeyCase{"timestamptz", "timestamptz", "'2024-10-20 00:00+00'::timestamptz + i * interval '11 minutes'"},
        KeyCase{"date", "date", "'2001-01-01'::date + i"},
        KeyCase{"bytea", "bytea", "decode(lpad(to_hex(i + 100), 8, '0'), 'hex') || '\\x5c'::bytea"},
        KeyCase{"interval", "interval", "make_interval(months => i % 7 - 3, days => i * 40 - 60000, secs => i * 7.25)"},
        KeyCase{"float", "float8", "i / 7.0::float8"}),
    [](const testing::TestParamInfo<KeyCase>& key) { return key.param.name; });

}  // namespace
}  // namespace pgfill::tests
