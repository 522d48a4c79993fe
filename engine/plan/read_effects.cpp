#include "plan/read_effects.h"

#include "plan/read_called_code.h"
#include "plan/read_facts.h"
#include "postgres/transaction.h"

namespace pgfill::plan {
namespace {

JobChange change_of(const JobSpec& spec, const Facts& facts) {
  JobChange change;
  change.deletes = kinds::kind_of(spec).event() == kinds::RowEvent::remove;
  const ColumnNumbers assigned = assigned_columns(facts, spec);
  for (const int number : with_dependents(facts, assigned)) change.set.push_back(find_column(facts, number)->name);
  change.moves_rows = overlap(facts.partition_columns, assigned);
  change.table = table_name(facts);
  return change;
}

}  // namespace

async::Task<Effects> read_effects(postgres::Session& session, JobSpec spec, Facts facts, std::string search_path) {
  const JobChange change = change_of(spec, facts);
  const CalledCode code = co_await read_called_code(session, spec, facts.table.oid, std::move(search_path));
  co_return judge_effects(code, change, spec.assume);
}

async::Task<std::optional<Effects>> effects_now(postgres::Session& session, JobSpec spec, std::string search_path) {
  postgres::Pins pins;
  pins.read_only = true;
  pins.search_path = search_path;
  std::vector<postgres::Command> begin = postgres::begin(pins);
  co_await session.exchange(std::move(begin));
  std::optional<Effects> effects;
  const std::optional<Facts> facts =
      co_await read_facts(session, spec.schema, spec.table, kinds::kind_of(spec).event());
  if (facts) {
    Effects read = co_await read_effects(session, spec, *facts, std::move(search_path));
    effects = std::move(read);
  }
  std::vector<postgres::Command> end;
  end.push_back(postgres::commit());
  co_await session.exchange(std::move(end));
  co_return effects;
}

}  // namespace pgfill::plan
