// What the ledger tells people: events and status. Never read by the engine to decide anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "async/task.h"
#include "pgfill/job.h"
#include "postgres/session.h"

namespace pgfill::ledger {

/// An event on its way into the ledger.
struct NewEvent {
  std::chrono::milliseconds age{0};  ///< how long ago it happened
  std::string kind;
  std::string message;
  std::string detail;  ///< JSON object
};

async::Task<void> append_events(postgres::Session& session, std::int64_t job_id, std::vector<NewEvent> events);

/// Every job, or the one named; newest first.
async::Task<std::vector<JobStatus>> job_statuses(postgres::Session& session, postgres::Parameter name);
async::Task<std::vector<std::string>> job_names(postgres::Session& session);
async::Task<std::vector<EventRecord>> job_events(postgres::Session& session, std::string job, std::int64_t after,
                                                 int limit);

}  // namespace pgfill::ledger
