// Goes over the rows that batches went around, again. A row leaves the list in the transaction that changes it, so each
// is changed once, also when others try. It waits for nobody: what is still held stays listed.
#pragma once

#include <functional>
#include <optional>

#include "async/task.h"
#include "postgres/session.h"
#include "work/batch_sizer.h"
#include "work/job_work.h"
#include "work/refusals.h"

namespace pgfill::work {

/// Not thread-safe.
class SkippedRows {
 public:
  /// `found_free` is called when rows turn out to be free: from then on it works on them, however long that takes.
  /// `refusals` outlives it.
  SkippedRows(const JobWork& job, WorkerHooks hooks, Refusals& refusals, std::function<void()> found_free = {});

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
    std::chrono::microseconds elapsed{0};
  };
  /// How many rows are taken at once. `patient`: a single one that needs more time than a batch has.
  struct Portion {
    std::int64_t rows = 1;
    bool patient = false;
  };
  async::Task<Visit> visit(postgres::Session& session, std::string state, std::optional<Key> above, Portion portion);
  async::Task<Key> blame(postgres::Session& session, std::string state, std::optional<Key> above,
                         postgres::Failure failure);
  async::Task<void> give_up(postgres::Session& session, std::string state, std::optional<Key> above,
                            postgres::Failure failure);
  async::Task<std::optional<std::int64_t>> go_over(postgres::Session& session, std::string state, BatchSizer& sizer,
                                                   int most);
  FailureClass judge(const postgres::Failure& failure, const std::string& state, const std::optional<Key>& above,
                     Portion portion);
  bool take_less(FailureClass what, Portion portion, BatchSizer& sizer);

  const JobWork& job_;
  WorkerHooks hooks_;
  Refusals& refusals_;
  std::function<void()> found_free_;
  BatchSizer sizer_;
};

}  // namespace pgfill::work
