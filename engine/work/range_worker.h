// Carries out on a session what a RangeMachine decides about one leased range. It decides nothing: each action is one
// or two round trips, and what the server answers goes back to the machine as it is.
//
// A batch is one transaction in one round trip: pin settings, walk to the boundary after next, fence, change the rows
// and move the cursor, COMMIT.
#pragma once

#include <memory>

#include "async/task.h"
#include "ledger/range.h"
#include "postgres/session.h"
#include "work/job_work.h"
#include "work/range_machine.h"

namespace pgfill::work {

/// Not thread-safe; one per worker.
class RangeWorker {
 public:
  /// `job`: of any relation of it. `refusals` outlives it.
  RangeWorker(std::shared_ptr<const JobWork> job, int number, WorkerHooks hooks, Refusals& refusals);

  /// Runs the range until its end, a failure or a stop. Never throws postgres::Failure: that is an outcome.
  /// `job`: of the relation that the range is in.
  async::Task<RangeOutcome> run(postgres::Session& session, ledger::Lease lease, std::shared_ptr<const JobWork> job);

 private:
  void report(const Decision& decision);
  async::Task<Answer> carry_out(postgres::Session& session, const Action& action);
  async::Task<Answer> begin(postgres::Session& session, const Action& action);

  // One for each action, which outlives the task.
  async::Task<Answer> perform(postgres::Session& session, const action::AskPermit& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::Walk& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::ReadRows& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::Change& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::ProveEnd& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::FindSplit& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::Split& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::LookAtRow& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::SetAside& asked);
  async::Task<Answer> perform(postgres::Session& session, const action::Release& asked);

  async::Task<answer::Walked> walk(postgres::Session& session, std::optional<Key> from, std::int64_t rows,
                                   bool largest);
  void add_walk(std::vector<postgres::Command>& commands, const std::optional<Key>& from, std::int64_t rows,
                bool largest) const;
  answer::Walked walked(const std::vector<postgres::Rows>& answers, std::size_t first, bool largest) const;
  void add_toast_count(std::vector<postgres::Command>& commands, bool counts) const;
  const ledger::Lease& lease() const { return machine_.lease(); }

  std::shared_ptr<const JobWork> job_;
  int number_;
  WorkerHooks hooks_;
  RangeMachine machine_;
};

}  // namespace pgfill::work
