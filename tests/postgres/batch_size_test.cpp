// How large batches become on real tables: rows of half a megabyte beside an application, batches that cost much
// whatever their rows, and a row that alone is too much.
#include <future>

#include "pgfill/steer.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// What batches a job has made.
class Batches : public Observer {
 public:
  void on_event(const Event& event) override {
    const auto* batch = std::get_if<event::BatchCommitted>(&event.body);
    if (batch == nullptr) return;
    if (count++ == 0) first = batch->rows_walked;
    largest = std::max(largest, batch->rows_walked);
  }
  void on_progress(const Progress&) override {}

  int count = 0;
  std::int64_t first = 0;
  std::int64_t largest = 0;
};

/// Runs one statement over and over, until it is destroyed.
class Application {
 public:
  Application(const std::string& conninfo, std::string statement) {
    running_ = std::async(std::launch::async, [this, conninfo, statement = std::move(statement)] {
      Database session(conninfo, "application");
      while (!over_) session.execute(statement);
    });
  }
  ~Application() {
    over_ = true;
    running_.get();
  }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

 private:
  std::atomic<bool> over_ = false;
  std::future<void> running_;
};

class BatchSize : public testing::Test {
 protected:
  BatchSize() : database_(scratch_.conninfo()) { settings_.conninfo = scratch_.conninfo(); }

  RunReport run(const std::string& statement, bool courtesy = false) {
    Result<JobSpec> spec = parse_statement(statement, "job");
    if (!spec) throw std::runtime_error(spec.error().message);
    spec->throttle.courtesy = courtesy;
    Control control;
    return run_job(*spec, settings_, {}, control, batches_);
  }
  void expect_done(const RunReport& report, const std::string& left) {
    EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM " + left), 0);
  }

  ScratchDatabase scratch_;
  Database database_;
  ConnectionSettings settings_;
  Batches batches_;
};

TEST_F(BatchSize, RowsOfHalfAMegabyteAreDoneAFewAtATimeFromTheFirstBatchOn) {
  database_.execute(
      "CREATE TABLE chat (id bigint PRIMARY KEY, doc jsonb, hits int NOT NULL DEFAULT 0);"
      "WITH long AS (SELECT string_agg(md5(x::text), '') AS text FROM generate_series(1, 16000) AS x) "
      "INSERT INTO chat (id, doc) SELECT g, jsonb_build_object('n', g, 'text', long.text)"
      " FROM generate_series(1, 60) AS g, long;"
      "ANALYZE chat");
  Application application(scratch_.conninfo(),
                          "UPDATE chat SET hits = hits + 1 WHERE id = 1 + floor(random() * 60);"
                          "SELECT pg_sleep(0.02)");
  const RunReport report = run("UPDATE chat SET doc = jsonb_set(doc, '{flag}', 'true') WHERE NOT doc ? 'flag'", true);
  expect_done(report, "chat WHERE NOT doc ? 'flag'");
  EXPECT_LE(batches_.first, 4) << "by the width that the statistics tell";
  EXPECT_LE(batches_.largest, 25) << "fewer than min_rows";
}

TEST_F(BatchSize, ASubSelectThatEachBatchReadsAnewMakesBatchesLarge) {
  database_.execute(
      "CREATE TABLE topics (id bigint PRIMARY KEY, user_id bigint NOT NULL, state text);"
      "CREATE TABLE banned (id bigint PRIMARY KEY);"
      "INSERT INTO topics SELECT g, g % 80000 FROM generate_series(1, 80000) AS g;"
      "INSERT INTO banned SELECT g FROM generate_series(1, 60000) AS g;"
      "ANALYZE");
  const std::string left = "state IS NULL AND user_id NOT IN (SELECT id FROM banned)";
  expect_done(run("UPDATE topics SET state = 'open' WHERE " + left), "topics WHERE " + left);
  EXPECT_LT(batches_.count, 200) << "of 50 rows there would be 1,600";
}

TEST_F(BatchSize, PartitionsThatEachBatchLooksIntoMakeBatchesLarge) {
  database_.execute(
      "CREATE TABLE ev (day int, id bigint, x int, y int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);"
      "DO $$ BEGIN FOR i IN 0..299 LOOP EXECUTE format('CREATE TABLE ev_%s PARTITION OF ev FOR VALUES FROM (%s) TO "
      "(%s)', i, i, i + 1); END LOOP; END $$;"
      "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      // A trigger for statements: the job names the table and no partition.
      "CREATE TRIGGER nothing AFTER UPDATE ON ev FOR EACH STATEMENT EXECUTE FUNCTION nothing();"
      "INSERT INTO ev SELECT g % 300, g, g FROM generate_series(1, 30000) AS g;"
      "ANALYZE ev");
  expect_done(run("UPDATE ev SET y = x WHERE y IS NULL"), "ev WHERE y IS NULL");
  EXPECT_LT(batches_.count, 150) << "of 50 rows there would be 600";
}

TEST_F(BatchSize, ATriggerForEachStatementThatTakesLongMakesBatchesLarge) {
  database_.execute(
      "CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);"
      "INSERT INTO items SELECT g FROM generate_series(1, 20000) AS g;"
      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.08); RETURN NULL; END';"
      "CREATE TRIGGER slowly AFTER UPDATE ON items FOR EACH STATEMENT EXECUTE FUNCTION slowly();"
      "ANALYZE items");
  expect_done(run("UPDATE items SET n = 1 WHERE n = 0"), "items WHERE n <> 1");
  EXPECT_LT(batches_.count, 80);
}

TEST_F(BatchSize, ABatchThatNeverEndsInTimeWhateverItsRowsIsGivenMoreTime) {
  database_.execute(
      "CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0);"
      "INSERT INTO items SELECT g FROM generate_series(1, 3000) AS g;"
      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.8); RETURN NULL; END';"
      "CREATE TRIGGER slowly AFTER UPDATE ON items FOR EACH STATEMENT EXECUTE FUNCTION slowly();"
      "ANALYZE items");
  expect_done(run("UPDATE items SET n = 1 WHERE n = 0"), "items WHERE n <> 1");
  EXPECT_LT(batches_.count, 60);
}

TEST_F(BatchSize, ARowThatAloneHoldsOthersUpForTooLongStopsTheJobAndItSaysWhatToChange) {
  database_.execute(
      "CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, pad text);"
      "INSERT INTO items SELECT g FROM generate_series(1, 40) AS g;"
      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN new; END';"
      "CREATE TRIGGER slowly BEFORE UPDATE OF n ON items FOR EACH ROW WHEN (new.id = 7) EXECUTE FUNCTION slowly();"
      "ANALYZE items");
  const std::string statement = "UPDATE items SET n = 1 WHERE n = 0";
  Application application(scratch_.conninfo(), "UPDATE items SET pad = 'theirs' WHERE id = 7");
  const RunReport stopped = run(statement);
  EXPECT_EQ(stopped.exit, ExitCode::stopped);
  EXPECT_NE(stopped.error.message.find("row (id) = (7)"), std::string::npos) << stopped.error.message;
  EXPECT_NE(stopped.error.hint.find("throttle.lock_wait"), std::string::npos) << stopped.error.hint;
  const Result<Steered> set = set_job(settings_, "job", {{"throttle.lock_wait", "5s"}});
  ASSERT_TRUE(set) << set.error().message;
  expect_done(run(statement), "items WHERE n <> 1");
}

}  // namespace
}  // namespace pgfill::tests
