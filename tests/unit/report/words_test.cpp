#include "report/words.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pgfill::report {
namespace {

using namespace std::chrono_literals;

template <class Body>
EventRow row_of(Body body) {
  return to_row(Event{{}, "users-account-state", std::move(body)});
}

TEST(Words, ARegisteredJobSaysHowMuchThereIs) {
  const EventRow row = row_of(event::Registered{128, 43'140'000});
  EXPECT_EQ(row.kind, "job_registered");
  EXPECT_EQ(row.message, "registered with 128 ranges over about 43,140,000 rows");
  EXPECT_EQ(row.detail, R"({"ranges":128,"estimated_rows":43140000})");
}

TEST(Words, AStartedJobSaysWithHowManyWorkers) {
  const EventRow row = row_of(event::Started{1});
  EXPECT_EQ(row.kind, "job_started");
  EXPECT_EQ(row.message, "started with 1 worker");
  EXPECT_EQ(row.detail, R"({"workers":1})");
}

TEST(Words, AResumedJobSaysFromWhereAndWhoCrashed) {
  EXPECT_EQ(row_of(event::Resumed{4, 0.661, 28'510'000, "", 0}).message,
            "resumed at 66.1% with 4 workers; 28,510,000 changed rows committed before");
  EXPECT_EQ(row_of(event::Resumed{4, 0.5, 1, "node-a", 4121}).message,
            "resumed at 50.0% with 4 workers; 1 changed row committed before; the previous runner (node-a pid 4121) "
            "ended uncleanly");
}

TEST(Words, ABatchSaysItsRowsAndTime) {
  const EventRow row = row_of(event::BatchCommitted{17, 2, 2'300, 2'100, 310'500us});
  EXPECT_EQ(row.message, "batch of 2,300 rows committed in 310ms, 2,100 changed (range 17, worker 2)");
  EXPECT_EQ(row.detail, R"({"range":17,"worker":2,"rows_walked":2300,"rows_changed":2100,"duration_ms":310.5})");
}

TEST(Words, OfADeletionRowsAreDeleted) {
  Event event{{}, "purge", event::Done{1'200, 3s}, "delete"};
  EXPECT_EQ(describe(event), "done: 1,200 deleted rows in 3.0s");
}

TEST(Words, AFailedBatchSaysWhatTheServerSaidAndWhenItIsTriedAgain) {
  const EventRow row =
      row_of(event::BatchFailed{17, 2, event::BatchFailed::Kind::retry, "40P01", "deadlock detected", 250ms});
  EXPECT_EQ(row.kind, "batch_failed");
  EXPECT_EQ(row.message, "batch failed in range 17, again in 250ms: deadlock detected (SQLSTATE 40P01)");
  const auto detail = nlohmann::json::parse(row.detail);
  EXPECT_EQ(detail["failure"], "retry");
  EXPECT_EQ(detail["delay_ms"], 250);
}

TEST(Words, AMissingSqlstateIsALostConnection) {
  const EventRow row = row_of(event::BatchFailed{1, 0, event::BatchFailed::Kind::reconnect, "", "server closed", 1s});
  EXPECT_EQ(row.message, "batch failed in range 1, again in 1.0s: server closed (connection lost)");
}

TEST(Words, AGrowingTableSaysWhatEndsTheJob) {
  const EventRow row = row_of(event::TableGrows{2'000.4, 1'500});
  EXPECT_EQ(row.kind, "table_grows");
  EXPECT_TRUE(row.message.starts_with("the table grows as fast as the job advances, 2000 rows/s beside 1500 rows/s"))
      << row.message;
  EXPECT_NE(row.message.find("bound: at_start"), std::string::npos);
}

TEST(Words, ThrottlingSaysItsReasonAndItsEnd) {
  EXPECT_EQ(row_of(event::Throttled{{WaitReason::Kind::signal, "replica lag r2 1.9s > 1.5s"}}).message,
            "waiting: replica lag r2 1.9s > 1.5s");
  EXPECT_EQ(row_of(event::Unthrottled{8'200ms}).message, "going on after waiting 8.2s");
}

TEST(Words, AStoppedJobKeepsItsErrorAsDetail) {
  Error error;
  error.code = ErrorCode::data_rejected;
  error.message = "value too long";
  error.sqlstate = "22001";
  const EventRow row = row_of(event::Stopped{error});
  EXPECT_EQ(row.kind, "job_stopped");
  EXPECT_EQ(row.message, "stopped: value too long");
  const auto detail = nlohmann::json::parse(row.detail);
  EXPECT_EQ(detail["code"], "PF5001");
  EXPECT_EQ(detail["sqlstate"], "22001");
}

TEST(Words, BytesThatAreNotTextDoNotBreakTheDetail) {
  const EventRow row = row_of(event::Throttled{{WaitReason::Kind::signal, "bad \xff byte"}});
  EXPECT_TRUE(nlohmann::json::accept(row.detail)) << row.detail;
}

TEST(Words, EveryOtherEventHasItsOwnKind) {
  EXPECT_EQ(row_of(event::RangeLeased{17, 3, 1}).kind, "range_leased");
  EXPECT_EQ(row_of(event::RangeFinished{17, 5}).kind, "range_finished");
  EXPECT_EQ(row_of(event::RangeSplit{17, 129}).kind, "range_split");
  EXPECT_EQ(row_of(event::WorkersFound{2, 3, 0.314}).kind, "workers_found");
  EXPECT_EQ(row_of(event::WorkersFound{2, 3, 0.314}).message, "3 workers do 31% more rows than 2: going on so");
  EXPECT_EQ(row_of(event::WorkersFound{2, 1, -0.01}).message, "1 worker does as many rows as 2: going on so");
  EXPECT_EQ(row_of(event::StopRequested{"SIGINT"}).kind, "stop_requested");
  EXPECT_EQ(row_of(event::Done{12'000, 3s}).kind, "job_done");
  EXPECT_EQ(row_of(event::Done{12'000, 3s}).message, "done: 12,000 changed rows in 3.0s");
}

}  // namespace
}  // namespace pgfill::report
