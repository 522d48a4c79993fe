#include "run/partition_drops.h"

#include <algorithm>
#include <random>

#include "kinds/kind.h"
#include "postgres/server_version.h"
#include "postgres/session_name.h"
#include "postgres/transaction.h"
#include "run/workers.h"
#include "schedule/retry_policy.h"

namespace pgfill::run {
namespace {

using async::Task;
using Standing = ledger::DetachedPartition::Standing;
using namespace std::chrono_literals;

constexpr const char* role = "partitions";
/// A partition whose locks are never free is left to the batches.
constexpr std::chrono::minutes patience_with_locks{2};
constexpr async::milliseconds look_interval{50};
constexpr const char* never_free = "others held locks on it for two minutes";

std::string rows_of(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

std::string fails(std::int64_t failing) {
  return "the condition is not true for " + rows_of(failing) + " of it";
}

schedule::Ending failed(const postgres::Failure& failure) {
  schedule::Ending ending;
  ending.how = schedule::Ending::How::failed;
  ending.failure = outcome_of(failure);
  return ending;
}

/// A lock that is not free, or time that was not enough.
bool is_in_the_way(const postgres::Failure& failure) {
  return failure.failure_class() == FailureClass::locked || failure.failure_class() == FailureClass::slow;
}

/// The same try may succeed later: nothing is wrong with what was tried.
bool passes(const postgres::Failure& failure) {
  return is_in_the_way(failure) || failure.failure_class() == FailureClass::retry ||
         failure.failure_class() == FailureClass::reconnect || failure.failure_class() == FailureClass::fenced;
}

async::milliseconds longer_each(int attempt) {
  return std::min<async::milliseconds>(look_interval * (1 << std::min(attempt, 5)), 1s);
}

}  // namespace

PartitionDrops::PartitionDrops(Sessions& sessions, const OpenedJob& opened, const work::JobWork& job,
                               std::int64_t runner_id, schedule::Scheduler& scheduler, throttle::Gate& gate,
                               EventLog& events)
    : sessions_(sessions),
      opened_(opened),
      job_(job),
      runner_id_(runner_id),
      scheduler_(scheduler),
      gate_(gate),
      events_(events) {}

std::string PartitionDrops::session_name() const {
  return postgres::sessions_of(job_.job) + role;
}

sql::Target PartitionDrops::target() const {
  kinds::TargetFacts facts;
  facts.schema = opened_.record.schema;
  facts.table = opened_.record.table;
  facts.oid = opened_.record.table_oid;
  return kinds::target_of(opened_.spec, facts);
}

void PartitionDrops::keep(std::uint32_t leaf, std::string name, std::string reason) {
  kept_.insert(leaf);
  events_.emit(event::PartitionKept{std::move(name), std::move(reason)});
}

Task<void> PartitionDrops::pause(async::milliseconds length) {
  const async::Deadline until = async::Deadline::after(length);
  while (!scheduler_.stopping() && !until.passed()) co_await async::sleep_for(look_interval);
}

/// When nothing holds the job back any more. False: asked to stop.
Task<bool> PartitionDrops::may_go_on() {
  while (!scheduler_.stopping() && !gate_.is_open()) co_await async::sleep_for(look_interval);
  co_return !scheduler_.stopping();
}

Task<std::optional<schedule::Ending>> PartitionDrops::run() {
  // A session that is not needed may be one too many.
  if (!opened_.record.has_detached && !kinds::kind_of(opened_.spec).drops_partitions(opened_.spec))
    co_return std::nullopt;
  std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> uniform;
  const async::Deadline patience = async::Deadline::after(schedule::outage_budget);
  for (int attempt = 1; !done_; ++attempt) {
    std::optional<postgres::Failure> failure;
    try {
      if (!session_ || !session_->open()) session_ = co_await sessions_.open(role);
      co_await drop_all(*session_);
      done_ = !scheduler_.stopping();
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    waiting_for_.clear();
    if (scheduler_.stopping()) co_return scheduler_.ending();
    if (!failure) continue;
    const FailureClass what = failure->failure_class();
    const bool for_good = !schedule::worth_retrying(what) || schedule::tried_enough(what, attempt);
    if (for_good || (what == FailureClass::reconnect && patience.passed())) co_return failed(*failure);
    const auto delay = schedule::retry_delay(what, attempt, uniform(random));
    events_.emit(event::BatchFailed{0, 0, reported_as(what), failure->sqlstate(), failure->what(), delay});
    co_await pause(delay);
  }
  session_.reset();
  co_return std::nullopt;
}

Task<void> PartitionDrops::drop_all(postgres::Session& session) {
  // Also where the spec does not ask for it any more.
  const std::vector<ledger::DetachedPartition> begun = co_await ledger::detached_partitions(session, job_.job_id);
  for (const ledger::DetachedPartition& one : begun) co_await take_in_steps(session, one.oid);
  if (!kinds::kind_of(opened_.spec).drops_partitions(opened_.spec)) co_return;
  const std::vector<std::string> reasons = co_await plan::read_undroppable(session, opened_.record.table_oid);
  const std::vector<plan::WholePartition> whole = co_await find_whole(session);
  for (const plan::WholePartition& leaf : whole) {
    const bool go_on = co_await may_go_on();
    if (!go_on) co_return;
    if (kept_.contains(leaf.oid)) continue;
    if (!reasons.empty()) {
      keep(leaf.oid, leaf.leaf_name(), reasons.front());
    } else {
      co_await take(session, leaf);
    }
  }
}

Task<std::vector<plan::WholePartition>> PartitionDrops::find_whole(postgres::Session& session) {
  postgres::Pins pins;
  pins.read_only = true;
  pins.search_path = opened_.record.search_path;
  std::vector<postgres::Command> commands = postgres::begin(pins);
  commands.push_back(postgres::use_settings(opened_.record.settings));
  co_await session.exchange(std::move(commands));
  std::vector<plan::WholePartition> whole = co_await plan::read_whole_partitions(session, target(), plan::any_number);
  std::vector<postgres::Command> end;
  end.push_back(postgres::commit());
  co_await session.exchange(std::move(end));
  co_return whole;
}

Task<void> PartitionDrops::take(postgres::Session& session, plan::WholePartition leaf) {
  const std::string name = leaf.leaf_name();
  if (!leaf.owned) co_return keep(leaf.oid, name, "this role does not own it and its parent");
  if (leaf.depended_on) co_return keep(leaf.oid, name, "a view or a rule depends on it");
  waiting_for_ = "counting the rows of partition " + name;
  sql::Target counted = plan::of_leaf(target(), leaf);
  const work::LeafCount count = co_await work::count_leaf(session, std::move(counted), expressions());
  if (count.failing > 0) co_return keep(leaf.oid, name, fails(count.failing));
  waiting_for_ = "waiting for locks on partition " + name;
  const bool beside_others = postgres::has(session.server_version(), postgres::Feature::detach_concurrently) &&
                             !leaf.beside_default && !session.pooled();
  if (!beside_others) co_return co_await take_at_once(session, std::move(leaf));
  co_await ledger::begin_detach(session, job_.job_id, leaf.oid, runner_id_);
  co_await take_in_steps(session, leaf.oid);
}

/// Detached, counted again and dropped in one transaction.
Task<void> PartitionDrops::take_at_once(postgres::Session& session, plan::WholePartition leaf) {
  const async::Deadline patience = async::Deadline::after(patience_with_locks);
  const async::TimePoint begun = async::Clock::now();
  const std::string name = leaf.leaf_name();
  for (int attempt = 0; !scheduler_.stopping(); ++attempt) {
    if (patience.passed()) co_return keep(leaf.oid, name, never_free);
    if (attempt > 0) co_await pause(longer_each(attempt));
    const bool held = co_await work::is_partition_held(session, leaf.oid, leaf.parent_oid);
    if (held) continue;
    std::optional<postgres::Failure> failure;
    work::LeafCount count;
    try {
      sql::Target counted = plan::of_leaf(target(), leaf);
      count =
          co_await work::drop_partition(session, job_, runner_id_, std::move(counted), leaf.parent_oid, expressions());
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    if (failure && failure->failure_class() == FailureClass::locked) continue;
    if (failure && failure->failure_class() == FailureClass::slow)
      co_return keep(leaf.oid, name, "counting its rows while the table is locked takes too long");
    if (failure) throw postgres::Failure(*failure);
    if (count.failing > 0) co_return keep(leaf.oid, name, fails(count.failing) + ", written since they were counted");
    events_.emit(event::PartitionDropped{
        name, count.rows, std::chrono::duration_cast<std::chrono::milliseconds>(async::Clock::now() - begun)});
    co_return;
  }
}

/// One that the ledger names, from wherever it stands to its end.
Task<void> PartitionDrops::take_in_steps(postgres::Session& session, std::uint32_t leaf) {
  const async::Deadline patience = async::Deadline::after(patience_with_locks);
  for (int attempt = 0; !scheduler_.stopping(); ++attempt) {
    const std::vector<ledger::DetachedPartition> begun = co_await ledger::detached_partitions(session, job_.job_id);
    const auto found = std::find_if(begun.begin(), begun.end(), [leaf](const auto& one) { return one.oid == leaf; });
    if (found == begun.end()) co_return;
    const bool ended = co_await step(session, *found, patience.passed());
    if (ended) co_return;
    if (found->standing != Standing::attached || attempt > 0) waiting_for_ = "waiting for locks on " + found->name;
    co_await pause(longer_each(attempt));
  }
}

/// True: it came to an end.
Task<bool> PartitionDrops::step(postgres::Session& session, ledger::DetachedPartition partition, bool tried_enough) {
  switch (partition.standing) {
    case Standing::gone:
      co_await ledger::end_detach(session, job_.job_id, partition.oid);
      co_return true;
    case Standing::attached:
    case Standing::pending:
      co_return co_await detach(session, std::move(partition), tried_enough);
    case Standing::detached:
      break;
  }
  co_return co_await drop_detached(session, std::move(partition));
}

Task<bool> PartitionDrops::detach(postgres::Session& session, ledger::DetachedPartition partition, bool tried_enough) {
  const bool begun = partition.standing == Standing::pending;
  std::string reason = tried_enough ? never_free : "";
  if (reason.empty() || begun) {
    std::optional<postgres::Failure> failure;
    try {
      co_await work::detach(session, partition);
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    if (!failure || is_in_the_way(*failure)) co_return false;
    // What has begun can only be finalized; anything else is left as it was.
    if (begun || passes(*failure)) throw postgres::Failure(*failure);
    reason = "the server does not detach it: " + std::string(failure->what());
  }
  co_await ledger::end_detach(session, job_.job_id, partition.oid);
  keep(partition.oid, partition.name, reason);
  co_return true;
}

Task<bool> PartitionDrops::drop_detached(postgres::Session& session, ledger::DetachedPartition partition) {
  const async::TimePoint begun = async::Clock::now();
  std::optional<postgres::Failure> failure;
  work::LeafCount count;
  try {
    sql::Target counted = co_await plan::of_table(session, target(), partition.oid);
    count = co_await work::drop_partition(session, job_, runner_id_, std::move(counted), std::nullopt, expressions());
  } catch (const postgres::Failure& thrown) {
    failure = thrown;
  }
  if (failure && is_in_the_way(*failure)) co_return false;
  if (failure && passes(*failure)) throw postgres::Failure(*failure);
  if (!failure && count.failing == 0) {
    events_.emit(
        event::PartitionDropped{partition.name, count.rows,
                                std::chrono::duration_cast<std::chrono::milliseconds>(async::Clock::now() - begun)});
    co_return true;
  }
  co_await attach_again(session, partition);
  if (failure) throw postgres::Failure(*failure);
  keep(partition.oid, partition.name, fails(count.failing) + ", written since they were counted; it is attached again");
  co_return true;
}

Task<void> PartitionDrops::attach_again(postgres::Session& session, ledger::DetachedPartition partition) {
  for (int attempt = 0;; ++attempt) {
    std::optional<postgres::Failure> failure;
    try {
      co_await work::attach_again(session, job_.job_id, partition.oid);
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    if (!failure) co_return;
    if (!is_in_the_way(*failure)) {
      throw postgres::Failure(failure->sqlstate(),
                              "partition " + partition.name + " was detached from " + partition.parent +
                                  ", has rows that are to stay, and cannot be attached again: " + failure->what());
    }
    if (scheduler_.stopping()) throw postgres::Failure(*failure);
    waiting_for_ = "waiting to attach " + partition.name + " again";
    co_await pause(longer_each(attempt));
  }
}

}  // namespace pgfill::run
