#include "work/partitions.h"

#include "postgres/transaction.h"
#include "sql/plan_builder.h"
#include "work/statements.h"

namespace pgfill::work {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Rows;
using namespace std::chrono_literals;

constexpr async::milliseconds as_long_as_it_takes = 24h;
/// A session that comes meanwhile waits no longer than this.
constexpr async::milliseconds lock_patience{50};
/// Beside a default partition and the like the parent is locked while the rows are counted.
constexpr async::milliseconds most_locked = 2s;

std::string in_milliseconds(async::milliseconds length) {
  return std::to_string(length.count());
}

postgres::Pins pins_with(const Expressions& expressions, async::milliseconds statement_timeout) {
  postgres::Pins pins;
  pins.search_path = expressions.search_path;
  pins.statement_timeout = statement_timeout;
  pins.lock_timeout = lock_patience;
  return pins;
}

std::vector<postgres::Command> reading(const Expressions& expressions, async::milliseconds statement_timeout) {
  std::vector<postgres::Command> commands;
  Parameters time{in_milliseconds(statement_timeout)};
  commands.push_back({sql::work_allow_scan, std::move(time)});
  commands.push_back(postgres::use_settings(expressions.settings));
  return commands;
}

}  // namespace

Task<LeafCount> count_leaf(postgres::Session& session, sql::Target leaf, Expressions expressions) {
  const sql::BuiltStatement count = sql::rows_and_failing(leaf);
  std::vector<postgres::Command> commands = reading(expressions, as_long_as_it_takes);
  commands.push_back({count, {}, postgres::Evaluates::everything});
  postgres::Pins pins = pins_with(expressions, as_long_as_it_takes);
  pins.read_only = true;
  const std::vector<Rows> answers =
      co_await postgres::transact(session, std::move(pins), std::move(commands), as_long_as_it_takes);
  co_return LeafCount{answers.back().integer(0, 0), answers.back().integer(0, 1)};
}

Task<bool> is_partition_held(postgres::Session& session, std::uint32_t leaf, std::uint32_t parent) {
  Parameters parameters{std::to_string(leaf), std::to_string(parent)};
  const Rows rows = co_await session.query(sql::work_partition_holders, std::move(parameters));
  co_return rows.front().boolean("held");
}

Task<LeafCount> drop_partition(postgres::Session& session, const JobWork& job, std::int64_t runner_id, sql::Target leaf,
                               std::optional<std::uint32_t> parent, Expressions expressions) {
  const async::milliseconds longest = parent ? most_locked : as_long_as_it_takes;
  std::vector<postgres::Command> commands = reading(expressions, longest);
  commands.push_back(ledger::drop_partition(job.job_id, runner_id, leaf.oid, parent, sql::rows_and_failing(leaf).text));
  postgres::Pins pins = pins_with(expressions, longest);
  pins.durability = postgres::Durability::configured;  // what is dropped cannot be deleted again
  const std::vector<Rows> answers =
      co_await postgres::transact(session, std::move(pins), std::move(commands), as_long_as_it_takes);
  co_return LeafCount{answers.back().front().integer("rows_there"), answers.back().front().integer("failing")};
}

Task<void> attach_again(postgres::Session& session, std::int64_t job_id, std::uint32_t leaf) {
  postgres::Pins pins;
  pins.statement_timeout = as_long_as_it_takes;
  pins.lock_timeout = lock_patience;
  pins.durability = postgres::Durability::configured;
  co_await postgres::transact(session, std::move(pins), ledger::attach_again(job_id, leaf), as_long_as_it_takes);
}

Task<void> detach(postgres::Session& session, ledger::DetachedPartition partition) {
  Parameters patience{in_milliseconds(lock_patience)};
  co_await session.query(sql::work_short_lock_waits, std::move(patience));
  const bool begun = partition.standing == ledger::DetachedPartition::Standing::pending;
  const sql::BuiltStatement statement =
      sql::detach_partition(partition.parent, partition.name, begun ? "FINALIZE" : "CONCURRENTLY");
  co_await session.query(statement, Parameters(), as_long_as_it_takes);
}

}  // namespace pgfill::work
