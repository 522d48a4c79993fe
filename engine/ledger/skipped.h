// Rows that batches went around: deferred, because another session held them; quarantined, because they cannot take
// their new value. The statements that also touch a table's rows are built by row_statements.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/task.h"
#include "ledger/range.h"
#include "pgfill/range.h"
#include "postgres/session.h"

namespace pgfill::ledger {

struct SkippedRows {
  std::int64_t deferred = 0;
  std::int64_t quarantined = 0;
  std::string sample;  ///< one quarantined row with its error, in words
};
async::Task<SkippedRows> skipped_rows(postgres::Session& session, std::int64_t job_id);

/// What the server said of a row that cannot take its new value.
struct BadRow {
  Key key;
  std::string sqlstate;
  std::string message;
};
/// Sets the row aside and moves the range past it; in a fenced transaction. Answers how many rows of the job are
/// quarantined now. `after`: where the range stands then; empty: the row was listed before, and nothing moves.
postgres::Command quarantine_row(std::int64_t job_id, std::int64_t range_id, const BadRow& row,
                                 const std::optional<Position>& after);

/// A change of listed rows (`change`, of four parameters) whose triggers or functions may insert rows into the table,
/// and notes that they did. Answers as the statement itself.
postgres::Command run_revisit(postgres::Parameters parameters, std::uint32_t table_oid, std::string change);

/// A row of a job.
struct FoundRow {
  std::int64_t relation_id = 0;
  Key key;

  auto operator<=>(const FoundRow&) const = default;
};
/// Lists rows as deferred that were found undone after the last range.
async::Task<void> defer_left_behind(postgres::Session& session, std::int64_t job_id, std::vector<FoundRow> rows);

/// The first listed row of a relation in this state above a key of the list (empty: from the start).
struct ListedRow {
  Key key;
  std::int64_t range_id = 0;
};
async::Task<std::optional<ListedRow>> next_skipped(postgres::Session& session, std::int64_t job_id,
                                                   std::int64_t relation_id, std::string state,
                                                   std::optional<Key> above);

/// Puts the quarantined rows of a job back among the deferred; how many.
async::Task<std::int64_t> retry_quarantined(postgres::Session& session, std::string job);

}  // namespace pgfill::ledger
