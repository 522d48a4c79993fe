#include "run/sessions.h"

#include <algorithm>
#include <utility>

#include "run/open_session.h"

namespace pgfill::run {

using async::Task;

namespace {

/// How long after a failover a connection may still lead to the former primary, before that is taken for a mistake.
constexpr std::chrono::seconds patience_with_former{10};
/// How soon it is looked again whether the first session at a new server has entered it.
constexpr std::chrono::milliseconds look_again{5};

}  // namespace

void Sessions::follow(std::int64_t job_id, std::string mark, std::function<void(int, int)> on_failover) {
  job_id_ = job_id;
  mark_ = std::move(mark);
  on_failover_ = std::move(on_failover);
}

Task<std::unique_ptr<postgres::Session>> Sessions::open(std::string role) {
  co_await wait_turn();
  auto session = co_await open_session(connection_, job_, std::move(role));
  co_await check(*session);
  co_return session;
}

Task<void> Sessions::wait_turn() {
  async::TimePoint turn = async::Clock::now();
  if (begun_.size() >= a_second_) {
    turn = std::max(turn, begun_[begun_.size() - a_second_] + std::chrono::seconds(1));
    begun_.pop_front();
  }
  begun_.push_back(turn);
  const auto wait = turn - async::Clock::now();
  if (wait > wait.zero()) co_await async::sleep_for(wait);
}

Task<void> Sessions::check(postgres::Session& session) {
  const ledger::Server found = co_await ledger::read_server(session);
  if (server_.timeline == 0) server_ = found;
  if (found.cluster != server_.cluster || found.database != server_.database) {
    throw postgres::Failure(postgres::Condition::wrong_server,
                            "the connection leads to another database now: " + found.identity() +
                                "; the job began on " + server_.identity());
  }
  check_timeline(found);
  // Only the first session writes: the mark of a second would hide that it leads to another server.
  while (entering_) co_await async::sleep_for(look_again);
  check_timeline(found);
  if (!entered_) {
    co_await enter(session, found.identity());
  } else if (job_id_ != 0) {
    const bool same = co_await ledger::knows_mark(session, job_id_, mark_);
    if (same) co_return;
    throw postgres::Failure(postgres::Condition::wrong_server,
                            "the server at " + found.address + " writes timeline " + std::to_string(found.timeline) +
                                " as the job's server does, but lacks what the job has written there: two "
                                "servers were promoted to this timeline, or this one was set back");
  }
}

/// Follows a failover; throws for a server of a former timeline.
void Sessions::check_timeline(const ledger::Server& found) {
  if (found.timeline < server_.timeline) {
    // What leads to servers (names, proxies, poolers) follows a failover after a while.
    if (async::Clock::now() < former_until_) throw postgres::Failure("", "still at a former primary: " + found.address);
    throw postgres::Failure(postgres::Condition::wrong_server,
                            "the server at " + found.address + " writes timeline " + std::to_string(found.timeline) +
                                ", but the job has seen timeline " + std::to_string(server_.timeline) +
                                ": it is a former primary that was replaced");
  }
  if (found.timeline == server_.timeline) return;
  const int former = std::exchange(server_, found).timeline;
  entered_ = job_id_ == 0;
  former_until_ = async::Clock::now() + patience_with_former;
  if (on_failover_) on_failover_(former, found.timeline);
}

Task<void> Sessions::enter(postgres::Session& session, std::string identity) {
  entering_ = true;
  std::string mark = ledger::new_mark();
  std::exception_ptr failure;
  try {
    co_await ledger::add_server(session, job_id_, std::move(identity), mark);
    mark_ = std::move(mark);
    entered_ = true;
  } catch (...) {
    failure = std::current_exception();
  }
  entering_ = false;
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pgfill::run
