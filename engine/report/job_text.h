// Jobs and their history as the ledger has them, as text for `list`, `status` and `events`. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "pgfill/job.h"

namespace pgfill::report {

/// One line a job, with a heading.
std::string job_table(const std::vector<JobStatus>& jobs, bool colour);

/// Whom a job belongs to, as its spec says; empty: it does not say.
struct Contacts {
  std::string owner;
  std::string runbook;
};

/// One job as a block of lines, none wider than `width` columns; `next` is the command that makes sense now.
std::vector<std::string> status_block(const JobStatus& status, std::size_t width, bool colour,
                                      const Contacts& contacts = {});

/// "13:37:52" days apart look alike on a clock, so the full time stands first: time, kind, message.
std::string event_line(const EventRecord& record, bool colour);

/// The state a person sees: the ledger's, but "crashed" for a running job whose runner is silent.
JobState shown_state(const JobStatus& status);

/// Red, yellow or green in upper case, as the state deserves.
std::string painted_state(JobState state, bool colour);

}  // namespace pgfill::report
