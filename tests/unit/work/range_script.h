// A range machine and a script for it: each step of a test expects an action and gives its answer. Keys are numbers.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "work/range_machine.h"

namespace pgfill::work {

inline std::optional<Key> number(int key) {
  return Key{std::to_string(key)};
}

inline postgres::Failure failure(const std::string& sqlstate) {
  return postgres::Failure(sqlstate, "no");
}

class RangeScript : public ::testing::Test {
 protected:
  /// Batches have exactly 100 rows.
  static RangeFacts facts() {
    RangeFacts facts;
    facts.table = "items";
    facts.key_columns = {"id"};
    facts.estimated_rows = 100'000;
    facts.limits.min_rows = facts.limits.max_rows = 100;
    return facts;
  }
  /// The keys above 0 up to `upper`; 0: without an end.
  static ledger::Lease lease(int upper) {
    ledger::Lease lease;
    lease.job_id = 1;
    lease.range_id = 7;
    lease.epoch = 1;
    lease.keys.lower = lease.cursor = number(0);
    if (upper != 0) lease.keys.upper = number(upper);
    lease.share = 1;
    return lease;
  }

  void begin(const ledger::Lease& range, const RangeFacts& about = facts()) {
    machine_.emplace(about, 3, refusals_);
    aim_ = {about.limits, std::chrono::milliseconds(25), true, std::chrono::milliseconds(50)};
    decision_ = &machine_->begin(range);
  }
  void again(const ledger::Lease& range) { decision_ = &machine_->begin(range); }
  void give(Answer answer) { decision_ = &machine_->next(std::move(answer)); }

  template <typename Wanted>
  bool is() const {
    return std::holds_alternative<Wanted>(decision_->action);
  }
  /// The action, which must be this one; a copy, since the next answer ends it.
  template <typename Wanted>
  Wanted asked() const {
    const auto* action = std::get_if<Wanted>(&decision_->action);
    if (action == nullptr)
      throw std::logic_error("another action, number " + std::to_string(decision_->action.index()));
    return *action;
  }
  template <typename Wanted>
  const Wanted* event() const {
    for (const Event::Body& body : decision_->events) {
      if (const auto* found = std::get_if<Wanted>(&body)) return found;
    }
    return nullptr;
  }

  void permit(Permit permit = Permit::go_on) {
    asked<action::AskPermit>();
    give(answer::Permitted{permit, aim_});
  }
  void walk_to(int key) { give(answer::Walked{key == 0 ? std::nullopt : number(key), std::nullopt}); }
  /// A permit, a walk and its answer.
  void find(int key) {
    permit();
    asked<action::Walk>();
    walk_to(key);
  }
  static answer::Changed changed(std::int64_t rows, int next = 0) {
    answer::Changed done;
    done.changed = rows;
    done.elapsed = std::chrono::milliseconds(25);
    if (next != 0) done.next.key = number(next);
    return done;
  }
  /// A permit and a batch, which commits; answers the batch.
  action::Change commit(std::int64_t rows, int next = 0) {
    permit();
    auto batch = asked<action::Change>();
    give(changed(rows, next));
    return batch;
  }
  /// A permit and a batch, which fails; answers the batch.
  action::Change refuse(const postgres::Failure& why, async::TimePoint at = {}) {
    permit();
    auto batch = asked<action::Change>();
    give(answer::Failed{why, at});
    return batch;
  }
  RangeOutcome outcome() const { return asked<action::Finished>().outcome; }

  Refusals refusals_;
  std::optional<RangeMachine> machine_;
  const Decision* decision_ = nullptr;
  Aim aim_;
};

}  // namespace pgfill::work
