#include "run/sessions.h"

#include <algorithm>

#include "run/open_session.h"

namespace pgfill::run {

using async::Task;

void Sessions::follow(std::int64_t job_id, std::function<void(int, int)> on_failover) {
  job_id_ = job_id;
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
    throw postgres::Failure("PF003", "the connection leads to another database now: " + found.identity() +
                                         "; the job began on " + server_.identity());
  }
  if (found.timeline < server_.timeline) {
    throw postgres::Failure("PF003", "the server at " + found.address + " writes timeline " +
                                         std::to_string(found.timeline) + ", but the job has seen timeline " +
                                         std::to_string(server_.timeline) +
                                         ": it is a former primary that was replaced");
  }
  if (found.timeline == server_.timeline) co_return;
  const int former = server_.timeline;
  server_ = found;
  if (job_id_ != 0) co_await ledger::add_server(session, job_id_, found.identity());
  if (on_failover_) on_failover_(former, found.timeline);
}

}  // namespace pgfill::run
