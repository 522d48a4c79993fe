#include "run/event_log.h"

#include "ledger/history.h"
#include "report/words.h"

namespace pgfill::run {
namespace {

constexpr std::size_t most_waiting = 5000;

bool is_kept(const Event::Body& body) {
  return !std::holds_alternative<event::BatchCommitted>(body);
}

}  // namespace

EventLog::EventLog(std::string job, std::string kind, std::int64_t job_id, Observer& observer)
    : job_(std::move(job)), kind_(std::move(kind)), job_id_(job_id), observer_(observer) {}

void EventLog::emit(Event::Body body) {
  Event event{std::chrono::system_clock::now(), job_, std::move(body), kind_};
  observer_.on_event(event);
  if (!is_kept(event.body)) return;
  waiting_.push_back(std::move(event));
  if (waiting_.size() > most_waiting) waiting_.pop_front();
}

void EventLog::withdraw_done() {
  std::erase_if(waiting_, [](const Event& event) { return std::holds_alternative<event::Done>(event.body); });
}

async::Task<void> EventLog::flush(postgres::Session& session) {
  const auto now = std::chrono::system_clock::now();
  std::vector<ledger::NewEvent> events;
  for (const Event& event : waiting_) {
    report::EventRow row = report::to_row(event);
    events.push_back({std::chrono::duration_cast<std::chrono::milliseconds>(now - event.at), std::move(row.kind),
                      std::move(row.message), std::move(row.detail)});
  }
  const std::size_t written = events.size();
  co_await ledger::append_events(session, job_id_, std::move(events));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(written, waiting_.size())));
}

}  // namespace pgfill::run
