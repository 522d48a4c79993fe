// A job that deletes old events, and what an application does meanwhile.
#pragma once

#include <future>
#include <string>
#include <thread>

#include "support/run_job_fixture.h"

namespace pgfill::tests {

class DeleteJob : public RunJob {
 protected:
  /// `events` with keys 1..rows, each third of them old.
  void make_events(int rows) {
    database_.execute(
        "CREATE TABLE events (id bigint PRIMARY KEY, old bool NOT NULL, at timestamptz DEFAULT now(), note text);"
        "INSERT INTO events SELECT i, i % 3 = 0 FROM generate_series(1, " +
        std::to_string(rows) + ") i; ANALYZE events");
  }

  static JobSpec purge_spec(const std::string& where = "old") {
    JobSpec spec;
    spec.job = "purge";
    spec.schema = "public";
    spec.table = "events";
    spec.kind = Delete{};
    spec.where = where;
    spec.batch.max_rows = 500;
    spec.throttle.courtesy = false;
    return spec;
  }

  std::future<RunReport> start(const JobSpec& spec) {
    return std::async(std::launch::async, [this, spec] { return run(spec); });
  }
  std::string waiting_for() {
    const Result<JobStatus> status = job_status(settings_, "purge");
    return status ? status->waiting_for : status.error().message;
  }
  bool waits_for(const std::future<RunReport>& running, const std::string& what) {
    bool said = false;
    eventually(std::chrono::seconds(30), [&] {
      said = said || waiting_for().find(what) != std::string::npos;
      return said || running.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
    return said;
  }
  /// By another session, in the middle of the job.
  void meanwhile(int batch, const std::string& statement) {
    watcher_.on_batch = [this, batch, statement] {
      if (watcher_.batches != batch) return;
      std::thread([&] { Database(scratch_.conninfo()).execute(statement); }).join();
    };
  }
  std::int64_t deleted() { return database_.integer("SELECT sum(rows_changed) FROM pgfill.range"); }
  std::int64_t kept() { return database_.integer("SELECT sum(rows_kept) FROM pgfill.range"); }
  std::int64_t left(const std::string& where) {
    return database_.integer("SELECT count(*) FROM events WHERE " + where);
  }
};

}  // namespace pgfill::tests
