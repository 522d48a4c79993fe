// Why a run ended, as an error for a person: what happened, what is committed, what to do next. Pure.
#pragma once

#include <string>

#include "ledger/skipped.h"
#include "pgfill/error.h"
#include "pgfill/event.h"
#include "pgfill/progress.h"
#include "schedule/scheduler.h"

namespace pgfill::run {

/// "1200 rows committed, 3 of 9 ranges done; …"
std::string committed_state(const Progress& progress);

/// For an ending other than all_done.
Error error_of(const schedule::Ending& ending, const std::string& job, const Progress& progress);

/// Everything is done but the quarantined rows.
Error bad_rows_error(const std::string& job, const ledger::SkippedRows& skipped);

}  // namespace pgfill::run
