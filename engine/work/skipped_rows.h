// Goes over the rows that batches went around, again. A row leaves the list in the transaction that changes it, so each
// is changed once whoever else tries. It waits for nobody: what is still held stays listed.
#pragma once

#include <optional>

#include "async/task.h"
#include "postgres/session.h"
#include "work/job_work.h"

namespace pgfill::work {

/// Not thread-safe.
class SkippedRows {
 public:
  SkippedRows(const JobWork& job, WorkerHooks hooks) : job_(job), hooks_(std::move(hooks)) {}

  /// Once over the deferred rows. Answers how many are still held by others; empty: asked to stop. A bad row is
  /// quarantined or, as the spec says, thrown. Throws Failure.
  async::Task<std::optional<std::int64_t>> revisit_deferred(postgres::Session& session);
  /// Once over the quarantined rows, each by itself: a batch names a bad row by its place, and may have been wrong.
  async::Task<void> try_quarantined(postgres::Session& session);

 private:
  struct Visit {
    std::int64_t seen = 0;
    std::int64_t changed = 0;
    std::int64_t held = 0;
    std::optional<Key> last;
  };
  async::Task<Visit> visit(postgres::Session& session, std::string state, std::optional<Key> above, std::int64_t most);
  async::Task<Key> blame(postgres::Session& session, std::string state, std::optional<Key> above,
                         postgres::Failure failure);
  async::Task<std::optional<std::int64_t>> go_over(postgres::Session& session, std::string state, std::int64_t most);

  const JobWork& job_;
  WorkerHooks hooks_;
};

}  // namespace pgfill::work
