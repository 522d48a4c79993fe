// What the workers know of a job: its statements and limits, from the ledger's record, the spec, the server and
// its catalogue.
#pragma once

#include "ledger/server.h"
#include "run/open_job.h"
#include "work/job_work.h"

namespace pgfill::run {

async::Task<work::JobWork> work_of(postgres::Session& session, const OpenedJob& opened, const ledger::Server& server);

}  // namespace pgfill::run
