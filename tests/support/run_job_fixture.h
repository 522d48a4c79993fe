// A job on a scratch database: items whose counter the job raises, an audit of every raise, and what the job told.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "pgfill/job.h"
#include "support/database.h"
#include "support/eventually.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {

/// Counts what it is told; `on_batch` runs in the job's thread.
class Watcher : public Observer {
 public:
  void on_event(const Event& event) override {
    if (const auto* resumed = std::get_if<event::Resumed>(&event.body)) resumed_ = *resumed;
    if (std::holds_alternative<event::RangeSplit>(event.body)) ++splits;
    if (const auto* batch = std::get_if<event::BatchCommitted>(&event.body)) {
      ++batches;
      largest = std::max(largest, batch->rows_walked);
      if (on_batch) on_batch();
    }
    if (std::holds_alternative<event::BatchFailed>(event.body)) ++failures;
    if (std::holds_alternative<event::Throttled>(event.body)) ++throttled;
  }
  void on_progress(const Progress& progress) override { last = progress; }

  std::optional<event::Resumed> resumed_;
  std::function<void()> on_batch;
  std::atomic<int> batches = 0;
  std::atomic<int> failures = 0;
  std::atomic<int> throttled = 0;
  int splits = 0;
  std::int64_t largest = 0;
  Progress last;
};

class RunJob : public testing::Test {
 protected:
  RunJob() : database_(scratch_.conninfo()) { settings_.conninfo = scratch_.conninfo(); }

  /// `items` with keys 1..rows, a counter the job raises (not idempotent on purpose) and an audit of every raise.
  void make_items(int rows) {
    database_.execute(
        "CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, pad text DEFAULT repeat('x', 40));"
        "CREATE TABLE audit (id bigint);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO audit VALUES (new.id); RETURN new; END';"
        "CREATE TRIGGER note AFTER UPDATE OF n ON items FOR EACH ROW EXECUTE FUNCTION note();"
        "INSERT INTO items SELECT i FROM generate_series(1, " +
        std::to_string(rows) + ") i; ANALYZE items");
  }

  JobSpec counter_spec() {
    JobSpec spec;
    spec.job = "counter";
    spec.schema = "public";
    spec.table = "items";
    spec.set() = {{"n", "n + 1"}};
    spec.batch.max_rows = 500;
    spec.throttle.courtesy = false;  // tests look at the ledger all the time
    return spec;
  }

  RunReport run(const JobSpec& spec, const RunOptions& options = {}) {
    Control control;
    return run_job(spec, settings_, options, control, watcher_);
  }

  void expect_each_row_once(int rows, int times = 1) {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = " + std::to_string(times)), rows);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM audit"), rows * times);
    EXPECT_EQ(database_.integer("SELECT sum(rows_changed) FROM pgfill.range"), rows);
  }

  ScratchDatabase scratch_;
  Database database_;
  ConnectionSettings settings_;
  Watcher watcher_;
};

}  // namespace pgfill::tests
