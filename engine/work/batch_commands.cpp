#include "work/batch_commands.h"

namespace pgfill::work {

using ledger::Lease;
using postgres::Command;
using postgres::Parameters;

Parameters slice_parameters(const JobWork& job, const Lease& lease, const std::optional<Key>& from,
                            const std::optional<Key>& to) {
  Parameters parameters = key_parameters(from, to);
  if (job.stripes > 1) {
    parameters.push_back(std::to_string(lease.stripe));
    parameters.push_back(std::to_string(lease.stripe + lease.stripes - 1));
  }
  return parameters;
}

void add_change(std::vector<Command>& commands, const JobWork& job, const Lease& lease, const Slice& slice, Way way) {
  const sql::Sides sides = sides_of(lease.cursor, slice.bound);
  Parameters parameters = slice_parameters(job, lease, lease.cursor, slice.bound);
  ledger::BatchChange change;
  change.after = position_after(lease, slice, job.stripes);
  if (!slice.ends_with_the_table()) change.walked = slice.probable_rows();
  // In physical order nobody asks who has changed a row, only who has inserted it.
  change.noted = (job.conditional && job.rows_stay && !job.by_position) || job.may_insert || job.may_keep;
  change.may_insert = job.may_insert;
  change.asks_again = job.asks_again;
  change.limited = job.limited;
  for (const postgres::Parameter& value : parameters) change.values.push_back(*value);
  if (job.may_insert || way == Way::around_held) change.values.push_back(std::to_string(lease.job_id));
  add_settings(commands, job);
  if (way == Way::direct) {
    change.statement = job.statements.batch(sides).text;
    change.counting = job.statements.count(sides).text;
  } else {
    change.statement = job.statements.batch_around_skipped(sides).text;
    change.counting = job.statements.count_around_skipped(sides).text;
    parameters.push_back(std::to_string(lease.job_id));
    parameters.push_back(std::to_string(lease.range_id));
    commands.push_back(ledger::fence(lease));
    commands.push_back({job.statements.defer_held(sides), std::move(parameters), postgres::Evaluates::everything});
  }
  commands.push_back(ledger::run_batch(lease, job.table, change));
}

Command last_key_to_do(const JobWork& job, const Lease& lease) {
  Parameters parameters = key_parameters(lease.cursor, std::nullopt);
  if (job.may_insert && !job.by_position) parameters.push_back(std::to_string(lease.job_id));
  return {job.statements.last_key_to_do(sql::Sides{lease.cursor.has_value(), false}), std::move(parameters)};
}

}  // namespace pgfill::work
