// The statements of one job, built once: they differ only in which sides of the interval have a key. No connection.
#pragma once

#include <array>

#include "sql/statement_builder.h"

namespace pgfill::work {

/// Immutable after construction; the statements live as long as it does.
class JobStatements {
 public:
  explicit JobStatements(const sql::Target& target);

  const sql::BuiltStatement& batch(sql::Sides sides) const { return batch_[index(sides)]; }
  const sql::BuiltStatement& defer_held(sql::Sides sides) const { return defer_held_[index(sides)]; }
  const sql::BuiltStatement& batch_around_skipped(sql::Sides sides) const { return batch_around_[index(sides)]; }
  /// Empty where no trigger keeps rows.
  const sql::BuiltStatement& count(sql::Sides sides) const { return count_[index(sides)]; }
  const sql::BuiltStatement& count_around_skipped(sql::Sides sides) const { return count_around_[index(sides)]; }
  const sql::BuiltStatement& revisit_skipped() const { return revisit_; }
  const sql::BuiltStatement& written_rows(sql::Sides sides) const { return written_rows_[index(sides)]; }
  const sql::BuiltStatement& row_at() const { return row_at_; }
  const sql::BuiltStatement& nth_key(sql::Sides sides) const { return nth_key_[index(sides)]; }
  const sql::BuiltStatement& last_key(sql::Sides sides) const { return last_key_[index(sides)]; }
  const sql::BuiltStatement& last_key_to_do(sql::Sides sides) const { return last_key_to_do_[index(sides)]; }
  const sql::BuiltStatement& rows_ahead() const { return rows_ahead_; }
  const sql::BuiltStatement& nth_row(sql::Sides sides) const { return nth_row_[index(sides)]; }

 private:
  static std::size_t index(sql::Sides sides) { return (sides.lower ? 1U : 0U) + (sides.upper ? 2U : 0U); }

  std::array<sql::BuiltStatement, 4> batch_;
  std::array<sql::BuiltStatement, 4> defer_held_;
  std::array<sql::BuiltStatement, 4> batch_around_;
  std::array<sql::BuiltStatement, 4> count_;
  std::array<sql::BuiltStatement, 4> count_around_;
  std::array<sql::BuiltStatement, 4> written_rows_;
  std::array<sql::BuiltStatement, 4> nth_row_;
  sql::BuiltStatement revisit_;
  sql::BuiltStatement row_at_;
  sql::BuiltStatement rows_ahead_;
  std::array<sql::BuiltStatement, 4> nth_key_;
  std::array<sql::BuiltStatement, 4> last_key_;
  std::array<sql::BuiltStatement, 4> last_key_to_do_;
};

}  // namespace pgfill::work
