// Whether each row of an UPDATE … FROM has one match at most: then batches do what one statement would do. The server
// proves it.
#pragma once

#include "async/task.h"
#include "pgfill/spec.h"
#include "plan/explain.h"
#include "plan/facts.h"
#include "postgres/session.h"
#include "sql/statement_builder.h"

namespace pgfill::plan {

/// Sets `facts.doubtful_join`: the first of the other tables that may have several rows for a row of the target and of
/// the tables before it, or an empty text where the list has a form that is not understood. A deletion goes by whether
/// there is a match at all. For a statement that the server has accepted, in a transaction.
async::Task<void> judge_join(postgres::Session& session, const JobSpec& spec, const StatementFacts& statement,
                             sql::Target target, Facts& facts);

}  // namespace pgfill::plan
