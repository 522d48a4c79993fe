// One run of a job from its beginning: opens it, claims it, makes the run and executes it.
#pragma once

#include "run/job_run.h"

namespace pgfill::run {

/// The report of a run that ended with this error.
RunReport failed(Error error);

/// `order` outlives it. Throws postgres::Failure.
async::Task<RunReport> start_job(const Order& order);

}  // namespace pgfill::run
