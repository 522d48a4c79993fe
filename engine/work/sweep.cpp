#include "work/sweep.h"

#include <algorithm>

#include "postgres/session_name.h"
#include "work/statements.h"

namespace pgfill::work {
namespace {

using async::Task;
using ledger::FoundRow;
using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

constexpr async::milliseconds answer_time{30'000};
/// A piece is steered between these.
constexpr std::int64_t smallest_piece = 1'000;
constexpr std::int64_t largest_piece = 2'000'000;
constexpr std::chrono::seconds wanted_time{1};

Task<std::vector<TableWriter>> lock_holders(postgres::Session& session, const JobWork& job, bool of_rows) {
  Parameters parameters{std::to_string(job.table.oid), postgres::sessions_of(job.job), of_rows ? "true" : "false"};
  const Rows rows = co_await session.query(sql::work_table_writers, std::move(parameters));
  std::vector<TableWriter> writers;
  for (int row = 0; row < rows.size(); ++row) {
    writers.push_back({rows.string(row, 0), static_cast<int>(rows.integer(row, 1)), rows.string(row, 2),
                       std::chrono::seconds(rows.integer(row, 3))});
  }
  co_return writers;
}

}  // namespace

bool is_keyless(const JobWork& job) {
  return job.key_columns.size() == 1 && job.key_columns.front() == "ctid";
}

Task<std::vector<TableWriter>> table_writers(postgres::Session& session, const JobWork& job) {
  co_return co_await lock_holders(session, job, false);
}

Task<std::vector<TableWriter>> row_holders(postgres::Session& session, const JobWork& job) {
  co_return co_await lock_holders(session, job, true);
}

Task<std::string> next_transaction(postgres::Session& session) {
  const Rows rows = co_await session.query(sql::work_next_transaction);
  co_return rows.string(0, 0);
}

std::string describe(const TableWriter& writer) {
  const std::string age = "for " + std::to_string(writer.age.count()) + "s)";
  if (writer.pid == 0) return "prepared transaction '" + writer.application + "' (" + age;
  const std::string name = writer.application.empty() ? "no application name" : writer.application;
  return "pid " + std::to_string(writer.pid) + " (" + name + ", " + age;
}

Task<std::optional<std::vector<FoundRow>>> Sweep::left_behind(postgres::Session& session,
                                                              std::optional<std::string> until) {
  std::optional<postgres::Failure> failure;
  try {
    std::vector<FoundRow> found = co_await look(session, std::nullopt, bound_, until, true);
    co_return found;
  } catch (const postgres::Failure& thrown) {
    failure = thrown;
  }
  // Between two pieces a row without a key may move from one that is to be read to one that has been.
  if (failure->failure_class() != FailureClass::slow || is_keyless(job_)) throw postgres::Failure(*failure);
  co_return co_await piece_by_piece(session, std::move(until));
}

Task<std::vector<FoundRow>> Sweep::look(postgres::Session& session, std::optional<Key> lower, std::optional<Key> upper,
                                        std::optional<std::string> until, bool whole) {
  std::vector<Command> commands;
  add_settings(commands, job_);
  if (whole) commands.push_back({sql::work_allow_scan, Parameters{std::to_string(job_.sweep_patience.count())}});
  Parameters parameters = key_parameters(lower, upper);
  parameters.push_back(std::to_string(job_.job_id));
  parameters.push_back(std::to_string(most_at_once));
  parameters.push_back(std::move(until));
  commands.push_back(
      {job_.statements.written_rows(sides_of(lower, upper)), std::move(parameters), postgres::Evaluates::everything});
  commands.push_back(ledger::require_table(job_.table));
  const std::vector<Rows> answers = co_await postgres::transact(session, pins_of(job_, false, false),
                                                                std::move(commands), answer_time + job_.sweep_patience);
  const Rows& rows = answers[answers.size() - 2];
  const std::size_t size = job_.key_columns.size();
  std::vector<FoundRow> found;
  for (int row = 0; row < rows.size(); ++row) {
    // A partition that was attached just now is the next lease's.
    if (rows.is_null(row, static_cast<int>(size))) continue;
    found.push_back({rows.integer(row, static_cast<int>(size)), key_at(rows, row, size)});
  }
  co_return found;
}

Task<std::optional<std::vector<FoundRow>>> Sweep::piece_by_piece(postgres::Session& session,
                                                                 std::optional<std::string> until) {
  std::vector<FoundRow> found;
  std::optional<Key> lower;
  for (;;) {
    const std::optional<Piece> piece = co_await next_piece(session, lower, until);
    if (!piece) co_return std::nullopt;
    found.insert(found.end(), piece->found.begin(), piece->found.end());
    if (!piece->upper || found.size() >= most_at_once) co_return found;
    lower = piece->upper;
  }
}

Task<std::optional<Sweep::Piece>> Sweep::next_piece(postgres::Session& session, std::optional<Key> lower,
                                                    std::optional<std::string> until) {
  for (;;) {
    if (co_await hooks_.permit(0) == Permit::stop) co_return std::nullopt;
    const async::TimePoint begun = async::Clock::now();
    std::optional<postgres::Failure> failure;
    Piece piece;
    try {
      piece.upper = co_await boundary(session, lower, piece_rows_);
      piece.found = co_await look(session, lower, piece.upper ? piece.upper : bound_, until, false);
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    if (!failure) {
      if (async::Clock::now() - begun < wanted_time) piece_rows_ = std::min(largest_piece, piece_rows_ * 2);
      co_return piece;
    }
    const bool too_long = failure->failure_class() == FailureClass::slow && piece_rows_ > smallest_piece;
    if (!too_long) throw postgres::Failure(*failure);
    piece_rows_ = std::max(smallest_piece, piece_rows_ / 4);
  }
}

/// The key `rows` rows above `lower`; empty when fewer are left.
Task<std::optional<Key>> Sweep::boundary(postgres::Session& session, std::optional<Key> lower, std::int64_t rows) {
  Parameters parameters = key_parameters(lower, bound_);
  parameters.push_back(std::to_string(rows));
  Command command{job_.statements.nth_row(sides_of(lower, bound_)), std::move(parameters)};
  const Rows row = co_await postgres::transact(session, pins_of(job_, false, false), std::move(command), answer_time);
  if (row.empty()) co_return std::nullopt;
  co_return key_at(row, 0, job_.key_columns.size());
}

}  // namespace pgfill::work
