#include "work/job_statements.h"
#include "ledger/row_statements.h"

namespace pgfill::work {

JobStatements::JobStatements(const sql::Target& target)
    : revisit_(ledger::revisit_skipped(target)), row_at_(sql::row_at(target)), rows_ahead_(sql::rows_ahead(target)) {
  for (const bool lower : {false, true}) {
    for (const bool upper : {false, true}) {
      const sql::Sides sides{lower, upper};
      batch_[index(sides)] = ledger::batch_change(target, sides);
      defer_held_[index(sides)] = ledger::defer_held(target, sides);
      batch_around_[index(sides)] = ledger::batch_around_skipped(target, sides);
      count_[index(sides)] = ledger::count_matching(target, sides);
      count_around_[index(sides)] = ledger::count_around_skipped(target, sides);
      nth_key_[index(sides)] = sql::nth_key(target, sides);
      last_key_[index(sides)] = sql::last_key(target, sides);
      last_key_to_do_[index(sides)] = ledger::last_key_to_do(target, sides);
      written_rows_[index(sides)] = ledger::written_rows(target, sides);
      nth_row_[index(sides)] = sql::nth_row(target, sides);
    }
  }
}

}  // namespace pgfill::work
