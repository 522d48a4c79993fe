#include "run/steering.h"

#include <algorithm>
#include <utility>

#include "spec/live_settings.h"

namespace pgfill::run {
namespace {

std::string because(const std::string& reason) {
  return reason.empty() ? std::string() : ": " + reason;
}

}  // namespace

Steering::Steering(const JobSpec& spec, int workers, std::string one_at_a_time, Control& control, throttle::Gate& gate,
                   schedule::Scheduler& scheduler, EventLog& events)
    : spec_(spec),
      workers_(workers),
      one_at_a_time_(std::move(one_at_a_time)),
      control_(control),
      gate_(gate),
      scheduler_(scheduler),
      events_(events),
      live_(spec) {}

int Steering::workers() const {
  if (!one_at_a_time_.empty()) return 1;
  const bool set = std::any_of(wish_.settings.begin(), wish_.settings.end(),
                               [](const auto& setting) { return setting.first == "workers"; });
  return workers_ > 0 && !set ? workers_ : live_.workers;
}

void Steering::obey() {
  const int version = control_.version();
  if (version == obeyed_) return;
  obeyed_ = version;
  const Control::Wish wish = control_.wish();
  if (wish.paused) {
    gate_.close("pause", "paused by a person" + because(wish.reason));
  } else {
    gate_.open("pause");
  }
  stops_ = wish.stops;
  if (stops_ > 0) stop("request");
}

bool Steering::take(const ledger::Wish& wish) {
  if (wish == heard_) return false;
  // A promoted server may have lost the last wishes, and number others alike: what was forbidden stays so until
  // somebody speaks again.
  const bool lost = wish.version <= heard_.version;
  heard_ = wish;
  const bool settings = wish.settings != wish_.settings;
  const ledger::Wish former = std::exchange(wish_, wish);
  if (lost && former.paused && !wish.paused) {
    wish_.paused = true;
    wish_.by = former.by + " (on the former primary)";
    wish_.reason = former.reason;
  }
  wish_.cancelled = wish.cancelled || (lost && former.cancelled);
  if (wish_.paused) {
    gate_.close("pause (ledger)", paused_words(wish_));
  } else {
    gate_.open("pause (ledger)");
  }
  if (settings) take_settings();
  if (wish_.cancelled) stop(wish_.by);
  return true;
}

/// What the database let pass but the spec does not allow is told and left out: what held before holds on.
void Steering::take_settings() {
  live_ = spec_;
  event::SettingsChanged changed{wish_.by, {}, {}};
  std::erase_if(held_, [this](const auto& held) {  // taken back
    return std::none_of(wish_.settings.begin(), wish_.settings.end(),
                        [&held](const auto& setting) { return setting.first == held.first; });
  });
  for (auto setting : wish_.settings) {
    Result<JobSpec> next = spec::with_settings(live_, {setting});
    if (!next) {
      changed.left_out += (changed.left_out.empty() ? "" : "; ") + next.error().message;
      const auto held = held_.find(setting.first);
      if (held == held_.end()) continue;
      setting = *held;
      next = spec::with_settings(live_, {setting});
      if (!next) continue;
    }
    if (setting.first == "workers" && !one_at_a_time_.empty() && next->workers != 1) {
      changed.left_out += (changed.left_out.empty() ? "" : "; ") +
                          ("workers: no batch may run beside another one, as " + one_at_a_time_);
      continue;
    }
    held_[setting.first] = setting.second;
    live_ = std::move(*next);
    changed.settings += (changed.settings.empty() ? "" : ", ") + setting.first + "=" + setting.second;
  }
  events_.emit(std::move(changed));
}

void Steering::stop(const std::string& by) {
  if (stop_asked_) return;
  stop_asked_ = async::Clock::now();
  events_.emit(event::StopRequested{by});
  scheduler_.stop();
}

std::string paused_words(const ledger::Wish& wish) {
  return "paused by " + wish.by + because(wish.reason);
}

std::optional<Error> forbidden(const ledger::Wish& wish, const std::string& job) {
  if (!wish.paused && !wish.cancelled) return std::nullopt;
  Error error;
  error.code = wish.cancelled ? ErrorCode::cancelled : ErrorCode::paused;
  error.message =
      "job " + job + " is " + (wish.cancelled ? "cancelled by " + wish.by + because(wish.reason) : paused_words(wish));
  error.state = "nothing changed by this call";
  error.hint = "pgfill resume " + job + " takes that back; then run it again";
  return error;
}

}  // namespace pgfill::run
