#include "report/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pgfill::report {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

Names names_of(const nlohmann::ordered_json& json) {
  Names names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  return names;
}

TEST(Json, TheFieldsOfProgressAreAContract) {
  EXPECT_EQ(names_of(to_json(Progress{})), (Names{"job",
                                                  "table",
                                                  "kind",
                                                  "state",
                                                  "reason",
                                                  "held_by",
                                                  "share",
                                                  "estimated_rows",
                                                  "rows_changed",
                                                  "counts",
                                                  "rows_changed_now",
                                                  "rows_per_second",
                                                  "rows_per_second_average",
                                                  "eta_shortest_seconds",
                                                  "eta_longest_seconds",
                                                  "batch_rows",
                                                  "batch_p50_ms",
                                                  "batch_p99_ms",
                                                  "batches",
                                                  "retries",
                                                  "deferred",
                                                  "quarantined",
                                                  "workers_busy",
                                                  "workers",
                                                  "ranges_done",
                                                  "ranges",
                                                  "replica_lag_bytes",
                                                  "elapsed_ms"}));
}

TEST(Json, TheFieldsOfAStatusAreAContract) {
  EXPECT_EQ(names_of(to_json(JobStatus{})), (Names{"job",           "table",           "kind",           "state",
                                                   "reason",        "share",           "estimated_rows", "rows_changed",
                                                   "counts",        "rows_per_second", "batches",        "retries",
                                                   "deferred",      "quarantined",     "waiting_for",    "held_by",
                                                   "pressure",      "signals",         "ranges",         "ranges_done",
                                                   "ranges_leased", "runner",          "created_at",     "started_at",
                                                   "finished_at",   "paused",          "acknowledged",   "requested_by",
                                                   "requested_for", "settings",        "one_at_a_time",  "spec"}));
}

TEST(Json, CountsAreNamedByWhatTheJobDoes) {
  JobStatus status;
  status.rows_changed = 7;
  EXPECT_EQ(to_json(status)["counts"].dump(), R"({"changed":7})");
  status.kind = "delete";
  status.rows_kept = 2;
  EXPECT_EQ(to_json(status)["counts"].dump(), R"({"deleted":7,"kept":2})");
}

TEST(Json, TheFieldsOfAnErrorAreAContract) {
  Error error;
  error.code = ErrorCode::key_not_unique;
  error.message = "not unique";
  error.place = {"users.yaml", 23, 6, "", 1};
  const auto json = to_json(error);
  EXPECT_EQ(names_of(json), (Names{"code", "name", "exit_code", "message", "sqlstate", "state", "hint", "place"}));
  EXPECT_EQ(json["code"], "PF2005");
  EXPECT_EQ(json["name"], "key_not_unique");
  EXPECT_EQ(json["exit_code"], 3);
  EXPECT_EQ(json["place"]["line"], 23);
  EXPECT_TRUE(json["hint"].is_null());
}

TEST(Json, TheFieldsOfAPlanAreAContract) {
  EXPECT_EQ(
      names_of(to_json(Plan{})),
      (Names{"refused", "table", "key", "findings", "time", "batch_sql", "explain", "estimate", "order", "order_reason",
             "stripes", "stripes_reason", "one_at_a_time", "by_leaf", "relations", "dropped_partitions", "ranges"}));
}

TEST(Json, APlanIsRefusedByItsFirstRefusal) {
  Plan plan;
  plan.findings.push_back({Finding::Severity::warning, "disk", ErrorCode::internal, "little room", ""});
  EXPECT_EQ(to_json(plan)["refused"], false);
  plan.findings.push_back({Finding::Severity::refusal, "privileges", ErrorCode::privilege, "no UPDATE", "GRANT"});
  const auto json = to_json(plan);
  EXPECT_EQ(json["refused"], true);
  EXPECT_TRUE(json["findings"][0]["code"].is_null());
  EXPECT_EQ(json["findings"][1]["code"], "PF2006");
}

TEST(Json, UnboundedRangesAndUnknownValuesAreNull) {
  Plan plan;
  plan.ranges.push_back({{std::nullopt, Key{"10", "a"}}, 0.5});
  const auto json = to_json(plan);
  EXPECT_TRUE(json["ranges"][0]["lower"].is_null());
  EXPECT_EQ(json["ranges"][0]["upper"], (Names{"10", "a"}));
  EXPECT_TRUE(to_json(Progress{})["replica_lag_bytes"].is_null());
  Progress progress;
  progress.eta_shortest = 65s;
  EXPECT_EQ(to_json(progress)["eta_shortest_seconds"], 65);
}

TEST(Json, AnEventCarriesItsTimeAndDetail) {
  const Event event{std::chrono::system_clock::time_point(1'700'000'000'123ms), "users", event::Started{2}};
  EXPECT_EQ(dump(to_json(event)), R"({"at":"2023-11-14T22:13:20.123Z","job":"users","kind":"job_started",)"
                                  R"("message":"started with 2 workers","detail":{"workers":2}})");
}

TEST(Json, ADetailOfTheLedgerThatIsNoJsonIsPassedOnAsText) {
  EventRecord record;
  record.detail = "not json";
  EXPECT_EQ(to_json(record)["detail"], "not json");
  record.detail = R"({"workers":2})";
  EXPECT_EQ(to_json(record)["detail"]["workers"], 2);
}

TEST(Json, ADoneRunHasNoError) {
  RunReport report;
  report.exit = ExitCode::done;
  EXPECT_TRUE(to_json(report)["error"].is_null());
  report.exit = ExitCode::interrupted;
  report.error.code = ErrorCode::interrupted;
  EXPECT_EQ(to_json(report)["exit_code"], 75);
  EXPECT_EQ(to_json(report)["error"]["code"], "PF5005");
}

}  // namespace
}  // namespace pgfill::report
