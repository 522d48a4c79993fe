// Carries out on the modelled server what the engine's work/range_machine.h decides about one range, as
// work/range_worker.h does on a real one. It decides nothing.
#pragma once

#include "pgfill/range.h"
#include "sim/database.h"
#include "work/job_work.h"
#include "work/range_machine.h"

namespace pgfill::sim {

/// Not thread-safe; one per worker of a runner. Lives as long as the coroutines of its process.
class RangeExecutor {
 public:
  RangeExecutor(World& world, Database& database, const Shape& shape, int number, work::WorkerHooks hooks,
                work::Refusals& refusals);

  Task<RangeOutcome> run(ConnectionPtr connection, Lease lease);

 private:
  Task<work::Answer> carry_out(const work::Action& action);
  Task<work::Answer> ask_permit();
  void report(const work::Decision& decision);
  void look_at_end(const RangeOutcome& outcome);

  // What an action asks of the database; plain functions, so that no coroutine holds a lambda.
  Database::Operation request(const work::action::Walk& asked);
  Database::Operation request(const work::action::FindSplit& asked);
  Database::Operation request(const work::action::Change& asked);
  Database::Operation request(const work::action::ProveEnd& asked);
  Database::Operation request(const work::action::Split& asked);
  Database::Operation request(const work::action::Release& asked);
  Database::Operation request_walk(int from, std::int64_t rows);

  World& world_;
  Database& database_;
  Shape shape_;
  int number_;
  work::WorkerHooks hooks_;
  work::RangeMachine machine_;
  ConnectionPtr connection_;
  int bound_ = 0;  ///< of the batch asked for last
};

/// How small and how large a batch may be.
BatchLimits batch_limits();

/// A failed answer as the scheduler reads it.
void note_failure(const Answer& answer, RangeOutcome& outcome);

}  // namespace pgfill::sim
