// One SQL UPDATE or DELETE in, a spec without a name out: scan, parse, refuse what is no backfill, cut, check every
// expression. Knows no files.
#pragma once

#include <string_view>

#include "parse/sql_problem.h"
#include "pgfill/spec.h"

namespace pgfill::spec {

/// Problems: those of parse_statement. The hint of a statement that makes batches of its own shows the plain one.
parse::OrProblem<JobSpec> read_statement(std::string_view sql);

/// As read_statement, without looking for a plain UPDATE in what is refused.
parse::OrProblem<JobSpec> read_plain_statement(std::string_view sql);

}  // namespace pgfill::spec
