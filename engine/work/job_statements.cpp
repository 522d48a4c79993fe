#include "work/job_statements.h"

namespace pgfill::work {

JobStatements::JobStatements(const sql::Target& target)
    : revisit_(sql::revisit_skipped(target)), row_at_(sql::row_at(target)), rows_ahead_(sql::rows_ahead(target)) {
  for (const bool lower : {false, true}) {
    for (const bool upper : {false, true}) {
      const sql::Sides sides{lower, upper};
      batch_[index(sides)] = sql::batch_change(target, sides);
      defer_held_[index(sides)] = sql::defer_held(target, sides);
      batch_around_[index(sides)] = sql::batch_around_skipped(target, sides);
      count_[index(sides)] = sql::count_matching(target, sides);
      count_around_[index(sides)] = sql::count_around_skipped(target, sides);
      nth_key_[index(sides)] = sql::nth_key(target, sides);
      last_key_[index(sides)] = sql::last_key(target, sides);
      last_key_to_do_[index(sides)] = sql::last_key_to_do(target, sides);
      written_rows_[index(sides)] = sql::written_rows(target, sides);
      nth_row_[index(sides)] = sql::nth_row(target, sides);
    }
  }
}

}  // namespace pgfill::work
