#include "throttle/signals/time_window.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "throttle/signals/add_signal.h"
#include "throttle/statements.h"

namespace pgfill::throttle {
namespace {

std::string clock_time(std::chrono::minutes since_midnight) {
  std::array<char, 16> text{};
  const int minutes = static_cast<int>(since_midnight.count());
  std::snprintf(text.data(), text.size(), "%02d:%02d", minutes / 60, minutes % 60);
  return text.data();
}

}  // namespace

Window::Window(TimeWindow window) : Signal("window", SignalKind::gauge, 1, Unit::count), window_(std::move(window)) {}

async::Task<std::vector<Reading>> Window::read(postgres::Session& session) {
  const postgres::Rows rows = co_await session.query(sql::throttle_server_clock, no_parameters, answer_time);
  const std::chrono::system_clock::time_point now{std::chrono::seconds(rows.integer(0, 0))};
  std::vector<Reading> readings;
  try {
    outside_ = !is_within(window_, now);
  } catch (const std::runtime_error& failure) {
    readings.push_back(unknown(failure.what()));
  }
  co_return readings;
}

EffortCap Window::effort_cap() const {
  if (!outside_) return {};
  const std::string speed = window_.outside > 0 ? ": at " + std::to_string(window_.outside) + " %" : "";
  return {window_.outside / 100.0, false, "outside the window " + in_words(window_) + speed};
}

bool is_within(const TimeWindow& window, std::chrono::system_clock::time_point moment) {
  const date::time_zone* zone = date::locate_zone(window.zone);
  const auto local = zone->to_local(std::chrono::floor<std::chrono::seconds>(moment));
  const auto today = date::floor<date::days>(local);
  const auto time = local - today;
  const auto begins_on = [&](date::local_days day) {
    const int weekday = static_cast<int>(date::weekday(day).c_encoding());
    return window.days.empty() || std::find(window.days.begin(), window.days.end(), weekday) != window.days.end();
  };
  const bool overnight = window.to <= window.from;
  if (begins_on(today) && time >= window.from && (overnight || time < window.to)) return true;
  return overnight && time < window.to && begins_on(today - date::days(1));
}

std::string in_words(const TimeWindow& window) {
  constexpr std::array names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  std::string words;
  for (const int day : window.days) words += std::string(names.at(static_cast<std::size_t>(day))) + " ";
  return words + clock_time(window.from) + "-" + clock_time(window.to) + " " + window.zone;
}

void add_window(const Throttle& limits, const SignalContext&, Signals& signals) {
  if (limits.window) add<Window>(signals, *limits.window);
}

}  // namespace pgfill::throttle
