#include "run/completion.h"

#include <algorithm>
#include <random>
#include <set>

#include "ledger/job.h"
#include "schedule/retry_policy.h"

namespace pgfill::run {
namespace {

using async::Task;
using namespace std::chrono_literals;
using schedule::Ending;

/// How often the table is swept for rows written since the last range was done, before they count as the application's
/// own. A look that finds as many as it may is none of these: more were there.
constexpr int most_late_sweeps = 20;
/// Before it believes that rows are the same as before by their position alone.
constexpr int least_sweeps_without_key = 3;
constexpr const char* stay_as_they_are =
    " stay as they are, though they meet the condition: see triggers, and whether their new values are NULL";
constexpr const char* goes_on_adding =
    "the application goes on adding rows that meet the condition: they are its own to fill, by a trigger for instance";
constexpr const char* goes_on_changing =
    "the application goes on adding rows that meet the condition, or changing some that do (without a key nobody can "
    "tell "
    "them from added ones): they are its own to fill, by a trigger for instance";
/// More than are in the table, by far, are the same ones again and again.
constexpr std::size_t most_found_times = 3;
constexpr std::size_t least_counted = 2 * work::Sweep::most_at_once;
constexpr async::milliseconds shortest_look{20};
constexpr async::milliseconds longest_look{1000};

std::string rows_of(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

Ending failed(const postgres::Failure& failure) {
  Ending ending;
  ending.how = Ending::How::failed;
  ending.failure = outcome_of(failure);
  return ending;
}

}  // namespace

Completion::Completion(Relations& relations, std::int64_t runner_id, work::WorkerHooks hooks, Workers& workers,
                       schedule::Scheduler& scheduler)
    : relations_(relations),
      job_(relations.whole()),
      runner_id_(runner_id),
      hooks_(std::move(hooks)),
      workers_(workers),
      scheduler_(scheduler) {}

void Completion::say(std::string step) {
  waiting_for_ = step;
  hooks_.emit(event::Finishing{std::move(step)});
}

/// Sleeps, but wakes early to obey a stop.
Task<void> Completion::pause(async::milliseconds length) {
  const async::TimePoint until = async::Clock::now() + length;
  while (!scheduler_.stopping() && async::Clock::now() < until)
    co_await async::sleep_for(std::min(length, shortest_look));
}

Task<Ending> Completion::run() {
  std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> uniform;
  for (;;) {
    std::optional<postgres::Failure> failure;
    try {
      postgres::Session& session = *co_await workers_.idle_session();
      co_await finish(session);
    } catch (const postgres::Failure& thrown) {
      failure = thrown;
    }
    if (scheduler_.stopping()) co_return scheduler_.ending();
    if (!failure) co_return Ending{};
    waiting_for_.clear();  // it is the failure that holds it up
    const FailureClass what = work::retried_as(*failure);
    if (what != FailureClass::reconnect) trouble_since_.reset();
    if (what == FailureClass::reconnect && !trouble_since_) trouble_since_ = async::Clock::now();
    const bool too_long = trouble_since_ && async::Clock::now() - *trouble_since_ > schedule::outage_budget;
    // The message names the row: another one is progress.
    const bool same = failed_last_ == failure->what();
    failed_last_ = failure->what();
    const bool too_slow = slow_tries_.failed(what, !same);
    ++attempts_;
    const bool for_good = !schedule::worth_retrying(what) || schedule::tried_enough(what, attempts_);
    if (for_good || too_long || too_slow) co_return failed(*failure);
    const auto delay = schedule::retry_delay(what, attempts_, uniform(random));
    hooks_.failed();
    hooks_.emit(event::BatchFailed{0, 0, reported_as(what), failure->sqlstate(), failure->what(), delay});
    co_await pause(delay);
  }
}

Task<void> Completion::finish(postgres::Session& session) {
  // The ranges of a partition that was attached come first; the ledger refuses to finish while there are any.
  co_await ledger::follow_leaves(session, job_.job_id, runner_id_);
  const std::string until = co_await work::next_transaction(session);
  if (!co_await revisit(session)) co_return;
  // Without a key a listed row that was updated since is found by nobody but the sweep, which so comes last.
  if (work::is_keyless(job_) && !scheduler_.stopping()) co_await try_quarantined(session);
  if (job_.conditional) co_await sweep(session, until);
  if (!work::is_keyless(job_) && !scheduler_.stopping()) co_await try_quarantined(session);
  waiting_for_.clear();
  if (scheduler_.stopping()) co_return;
  co_await ledger::require_unchanged_table(session, job_.job_id);
  const auto finished = co_await ledger::finish_job(session, job_.job_id);
  const ledger::SkippedRows left = co_await ledger::skipped_rows(session, job_.job_id);
  went_back_ = !finished && left.quarantined == 0;
  if (finished) co_await clear_up(session);
}

/// Nothing depends on it: the next job that finishes does it again.
Task<void> Completion::clear_up(postgres::Session& session) {
  try {
    co_await ledger::forget_changes(session);
  } catch (const postgres::Failure&) {
    // The job is done all the same.
  }
}

/// The deferred rows of each relation. Answers how many are still held; empty: asked to stop.
Task<std::optional<std::int64_t>> Completion::revisit_once(postgres::Session& session) {
  std::function<void()> found_free = [this] { waiting_for_.clear(); };
  std::int64_t held = 0;
  const std::vector<ledger::Relation> listed =
      co_await ledger::relations_with_skipped(session, job_.job_id, "deferred");
  for (const ledger::Relation& relation : listed) {
    const std::shared_ptr<const work::JobWork> job = co_await relations_.work_of(session, relation);
    work::SkippedRows skipped(*job, hooks_, refusals_, found_free);
    const std::optional<std::int64_t> still = co_await skipped.revisit_deferred(session);
    if (!still) co_return std::nullopt;
    held += *still;
  }
  co_return held;
}

Task<void> Completion::try_quarantined(postgres::Session& session) {
  const std::vector<ledger::Relation> listed =
      co_await ledger::relations_with_skipped(session, job_.job_id, "quarantined");
  for (const ledger::Relation& relation : listed) {
    const std::shared_ptr<const work::JobWork> job = co_await relations_.work_of(session, relation);
    work::SkippedRows skipped(*job, hooks_, refusals_);
    if (!scheduler_.stopping()) co_await skipped.try_quarantined(session);
  }
}

/// Until no deferred row is left. False: asked to stop.
Task<bool> Completion::revisit(postgres::Session& session) {
  async::milliseconds look = shortest_look;
  bool said = false;
  for (;;) {
    const std::optional<std::int64_t> held = co_await revisit_once(session);
    if (!held || scheduler_.stopping()) co_return false;
    if (*held == 0) break;
    const std::vector<work::TableWriter> holders = co_await work::row_holders(session, job_);
    std::string sentence = "waiting for " + rows_of(static_cast<std::size_t>(*held)) + " held by others";
    if (!holders.empty()) sentence += ", perhaps by " + work::describe(holders.front());
    if (!said) say(sentence);
    said = true;
    waiting_for_ = sentence;
    co_await pause(look);
    look = std::min(longest_look, look * 2);
  }
  waiting_for_.clear();
  co_return true;
}

/// Until every transaction has ended that had written to the table when the last range was done: what it inserted is
/// visible then, as CREATE INDEX CONCURRENTLY waits. False: asked to stop.
Task<bool> Completion::outlast_writers(postgres::Session& session) {
  const std::vector<work::TableWriter> first = co_await work::table_writers(session, job_);
  async::milliseconds look = shortest_look;
  for (;;) {
    const std::vector<work::TableWriter> now = co_await work::table_writers(session, job_);
    std::vector<work::TableWriter> left;
    for (const work::TableWriter& writer : now) {
      const bool older = std::any_of(first.begin(), first.end(), [&writer](const work::TableWriter& one) {
        return one.transaction == writer.transaction;
      });
      if (older) left.push_back(writer);
    }
    if (scheduler_.stopping()) co_return false;
    if (left.empty()) break;
    const std::string sentence = "waiting for " + std::to_string(left.size()) +
                                 (left.size() == 1 ? " transaction" : " transactions") +
                                 " that may have rows for this job: " + work::describe(left.front());
    if (waiting_for_.empty() && look > shortest_look * 8) say(sentence);
    if (!waiting_for_.empty()) waiting_for_ = sentence;
    co_await pause(look);
    look = std::min(longest_look, look * 2);
  }
  waiting_for_.clear();
  co_return true;
}

/// Finds and does what the ranges have left behind: all of it that was written before `until`, and what came later as
/// long as the application does not go on and on.
Task<void> Completion::sweep(postgres::Session& session, std::optional<std::string> until) {
  if (!co_await outlast_writers(session)) co_return;
  if (!co_await tells_done_rows(session)) co_return;
  std::optional<Key> bound = co_await ledger::job_bound(session, job_.job_id);
  work::Sweep sweep(job_, hooks_, std::move(bound));
  // Mostly nothing is left, whenever it was written: then one look is enough.
  const std::optional<std::vector<ledger::FoundRow>> any = co_await sweep.left_behind(session, std::nullopt);
  if (!any || any->empty()) co_return;
  if (work::is_keyless(job_))
    until.reset();                    // a row that others have moved looks like one that they have just inserted
  std::set<ledger::FoundRow> former;  // what a trigger keeps as it was is found again
  std::size_t found_in_all = 0;
  for (int late = 0; late < most_late_sweeps;) {
    std::optional<std::vector<ledger::FoundRow>> found = co_await sweep.left_behind(session, until);
    if (!found) co_return;
    const bool nothing_new = std::all_of(found->begin(), found->end(),
                                         [&former](const ledger::FoundRow& row) { return former.contains(row); });
    // Without a key another row may have come to lie where one was done.
    const bool certain = found->empty() || !work::is_keyless(job_) || late > least_sweeps_without_key;
    if (nothing_new && certain && !until) {
      if (!found->empty()) say(rows_of(found->size()) + stay_as_they_are);
      co_return;
    }
    if (nothing_new && until) {
      until.reset();
      continue;
    }
    if (!until && found->size() < work::Sweep::most_at_once) ++late;
    found_in_all += found->size();
    require_an_end(found_in_all);
    if (former.empty()) say("found " + rows_of(found->size()) + " left behind the cursors; doing them now");
    former = {found->begin(), found->end()};
    waiting_for_.clear();
    co_await ledger::defer_left_behind(session, job_.job_id, std::move(*found));
    if (!co_await revisit(session)) co_return;
    if (work::is_keyless(job_) && late > 1) co_await sweep_pieces(session, sweep);
  }
  say(work::is_keyless(job_) ? goes_on_changing : goes_on_adding);
}

/// Without a key a row that is updated between the look that finds it and the visit is missed. So where a look over the
/// whole table is too long for some, each piece is done as soon as it is read.
Task<void> Completion::sweep_pieces(postgres::Session& session, work::Sweep& sweep) {
  std::optional<Key> lower;
  do {
    std::optional<work::Sweep::Piece> piece = co_await sweep.next_piece(session, lower, std::nullopt);
    if (!piece) co_return;
    lower = std::move(piece->upper);
    if (piece->found.empty()) continue;
    co_await ledger::defer_left_behind(session, job_.job_id, std::move(piece->found));
    if (!co_await revisit(session)) co_return;
  } while (lower);
}

/// Throws PF007 when so many rows cannot have been left behind. Nothing is lost: a later run goes on here.
void Completion::require_an_end(std::size_t found) const {
  if (found <= most_found_times * std::max(least_counted, static_cast<std::size_t>(job_.estimated_rows))) return;
  throw postgres::Failure(postgres::Condition::no_end,
                          "rows meet the condition again each time they are done (" + rows_of(found) +
                              " so far): their new values are NULL, or a trigger makes them so or inserts such rows; "
                              "see to that first, or the next run does them again, too");
}

/// False when the condition may hold for rows that are done: then a row that the application has written since may be
/// one of them, and doing it again would undo what was written, or be once too often.
Task<bool> Completion::tells_done_rows(postgres::Session& session) {
  const ledger::RangeTotals totals = co_await ledger::range_totals(session, job_.job_id);
  if (totals.ranges == 0) co_return false;  // an empty table, bound at the start: no row is the job's
  if (totals.rows_changed == 0 || (job_.condition_may_tell && job_.fills_nulls)) co_return true;
  if (job_.condition_may_tell) {
    const bool meet = co_await ledger::done_rows_meet(session, job_.job_id);
    if (!meet) co_return true;
  }
  say("rows that are done meet the condition still, so rows that others have written behind the cursors cannot be told "
      "from them and are not looked for");
  co_return false;
}

}  // namespace pgfill::run
