#include "work/job_work.h"

#include "work/statements.h"

namespace pgfill::work {

using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

namespace {

/// How long a statement waits for one lock. Short application transactions end within it; for the others there is the
/// way around.
constexpr async::milliseconds lock_patience{50};
/// For statements that wait for no row.
constexpr async::milliseconds statement_patience{10'000};
/// Rows of a leaf with fewer count as those of the table: it is done before measuring has paid.
constexpr std::int64_t least_measured_rows = 5'000;

ledger::TableNames names_from(const Rows& rows, std::uint32_t table_oid, std::string name) {
  return {table_oid, std::move(name), rows.array(0, 0), rows.array(0, 1), rows.boolean(0, 2), 0};
}

Command ask_width(const JobWork& job, const std::vector<std::string>& set, std::int64_t rows) {
  return {sql::work_row_width,
          Parameters{std::to_string(job.table.oid), postgres::array_literal(set), std::to_string(rows)}};
}

void take_width(const Rows& answer, JobWork& job) {
  if (answer.empty()) return;
  job.row_bytes = answer.real(0, 0);
  job.toast_oid = static_cast<std::uint32_t>(answer.integer(0, 1));
}

}  // namespace

async::Task<bool> changes_unique_key(postgres::Session& session, std::uint32_t table_oid,
                                     std::vector<std::string> columns) {
  Parameters parameters{std::to_string(table_oid), postgres::array_literal(columns)};
  const Rows rows = co_await session.query(sql::work_changes_unique_key, std::move(parameters));
  co_return rows.boolean(0, 0);
}

async::Task<bool> has_keeping_trigger(postgres::Session& session, std::uint32_t table_oid) {
  Parameters parameters{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::work_keeping_trigger, std::move(parameters));
  co_return rows.boolean(0, 0);
}

async::Task<ledger::TableNames> table_names(postgres::Session& session, std::uint32_t table_oid, std::string name) {
  Parameters parameters{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::work_table_names, std::move(parameters));
  co_return names_from(rows, table_oid, std::move(name));
}

async::Task<std::optional<double>> correlation_of(postgres::Session& session, std::uint32_t table_oid,
                                                  std::string column) {
  Parameters parameters{std::to_string(table_oid), std::move(column)};
  const Rows rows = co_await session.query(sql::work_correlation, std::move(parameters));
  if (rows.empty() || rows.is_null(0, 0)) co_return std::nullopt;
  co_return rows.real(0, 0);
}

async::Task<void> measure_rows(postgres::Session& session, JobWork& job, std::vector<std::string> set,
                               std::int64_t rows) {
  Command command = ask_width(job, set, rows);
  const Rows answer = co_await session.query(command.statement, std::move(command.parameters));
  take_width(answer, job);
}

async::Task<std::optional<double>> measure_leaf(postgres::Session& session, JobWork& job, std::vector<std::string> set,
                                                std::int64_t rows, std::string column) {
  const std::string oid = std::to_string(job.table.oid);
  const bool small = rows < least_measured_rows;
  std::vector<Command> commands;
  commands.push_back({sql::work_table_names, Parameters{oid}});
  if (!small) commands.push_back(ask_width(job, set, rows));
  if (!small) commands.push_back({sql::work_correlation, Parameters{oid, std::move(column)}});
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  const std::uint32_t leaf_of = job.table.leaf_of;
  job.table = names_from(answers[0], job.table.oid, job.table.name);
  job.table.leaf_of = leaf_of;
  if (small) {
    job.toast_oid = 0;
    co_return std::nullopt;
  }
  take_width(answers[1], job);
  if (answers[2].empty() || answers[2].is_null(0, 0)) co_return std::nullopt;
  co_return answers[2].real(0, 0);
}

async::Task<std::vector<std::string>> generated_columns(postgres::Session& session, std::uint32_t table_oid) {
  Parameters parameters{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::work_generated_columns, std::move(parameters));
  std::vector<std::string> columns;
  for (int row = 0; row < rows.size(); ++row) columns.push_back(rows.string(row, 0));
  co_return columns;
}

Parameters key_parameters(const std::optional<Key>& lower, const std::optional<Key>& upper) {
  Parameters parameters;
  if (lower) parameters.insert(parameters.end(), lower->begin(), lower->end());
  if (upper) parameters.insert(parameters.end(), upper->begin(), upper->end());
  return parameters;
}

sql::Sides sides_of(const std::optional<Key>& lower, const std::optional<Key>& upper) {
  return {lower.has_value(), upper.has_value()};
}

Key key_at(const Rows& rows, int row, std::size_t columns) {
  Key key;
  for (std::size_t i = 0; i < columns; ++i) key.push_back(rows.string(row, static_cast<int>(i)));
  return key;
}

void require_few_bad_rows(const JobWork& job, std::int64_t quarantined, const ledger::BadRow& row) {
  const auto failure =
      too_many_bad_rows(job.bad_rows, quarantined, row.sqlstate, row.message, readable_key(job.key_columns, row.key));
  if (failure) throw postgres::Failure(*failure);
}

postgres::Pins pins_of(const JobWork& job, bool durable, bool waits) {
  postgres::Pins pins;
  if (job.key_has_one_text) pins.settings = job.settings;
  pins.search_path = job.search_path;
  if (durable) pins.durability = postgres::Durability::configured;
  pins.lock_timeout = lock_patience;
  pins.one_snapshot = waits && job.reads_other_rows;
  pins.statement_timeout = waits ? job.direct_patience : statement_patience;
  return pins;
}

async::Task<void> require_settings(postgres::Session& session, const JobWork& job) {
  postgres::Pins pins;
  pins.search_path = job.search_path;
  std::optional<postgres::Failure> failure;
  try {
    co_await postgres::transact(session, std::move(pins), postgres::use_settings(job.settings));
  } catch (const postgres::Failure& thrown) {
    failure = thrown;
  }
  if (!failure) co_return;
  if (failure->failure_class() != FailureClass::shrink) throw postgres::Failure(*failure);
  throw postgres::Failure(postgres::Condition::unknown_setting,
                          std::string("this server does not know a setting that the job's expressions mean "
                                      "something under: ") +
                              failure->what());
}

void add_settings(std::vector<Command>& commands, const JobWork& job) {
  if (!job.key_has_one_text && !job.settings.empty()) commands.push_back(postgres::use_settings(job.settings));
}

}  // namespace pgfill::work
