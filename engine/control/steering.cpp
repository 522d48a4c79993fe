#include "control/steering.h"

#include <algorithm>
#include <utility>

#include "control/taken_settings.h"

namespace pgfill::control {
namespace {

std::string because(const std::string& reason) {
  return reason.empty() ? std::string() : ": " + reason;
}

}  // namespace

Steering::Steering(const JobSpec& spec, int workers, std::string one_at_a_time, Control& control, throttle::Gate& gate,
                   schedule::Scheduler& scheduler, std::function<void(Event::Body)> emit)
    : spec_(spec),
      workers_(workers),
      one_at_a_time_(std::move(one_at_a_time)),
      control_(control),
      gate_(gate),
      scheduler_(scheduler),
      emit_(std::move(emit)),
      live_(spec) {}

int Steering::workers() const {
  if (!one_at_a_time_.empty()) return 1;
  const bool set = std::any_of(request_.settings.begin(), request_.settings.end(),
                               [](const auto& setting) { return setting.first == "workers"; });
  return workers_ > 0 && !set ? workers_ : live_.workers;
}

void Steering::obey() {
  const int version = control_.version();
  if (version == obeyed_) return;
  obeyed_ = version;
  const Control::Request request = control_.request();
  if (request.paused) {
    gate_.close({WaitReason::Kind::control, "paused by a person" + because(request.reason)});
  } else {
    gate_.open(WaitReason::Kind::control);
  }
  stops_ = request.stops;
  if (stops_ > 0) stop("request");
}

bool Steering::take(const ledger::Request& request) {
  if (request == read_) return false;
  // A promoted server may have lost the last requests, and number others alike: what was forbidden stays so until
  // somebody asks again.
  const bool lost = request.version <= read_.version;
  read_ = request;
  const bool settings = request.settings != request_.settings;
  const ledger::Request former = std::exchange(request_, request);
  if (lost && former.paused && !request.paused) {
    request_.paused = true;
    request_.by = former.by + " (on the former primary)";
    request_.reason = former.reason;
  }
  request_.cancelled = request.cancelled || (lost && former.cancelled);
  if (request_.paused) {
    gate_.close({WaitReason::Kind::request, paused_sentence(request_)});
  } else {
    gate_.open(WaitReason::Kind::request);
  }
  if (settings) take_settings();
  if (request_.cancelled) stop(request_.by);
  return true;
}

/// What the database let pass but the spec does not allow is reported and left out: what held before holds on.
void Steering::take_settings() {
  TakenSettings taken = control::take_settings(spec_, request_.settings, held_, one_at_a_time_);
  event::SettingsChanged changed{request_.by, {}, {}};
  held_.clear();
  for (const auto& [path, value] : taken.settings) {
    held_[path] = value;
    changed.settings += (changed.settings.empty() ? "" : ", ") + path + "=" + value;
  }
  for (const std::string& why : taken.left_out) changed.left_out += (changed.left_out.empty() ? "" : "; ") + why;
  live_ = std::move(taken.spec);
  emit_(std::move(changed));
}

void Steering::stop(const std::string& by) {
  if (stop_asked_) return;
  stop_asked_ = async::Clock::now();
  emit_(event::StopRequested{by});
  scheduler_.stop();
}

std::string paused_sentence(const ledger::Request& request) {
  return "paused by " + request.by + because(request.reason);
}

std::optional<Error> forbidden(const ledger::Request& request, const std::string& job) {
  if (!request.paused && !request.cancelled) return std::nullopt;
  Error error;
  error.code = request.cancelled ? ErrorCode::cancelled : ErrorCode::paused;
  error.message =
      "job " + job + " is " +
      (request.cancelled ? "cancelled by " + request.by + because(request.reason) : paused_sentence(request));
  error.state = "nothing changed by this call";
  error.hint = "pgfill resume " + job + " takes that back; then run it again";
  return error;
}

}  // namespace pgfill::control
