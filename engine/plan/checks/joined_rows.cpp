// UPDATE … FROM takes any of several matches for a row, and batches would take others than one statement.
#include "plan/checks/checks.h"

namespace pgfill::plan {

void check_joined_rows(const Subject& subject, Findings& findings) {
  const std::optional<std::string>& table = subject.facts.doubtful_join;
  if (!table || subject.statement.rejection) return;
  if (table->empty()) {
    return refuse(
        findings, "joined_rows", ErrorCode::expression_unsafe,
        "the server cannot prove that each row has one match at most in FROM",
        "join the tables of FROM by commas, JOIN … ON or LEFT JOIN … ON, each by = on a unique key; or write a "
        "sub-select: SET column = (SELECT … FROM other WHERE other.key = the table's key)");
  }
  refuse(findings, "joined_rows", ErrorCode::expression_unsafe,
         "a row may have several matches in " + readable(*table) +
             ", and which one it gets its values from is left to chance",
         "join " + readable(*table) +
             " by = on all columns of a unique index, of the same types; or choose one row of it: (SELECT DISTINCT ON "
             "(key) … ORDER BY key, …), or an aggregate with GROUP BY key");
}

}  // namespace pgfill::plan
