// What the workers know of each relation of a job, made when its first range is leased. Of a job that goes over its
// table as a whole there is one, which is known from the start.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "ledger/lease.h"
#include "run/job_work_of.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler. Keeps what was used last, however many relations there are.
class Relations {
 public:
  /// `spec` outlives it.
  Relations(const JobSpec& spec, WholeTable whole, bool by_leaf)
      : spec_(spec),
        whole_(std::move(whole)),
        whole_work_(std::make_shared<const work::JobWork>(whole_.work)),
        by_leaf_(by_leaf) {}

  /// Each batch touches one leaf partition.
  bool by_leaf() const { return by_leaf_; }
  /// The job's table.
  const work::JobWork& whole() const { return *whole_work_; }
  std::shared_ptr<const work::JobWork> whole_work() const { return whole_work_; }

  /// Of the relation that a range was leased in. Null: it was detached or dropped just now.
  async::Task<std::shared_ptr<const work::JobWork>> work_of(postgres::Session& session, ledger::Lease lease);
  async::Task<std::shared_ptr<const work::JobWork>> work_of(postgres::Session& session, ledger::Relation relation);
  /// Whether a relation that a batch could not use is no part of the job any more, or has another name.
  async::Task<bool> has_left(postgres::Session& session, const work::JobWork& job, std::int64_t runner_id);

 private:
  std::shared_ptr<const work::JobWork> known(std::int64_t relation_id, const std::string& name);

  const JobSpec& spec_;
  const WholeTable whole_;
  const std::shared_ptr<const work::JobWork> whole_work_;
  const bool by_leaf_;
  std::map<std::int64_t, std::shared_ptr<const work::JobWork>> known_;
  std::deque<std::int64_t> order_;  ///< in which they came to be known
};

}  // namespace pgfill::run
