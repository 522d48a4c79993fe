#include "spec/throttle_writer.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <functional>

#include "spec/duration.h"
#include "spec/quantity.h"
#include "spec/yaml_scalar.h"

namespace pgfill::spec {

namespace {

constexpr std::array<const char*, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::string clock_time(std::chrono::minutes moment) {
  std::array<char, 16> text{};
  const int minutes = static_cast<int>(moment.count());
  std::snprintf(text.data(), text.size(), "\"%02d:%02d\"", minutes / 60, minutes % 60);
  return text.data();
}

std::string shortest(double number) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string replica_text(const ReplicaConnection& replica) {
  std::string text = "{name: " + yaml_scalar(replica.name) + ", connection: {";
  std::string between;
  for (const auto& [keyword, value] : replica.connection) {
    text += between + yaml_scalar(keyword) + ": " + yaml_scalar(value);
    between = ", ";
  }
  return text + "}}";
}

std::string signal_text(const SqlSignal& signal) {
  return "{name: " + yaml_scalar(signal.name) + ", sql: " + yaml_scalar(signal.sql) +
         ", limit: " + shortest(signal.limit) + ", every: " + format_duration(signal.every) + "}";
}

std::string http_text(const HttpSignal& http) {
  return "{url: " + yaml_scalar(http.url) + ", every: " + format_duration(http.every) + "}";
}

std::string window_text(const TimeWindow& window) {
  std::string text = "{";
  for (const int day : window.days) {
    text += text.size() == 1 ? "days: [" : ", ";
    text += weekday_names.at(static_cast<std::size_t>(day));
  }
  if (!window.days.empty()) text += "], ";
  text += "from: " + clock_time(window.from) + ", to: " + clock_time(window.to);
  return text + ", zone: " + yaml_scalar(window.zone) + ", outside: " + std::to_string(window.outside) + "%}";
}

std::string room_text(const FreeRoom& room) {
  return room.bytes ? format_quantity(Measure::size, *room.bytes)
                    : format_quantity(Measure::percent, room.percent.value_or(0));
}

/// Collects the lines of the block.
class Lines {
 public:
  template <class T>
  void limit(const char* name, const std::optional<T>& now, const std::optional<T>& usual,
             const std::function<std::string(const T&)>& written) {
    if (now != usual) text_ += "  " + std::string(name) + ": " + (now ? written(*now) : "off") + '\n';
  }
  void line(const std::string& text) { text_ += "  " + text + '\n'; }
  template <class T>
  void list(const char* name, const std::vector<T>& items, std::string (*written)(const T&)) {
    if (!items.empty()) text_ += "  " + std::string(name) + ":\n";
    for (const T& item : items) text_ += "    - " + written(item) + '\n';
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_limits(const Throttle& now, const Throttle& usual, Lines& lines) {
  using Duration = std::chrono::milliseconds;
  const std::function<std::string(const Duration&)> time = format_duration;
  const std::function<std::string(const std::int64_t&)> size = [](std::int64_t bytes) {
    return format_quantity(Measure::size, bytes);
  };
  const std::function<std::string(const std::int64_t&)> rate = [](std::int64_t bytes) {
    return format_quantity(Measure::rate, bytes);
  };
  const std::function<std::string(const int&)> percent = [](int number) { return std::to_string(number) + "%"; };
  const std::function<std::string(const int&)> per_minute = [](int number) { return std::to_string(number) + "/min"; };
  const std::function<std::string(const int&)> count = [](int number) { return std::to_string(number); };
  lines.limit("replica_lag", now.replica_lag, usual.replica_lag, time);
  lines.limit("replica_backlog", now.replica_backlog, usual.replica_backlog, size);
  lines.limit("lock_wait", now.lock_wait, usual.lock_wait, time);
  lines.limit("commit_latency", now.commit_latency, usual.commit_latency, time);
  lines.limit("active_sessions", now.active_sessions, usual.active_sessions, count);
  lines.limit("wal_rate", now.wal_rate, usual.wal_rate, rate);
  lines.limit("wal_budget", now.wal_budget, usual.wal_budget, size);
  lines.limit("checkpoints", now.checkpoints, usual.checkpoints, per_minute);
  lines.limit("archive_backlog", now.archive_backlog, usual.archive_backlog, size);
  lines.limit("slot_retention", now.slot_retention, usual.slot_retention, size);
  lines.limit("oldest_xmin", now.oldest_xmin, usual.oldest_xmin, time);
  lines.limit("xid_age", now.xid_age, usual.xid_age, percent);
  lines.limit("growth", now.growth, usual.growth, percent);
  lines.limit<FreeRoom>("disk_free", now.disk_free, usual.disk_free, room_text);
  lines.limit("server_load", now.server_load, usual.server_load, percent);
}

}  // namespace

std::string throttle_block(const Throttle& throttle) {
  const Throttle usual;
  if (throttle == usual) {
    return "# throttle: {replica_lag: 5s, lock_wait: 100ms}  # pressure it accepts; pgfill explain throttle\n";
  }
  Lines lines;
  add_limits(throttle, usual, lines);
  if (!throttle.courtesy) lines.line("courtesy: no");
  if (throttle.autovacuum) lines.line("autovacuum: yes");
  lines.list("replicas", throttle.replicas, replica_text);
  lines.list("signals", throttle.signals, signal_text);
  lines.list("http", throttle.http, http_text);
  if (throttle.window) lines.line("window: " + window_text(*throttle.window));
  std::string ignored;
  for (const std::string& name : throttle.ignore) ignored += (ignored.empty() ? "" : ", ") + name;
  if (!ignored.empty()) lines.line("ignore: [" + ignored + "]");
  return "throttle:\n" + lines.text();
}

}  // namespace pgfill::spec
