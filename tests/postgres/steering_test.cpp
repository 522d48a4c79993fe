// People steer a running job from another connection: it obeys soon, whatever it is doing, and acknowledges a request
// only when nothing that it forbids begins any more. A real server.
#include "postgres/steering_fixture.h"

#include "support/http_server.h"

namespace pgfill::tests {
namespace {

TEST_F(Steering, PausesAndResumesARunningJobFromAnotherConnection) {
  start();
  expect_acknowledged(pause_job(settings_, "counter", "checkout is slow"));
  EXPECT_EQ(batches_after_acknowledgement(), 0);
  EXPECT_TRUE(eventually(5s, [&] { return state() == "paused"; })) << state();
  const Result<JobStatus> status = job_status(settings_, "counter");
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->paused && status->acknowledged);
  EXPECT_EQ(status->requested_for, "checkout is slow");
  // The runner reports it with its next heartbeat.
  EXPECT_TRUE(eventually(5s, [&] {
    const Result<JobStatus> later = job_status(settings_, "counter");
    return later && later->held_by && later->held_by->kind == WaitReason::Kind::request;
  }));
  expect_acknowledged(resume_job(settings_, "counter"));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
  expect_each_row_once(120'000);
}

/// As when the request was committed on a primary whose successor had not received it.
TEST_F(Steering, APauseThatTheLedgerHasLostHoldsUntilSomebodyAsksAgain) {
  start();
  expect_acknowledged(pause_job(settings_, "counter", "checkout is slow"));
  database_.execute("UPDATE pgfill.request SET version = version - 1, paused = false");
  EXPECT_TRUE(eventually(5s, [&] {
    return database_.integer(
               "SELECT count(*) FROM pgfill.runner AS r, pgfill.request AS q "
               "WHERE r.acknowledged_version = q.version") == 1;
  }));
  EXPECT_EQ(batches_after_acknowledgement(), 0);
  const auto reason = [&] { return database_.value("SELECT report->>'reason' FROM pgfill.runner"); };
  EXPECT_TRUE(eventually(5s, [&] { return reason().find("on the former primary") != std::string::npos; })) << reason();
  // Another request by the number of one that is known.
  database_.execute("UPDATE pgfill.request SET settings = '{\"workers\": \"3\"}'");
  EXPECT_TRUE(eventually(5s, [&] {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE message LIKE '%workers=3%'") == 1;
  }));
  EXPECT_EQ(batches_after_acknowledgement(), 0);
  expect_acknowledged(resume_job(settings_, "counter"));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
}

TEST_F(Steering, IsObeyedWhileTheJobWaitsForARowThatIsLocked) {
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id % 40 = 0 FOR UPDATE");
  start();
  for (int i = 0; i < 5; ++i) {
    expect_acknowledged(pause_job(settings_, "counter", ""));
    EXPECT_EQ(batches_after_acknowledgement(), 0);
    expect_acknowledged(resume_job(settings_, "counter"));
  }
  holder.execute("ROLLBACK");
  EXPECT_EQ(running_.get().exit, ExitCode::done);
  expect_each_row_once(120'000);
}

TEST_F(Steering, IsObeyedWhileAServiceThatIsAskedDoesNotAnswer) {
  constexpr int no_answer = 0;
  HttpServer silent(no_answer);
  start();
  expect_acknowledged(
      set_job(settings_, "counter", {{"throttle.http", "[{url: \"" + silent.url() + "\", every: 1s}]"}}));
  EXPECT_TRUE(eventually(10s, [&] {
    return database_.integer("SELECT count(*) FROM pgfill.runner WHERE report->>'reason' LIKE '%http%'") == 1;
  }));
  for (int i = 0; i < 5; ++i) {
    expect_acknowledged(pause_job(settings_, "counter", ""));
    expect_acknowledged(resume_job(settings_, "counter"));
  }
  expect_acknowledged(set_job(settings_, "counter", {{"throttle.http", ""}}));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
}

TEST_F(Steering, IsAcknowledgedWithinASecondWhileASignalTakesFiveSecondsToAnswer) {
  // The server cancels the query after a second, which it ignores.
  database_.execute(
      "CREATE FUNCTION slow() RETURNS int LANGUAGE plpgsql AS 'BEGIN"
      "  BEGIN PERFORM pg_sleep(5); EXCEPTION WHEN query_canceled THEN PERFORM pg_sleep(4); END;"
      "  RETURN 0; END'");
  start();
  expect_acknowledged(set_job(settings_, "counter",
                              {{"throttle.signals", "[{name: slow, sql: \"SELECT slow()\", limit: 1, every: 1s}]"}}));
  const auto asked = [&] {
    return database_.integer(
               "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT slow()' AND state = 'active' "
               "AND clock_timestamp() - query_start < interval '3 s'") == 1;
  };
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(eventually(20s, asked));
    expect_acknowledged(pause_job(settings_, "counter", ""));
    EXPECT_EQ(batches_after_acknowledgement(), 0);
    expect_acknowledged(resume_job(settings_, "counter"));
  }
  expect_acknowledged(set_job(settings_, "counter", {{"throttle.signals", ""}}));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
  expect_each_row_once(120'000);
}

TEST_F(Steering, APauseNeedsNoSpecThatThisProgramCanRead) {
  start();
  database_.execute("UPDATE pgfill.job SET spec_yaml = 'written by a newer program: [', canonical = ''");
  expect_acknowledged(pause_job(settings_, "counter", ""));
  EXPECT_EQ(batches_after_acknowledgement(), 0);
  EXPECT_FALSE(set_job(settings_, "counter", {{"batch.time", "5ms"}})) << "a setting is held against the spec";
  expect_acknowledged(resume_job(settings_, "counter"));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
}

TEST_F(Steering, CancelStopsTheJobForGoodUntilItIsResumed) {
  start();
  const Result<Steered> cancelled = cancel_job(settings_, "counter", "not needed");
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_NE(cancelled->answer, Answer::silent);
  const RunReport report = running_.get();
  EXPECT_EQ(report.exit, ExitCode::cancelled);
  EXPECT_NE(report.error.message.find("not needed"), std::string::npos) << report.error.message;
  EXPECT_EQ(state(), "cancelled");
  EXPECT_EQ(run(spec_).exit, ExitCode::cancelled);
  ASSERT_TRUE(resume_job(settings_, "counter"));
  EXPECT_EQ(run(spec_).exit, ExitCode::done);
  expect_each_row_once(120'000);
}

TEST_F(Steering, AJobThatNobodyRunsStaysPausedForTheNextRun) {
  start();
  control_.stop();
  EXPECT_EQ(running_.get().exit, ExitCode::interrupted);
  const Result<Steered> paused = pause_job(settings_, "counter", "until Monday");
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->answer, Answer::no_runner);
  const RunReport refused = run(spec_);
  EXPECT_EQ(refused.exit, ExitCode::paused);
  EXPECT_NE(refused.error.message.find("until Monday"), std::string::npos) << refused.error.message;
  ASSERT_TRUE(resume_job(settings_, "counter"));
  EXPECT_EQ(run(spec_).exit, ExitCode::done);
}

TEST_F(Steering, WhatWasAskedBeforeTheRunIsAcknowledgedAtItsStart) {
  start();
  control_.stop();
  EXPECT_EQ(running_.get().exit, ExitCode::interrupted);
  ASSERT_TRUE(set_job(settings_, "counter", {{"batch.max_rows", "60"}}));
  EXPECT_EQ(run(spec_).exit, ExitCode::done);
  EXPECT_EQ(database_.value("SELECT acknowledged_version FROM pgfill.runner ORDER BY id DESC LIMIT 1"),
            database_.value("SELECT version FROM pgfill.request"));
}

TEST_F(Steering, BudgetsAreTheJobsAndNotTheRuns) {
  const std::string bytes = database_.value("SELECT pg_total_relation_size('items')");
  const auto used = [&](const char* which) {
    return database_.integer(std::string("SELECT ") + which + "((report->>'wal_used')::bigint) FROM pgfill.runner");
  };
  start();
  ASSERT_TRUE(set_job(settings_, "counter", {{"throttle.wal_budget", "10GiB"}}));
  ASSERT_TRUE(pause_job(settings_, "counter", ""));
  ASSERT_TRUE(eventually(10s, [&] { return used("max") > 0; }));
  control_.stop();
  EXPECT_EQ(running_.get().exit, ExitCode::interrupted);
  ASSERT_TRUE(resume_job(settings_, "counter"));
  const std::int64_t before = used("max");
  EXPECT_EQ(run(spec_).exit, ExitCode::done);
  EXPECT_GE(used("max"), before);
  EXPECT_EQ(database_.integer("SELECT (report->>'wal_used')::bigint FROM pgfill.runner ORDER BY id DESC LIMIT 1"),
            used("max"));
  EXPECT_EQ(database_.value("SELECT table_bytes FROM pgfill.job"), bytes);
}

TEST_F(Steering, HasTheSameVerbsAsSqlFunctions) {
  start();
  EXPECT_NE(database_.value("SELECT pgfill.pause('counter', 'incident')").find("obeys within a second"),
            std::string::npos);
  EXPECT_TRUE(eventually(5s, [&] { return state() == "paused"; })) << state();
  EXPECT_THROW(database_.execute("SELECT pgfill.assert_done('counter')"), postgres::Failure);
  EXPECT_THROW(database_.execute("SELECT pgfill.pause('nosuch')"), postgres::Failure);
  EXPECT_THROW(database_.execute("SELECT pgfill.set('counter', 'table', 'other')"), postgres::Failure);
  database_.execute("SELECT pgfill.resume_all()");
  EXPECT_EQ(running_.get().exit, ExitCode::done);
  database_.execute("SELECT pgfill.assert_done('counter')");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.event WHERE kind IN ('pause', 'resume')"), 2);
}

}  // namespace
}  // namespace pgfill::tests
