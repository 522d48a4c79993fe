// What the workers know of a job and its relations: statements and limits, from the ledger's record, the spec, the
// server and its catalogue.
#pragma once

#include "kinds/kind.h"
#include "ledger/relation.h"
#include "ledger/server.h"
#include "run/open_job.h"
#include "work/job_work.h"

namespace pgfill::run {

/// The job's table as a whole.
struct WholeTable {
  kinds::TargetFacts facts;
  work::JobWork work;
};
async::Task<WholeTable> work_of(postgres::Session& session, const OpenedJob& opened, const ledger::Server& server);

/// Of a leaf partition.
async::Task<work::JobWork> work_of_leaf(postgres::Session& session, const JobSpec& spec, const WholeTable& whole,
                                        ledger::Relation leaf);

}  // namespace pgfill::run
