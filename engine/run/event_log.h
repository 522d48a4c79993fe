// Where the parts of a run send their events: to the observer at once, and into the ledger with the next heartbeat.
// Batches are not kept: a job has millions.
#pragma once

#include <deque>
#include <string>

#include "async/task.h"
#include "pgfill/event.h"
#include "pgfill/progress.h"
#include "postgres/session.h"

namespace pgfill::run {

/// Not thread-safe. Keeps at most a few thousand events while the database is out of reach; then the oldest go.
class EventLog {
 public:
  EventLog(std::string job, std::string kind, std::int64_t job_id, Observer& observer);

  void emit(Event::Body body);
  /// The job is not done after all: what has not been written yet is not.
  void withdraw_done();
  /// Writes what is waiting. Throws postgres::Failure; nothing is lost then.
  async::Task<void> flush(postgres::Session& session);

 private:
  std::string job_;
  std::string kind_;
  std::int64_t job_id_;
  Observer& observer_;
  std::deque<Event> waiting_;
};

}  // namespace pgfill::run
