// The model of work/range_worker.h: the same steps over one range, asked of the modelled server. Whatever is decided
// (slices, passes, halves, batch size, remedies) is decided by the engine's code.
#pragma once

#include "pgfill/range.h"
#include "sim/database.h"
#include "work/batch_sizer.h"
#include "work/job_work.h"
#include "work/slice.h"

namespace pgfill::sim {

/// Not thread-safe; one per worker of a runner. Lives as long as the coroutines of its process.
class RangeWorker {
 public:
  RangeWorker(World& world, Database& database, const Shape& shape, int number, work::WorkerHooks hooks,
              work::Refusals& refusals);

  Task<RangeOutcome> run(ConnectionPtr connection, Lease lease);

 private:
  struct Step {
    std::optional<work::Slice> slice;
    work::Way way = work::Way::direct;
    bool range_ended = false;
  };
  /// A request that failed.
  struct Failure {
    Answer answer;
  };

  Task<void> run_batches(Lease& lease, RangeOutcome& outcome);
  std::int64_t slice_rows(const ledger::Lease& lease) const;
  Task<work::Slice> first_slice(Lease& lease);
  Task<Step> advance(Lease& lease, Step step, RangeOutcome& outcome);
  Task<std::optional<work::Slice>> run_batch(Lease& lease, work::Slice slice, work::Way way, RangeOutcome& outcome);
  Task<work::Slice> prove_end(const Lease& lease);
  Task<void> split(Lease& lease, const work::Slice& slice);
  Task<Answer> ask(Database::Operation operation);
  FailureClass judge(const Answer& failure, const Lease& lease, const work::Slice& slice);
  void move_on(Lease& lease, const work::Slice& slice);

  // Questions to the database; plain functions, so that no coroutine holds a lambda.
  Task<Answer> ask_release(const Lease& lease);
  Task<Answer> ask_walk(const Lease& lease, int from, std::int64_t rows);
  Task<Answer> ask_batch(const Batch& batch);
  Task<Answer> ask_end(const Lease& lease);
  Task<Answer> ask_split(const Lease& lease, const Cut& cut);

  World& world_;
  Database& database_;
  Shape shape_;
  int number_;
  work::WorkerHooks hooks_;
  work::Refusals& refusals_;
  work::BatchSizer sizer_;
  work::PassMemory memory_;
  ConnectionPtr connection_;
  bool stripes_pay_ = true;
};

/// How small and how large a batch may be.
BatchLimits batch_limits();

/// A failed answer as the scheduler reads it.
void note_failure(const Answer& answer, RangeOutcome& outcome);

}  // namespace pgfill::sim
