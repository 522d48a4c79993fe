#include "control/ask_runner.h"

#include "async/clock.h"
#include "ledger/request.h"

namespace pgfill::control {
namespace {

using async::Task;
using Answer = Steered::Answer;

constexpr std::chrono::milliseconds look_again{20};

Answer answer_of(const ledger::Acknowledgement& now, std::int64_t version) {
  if (now.job_state == JobState::done) return Answer::over;
  if (!now.alive && (now.host.empty() || now.job_state == JobState::cancelled)) return Answer::no_runner;
  return now.acknowledged_version >= version ? Answer::acknowledged : Answer::silent;
}

/// Until the runner has acknowledged this version or a later one, or there is none.
Task<Steered> await_acknowledgement(postgres::Session& session, std::string job, std::int64_t version,
                                    std::chrono::milliseconds patience) {
  const async::TimePoint begun = async::Clock::now();
  Steered steered;
  for (;;) {
    const auto now = co_await ledger::acknowledgement(session, job);
    if (!now) break;
    steered.answer = answer_of(*now, version);
    steered.runner = now->host.empty() ? "" : now->host + " pid " + std::to_string(now->pid);
    steered.seen = now->seen;
    steered.batches = now->batches;
    if (now->request.version > version) steered.overruled_by = now->request.by;
    const auto waited = async::Clock::now() - begun;
    steered.after = std::chrono::duration_cast<std::chrono::milliseconds>(waited);
    if (steered.answer != Answer::silent || waited > patience) break;
    co_await async::sleep_for(look_again);
  }
  steered.job = std::move(job);
  co_return steered;
}

/// The database's own sentence.
Task<std::string> make_request(postgres::Session& session, Ask asked) {
  std::string sentence;
  switch (asked.what) {
    case Ask::What::pause:
      sentence = co_await ledger::pause(session, asked.job, asked.reason);
      break;
    case Ask::What::resume:
      sentence = co_await ledger::resume(session, asked.job);
      break;
    case Ask::What::cancel:
      sentence = co_await ledger::cancel(session, asked.job, asked.reason);
      break;
    case Ask::What::set:
      sentence = co_await ledger::set(session, asked.job, std::move(asked.settings));
      break;
  }
  co_return sentence;
}

}  // namespace

Task<Steered> ask_runner(postgres::Session& session, Ask asked) {
  std::string sentence = co_await make_request(session, asked);
  const auto made = co_await ledger::acknowledgement(session, asked.job);
  const std::int64_t version = made ? made->request.version : 0;
  Steered steered = co_await await_acknowledgement(session, asked.job, version, asked.patience);
  steered.sentence = std::move(sentence);
  co_return steered;
}

}  // namespace pgfill::control
