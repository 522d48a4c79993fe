#include "sim/range_executor.h"

#include <stdexcept>
#include <type_traits>

namespace pgfill::sim {
namespace {

namespace action = work::action;
namespace answer = work::answer;

work::RangeFacts facts_of(const Shape& shape) {
  work::RangeFacts facts;
  facts.table = "rows";
  facts.key_columns = {"id"};
  facts.stripes = shape.stripes;
  facts.estimated_rows = shape.rows;
  facts.limits = batch_limits();
  facts.direct_patience = direct_patience;
  return facts;
}

/// With a state that the engine classifies as what the model means.
postgres::Failure failure_of(const Answer& failed) {
  const auto state = [](FailureClass failure) {
    switch (failure) {
      case FailureClass::retry:
        return "40001";
      case FailureClass::locked:
        return "55P03";
      case FailureClass::slow:
        return "57014";
      case FailureClass::reconnect:
        return "";
      case FailureClass::fenced:
        return "PF001";
      default:
        throw std::logic_error("the modelled server has no such failure");
    }
  };
  postgres::Failure failure(state(failed.failure), failed.message);
  failure.by_function = failed.by_function;
  return failure;
}

answer::Walked walked(const Answer& given) {
  return {key_of(given.nth), key_of(given.largest)};
}

// What the database has answered, as the machine reads it.
work::Answer answered(const action::Walk& /*asked*/, const Answer& given) {
  return walked(given);
}
work::Answer answered(const action::FindSplit& /*asked*/, const Answer& given) {
  return answer::Walked{key_of(given.nth), std::nullopt};
}
work::Answer answered(const action::Change& asked, const Answer& given) {
  answer::Changed done;
  done.changed = given.number;
  done.on_page = given.on_page;
  done.deferred = given.deferred;
  if (asked.walk) done.next = walked(given);
  return done;
}
work::Answer answered(const action::ProveEnd& /*asked*/, const Answer& given) {
  return answer::EndSeen{key_of(given.largest)};
}
work::Answer answered(const action::Split& /*asked*/, const Answer& given) {
  return answer::GivenAway{given.number};
}
work::Answer answered(const action::Release& /*asked*/, const Answer& /*given*/) {
  return answer::Released{};
}

/// What the modelled jobs never need: rows in another order than their keys, and rows set aside.
template <typename Asked>
constexpr bool is_modelled = !std::is_same_v<Asked, action::ReadRows> && !std::is_same_v<Asked, action::LookAtRow> &&
                             !std::is_same_v<Asked, action::SetAside> && !std::is_same_v<Asked, action::AskPermit> &&
                             !std::is_same_v<Asked, action::Finished>;

}  // namespace

BatchLimits batch_limits() {
  BatchLimits limits;
  limits.min_rows = 1;
  limits.max_rows = 200;
  return limits;
}

void note_failure(const Answer& answer, RangeOutcome& outcome) {
  using End = RangeOutcome::End;
  outcome.end = answer.failure == FailureClass::fenced ? End::fenced : End::failed;
  outcome.failure = answer.failure;
  outcome.message = answer.message;
}

RangeExecutor::RangeExecutor(World& world, Database& database, const Shape& shape, int number, work::WorkerHooks hooks,
                             work::Refusals& refusals)
    : world_(world),
      database_(database),
      shape_(shape),
      number_(number),
      hooks_(std::move(hooks)),
      machine_(facts_of(shape), number, refusals) {}

Task<RangeOutcome> RangeExecutor::run(ConnectionPtr connection, Lease lease) {
  connection_ = std::move(connection);
  const work::Decision* decision = &machine_.begin(std::move(lease));
  while (machine_.under_way()) {
    work::Answer answer = co_await carry_out(decision->action);
    decision = &machine_.next(std::move(answer));
    report(*decision);
  }
  const RangeOutcome outcome = std::get<action::Finished>(decision->action).outcome;
  look_at_end(outcome);
  co_return outcome;
}

void RangeExecutor::report(const work::Decision& decision) {
  if (decision.measured) hooks_.measured(decision.measured->on_page, decision.measured->changed);
  if (decision.committed) hooks_.committed(*decision.committed);
  if (decision.range_added) hooks_.range_added();
  if (decision.tries_again) hooks_.failed();
  for (const Event::Body& event : decision.events) hooks_.emit(event);
}

/// PF010: a row counts as bad that a function refuses each time.
void RangeExecutor::look_at_end(const RangeOutcome& outcome) {
  if (outcome.sqlstate == "PF010") database_.blame(machine_.lease(), bound_);
}

/// Never connects anew: a session that is gone ends the visit.
Task<work::Answer> RangeExecutor::carry_out(const work::Action& action) {
  if (std::holds_alternative<action::AskPermit>(action)) co_return co_await ask_permit();
  const TimePoint begun = async::Clock::now();
  Database::Operation operation = std::visit(
      [this](const auto& asked) -> Database::Operation {
        if constexpr (is_modelled<std::decay_t<decltype(asked)>>) return request(asked);
        throw std::logic_error("this is asked for by no modelled job");
      },
      action);
  const Answer given = co_await database_.ask(connection_, std::move(operation));
  if (!given.ok) co_return answer::Failed{failure_of(given), async::Clock::now()};
  work::Answer answer = std::visit(
      [&given](const auto& asked) -> work::Answer {
        if constexpr (is_modelled<std::decay_t<decltype(asked)>>) return answered(asked, given);
        throw std::logic_error("this is answered to no modelled job");
      },
      action);
  if (auto* done = std::get_if<answer::Changed>(&answer)) {
    world_.trace(static_cast<std::uint64_t>(bound_));
    done->elapsed = std::chrono::duration_cast<std::chrono::microseconds>(async::Clock::now() - begun);
  }
  co_return answer;
}

Task<work::Answer> RangeExecutor::ask_permit() {
  const work::Permit permit = co_await hooks_.permit(number_);
  co_return answer::Permitted{permit, hooks_.aim()};
}

Database::Operation RangeExecutor::request_walk(int from, std::int64_t rows) {
  return [this, lease = machine_.lease(), from, rows](ConnectionPtr session) {
    return database_.walk(std::move(session), lease, from, rows);
  };
}

Database::Operation RangeExecutor::request(const action::Walk& asked) {
  return request_walk(number_of(asked.from), asked.rows);
}

Database::Operation RangeExecutor::request(const action::FindSplit& asked) {
  return request_walk(number_of(asked.from), asked.keep.rows);
}

Database::Operation RangeExecutor::request(const action::Change& asked) {
  const Lease& lease = machine_.lease();
  bound_ = number_of(asked.slice.bound);
  Batch batch{lease, bound_, work::position_after(lease, asked.slice, shape_.stripes), {}};
  if (!asked.slice.ends_with_the_table()) batch.walked = asked.slice.probable_rows();
  batch.walk = asked.walk.value_or(0);
  batch.way = asked.way;
  return [this, batch](ConnectionPtr session) { return database_.batch(std::move(session), batch); };
}

Database::Operation RangeExecutor::request(const action::ProveEnd& /*asked*/) {
  return [this, lease = machine_.lease()](ConnectionPtr session) {
    return database_.prove_end(std::move(session), lease);
  };
}

Database::Operation RangeExecutor::request(const action::Split& asked) {
  const Cut cut{number_of(asked.at), asked.keep.share, asked.keep.moved};
  return [this, lease = machine_.lease(), cut](ConnectionPtr session) {
    return database_.split(std::move(session), lease, cut);
  };
}

Database::Operation RangeExecutor::request(const action::Release& /*asked*/) {
  return
      [this, lease = machine_.lease()](ConnectionPtr session) { return database_.release(std::move(session), lease); };
}

}  // namespace pgfill::sim
