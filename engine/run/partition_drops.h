// Takes the partitions that hold nothing but rows to be deleted, before the first batch: detached and dropped instead
// of emptied. What was begun is in the ledger, and the next run goes on with it. Does not delete rows.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "ledger/partition.h"
#include "plan/read_deletion.h"
#include "run/event_log.h"
#include "run/open_job.h"
#include "run/sessions.h"
#include "schedule/scheduler.h"
#include "throttle/gate.h"
#include "work/partitions.h"

namespace pgfill::run {

/// Not thread-safe: lives on the executor of the scheduler. All it is given outlives it.
class PartitionDrops {
 public:
  PartitionDrops(Sessions& sessions, const OpenedJob& opened, const work::JobWork& job, std::int64_t runner_id,
                 schedule::Scheduler& scheduler, throttle::Gate& gate, EventLog& events);

  /// Empty: nothing is left to be dropped, and the batches may begin. Throws nothing of the database.
  async::Task<std::optional<schedule::Ending>> run();

  /// What it waits for now, in words; empty: nothing.
  const std::string& waiting_for() const { return waiting_for_; }
  /// The name of its session.
  std::string session_name() const;
  /// Ends its session: another server has taken over.
  void cut_session() {
    if (session_) session_->cut();
  }

 private:
  async::Task<void> drop_all(postgres::Session& session);
  async::Task<std::vector<plan::WholePartition>> find_whole(postgres::Session& session);
  async::Task<void> take(postgres::Session& session, plan::WholePartition leaf);
  async::Task<void> take_at_once(postgres::Session& session, plan::WholePartition leaf);
  async::Task<void> take_in_steps(postgres::Session& session, std::uint32_t leaf);
  async::Task<bool> step(postgres::Session& session, ledger::DetachedPartition partition, bool tried_enough);
  async::Task<bool> detach(postgres::Session& session, ledger::DetachedPartition partition, bool tried_enough);
  async::Task<bool> drop_detached(postgres::Session& session, ledger::DetachedPartition partition);
  async::Task<void> attach_again(postgres::Session& session, ledger::DetachedPartition partition);
  /// Wakes early to obey a stop.
  async::Task<void> pause(async::milliseconds length);
  async::Task<bool> may_go_on();
  void keep(std::uint32_t leaf, std::string name, std::string reason);
  sql::Target target() const;
  work::Expressions expressions() const { return {opened_.record.search_path, opened_.record.settings}; }

  Sessions& sessions_;
  const OpenedJob& opened_;
  const work::JobWork& job_;
  std::int64_t runner_id_;
  schedule::Scheduler& scheduler_;
  throttle::Gate& gate_;
  EventLog& events_;
  std::unique_ptr<postgres::Session> session_;
  std::set<std::uint32_t> kept_;  ///< that this run leaves to the batches
  std::string waiting_for_;
  bool done_ = false;
};

}  // namespace pgfill::run
