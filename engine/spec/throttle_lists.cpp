// The part of ThrottleDecoder that reads lists and the window.
#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "spec/did_you_mean.h"
#include "spec/throttle_decoder.h"

namespace pgfill {

const std::vector<std::string>& signal_names() {
  static const std::vector<std::string> names{"replica_lag",    "replica_backlog", "lock_wait",      "own_lock_wait",
                                              "ddl_wait",       "standby_wait",    "commit_latency", "active_sessions",
                                              "wal_rate",       "wal_budget",      "checkpoints",    "archive_backlog",
                                              "slot_retention", "oldest_xmin",     "growth",         "disk_free",
                                              "server_load",    "autovacuum",      "window",         "http",
                                              "courtesy",       "xid_age"};
  return names;
}

namespace spec {

namespace {

constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_zone(const std::string& name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool is_signal_name(std::string_view text) {
  const bool signs = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  return !text.empty() && text.size() <= 63 && signs;
}

bool is_http_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme) || text.find_first_of(" \t\r\n\f\v#@\\") != std::string_view::npos) return false;
  text.remove_prefix(scheme.size());
  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  const std::size_t colon = authority.find(':');
  if (authority.empty() || colon == 0) return false;
  const std::string_view port = colon == std::string_view::npos ? "80" : authority.substr(colon + 1);
  return all_digits(port) && port.size() <= 5 && std::stoi(std::string(port)) <= 65'535;
}

std::string ThrottleDecoder::name_at(const YamlNode& map, std::string_view group, std::vector<std::string>& taken) {
  const auto found = find_scalar(map, group, "name");
  if (!found) return {};
  const std::string& name = found->value.text;
  if (!is_signal_name(name)) {
    bad(*found);
  } else if (contains(taken, name)) {
    bad(*found, "the name is given twice");
  } else {
    taken.push_back(name);
  }
  return name;
}

std::string ThrottleDecoder::text_at(const YamlNode& map, std::string_view group, std::string_view name) {
  const auto found = find_scalar(map, group, name);
  if (!found) return {};
  const bool blank = found->value.text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (blank || static_cast<std::int64_t>(found->value.text.size()) > found->field.most) bad(*found);
  return found->value.text;
}

std::chrono::milliseconds ThrottleDecoder::every_at(const YamlNode& map, std::string_view group) {
  const auto found = find_scalar(map, group, "every");
  const auto number = found ? quantity(*found) : std::nullopt;
  return number ? std::chrono::milliseconds(*number) : SqlSignal{}.every;
}

void ThrottleDecoder::read_replica(const YamlNode& map) {
  ReplicaConnection replica;
  replica.name = name_at(map, "throttle.replicas", replica_names_);
  const auto connection = find(map, "throttle.replicas", "connection");
  if (!connection) return;
  if (connection->value.kind != YamlNode::Kind::map || connection->value.items.empty()) {
    return bad(*connection, "write a map: " + std::string(connection->field.example));
  }
  read_keywords(connection->value, replica.connection);
  throttle_.replicas.push_back(std::move(replica));
}

void ThrottleDecoder::read_signal(const YamlNode& map) {
  constexpr std::string_view group = "throttle.signals";
  SqlSignal signal;
  signal.name = name_at(map, group, signal_names_);
  if (ok() && contains(signal_names(), signal.name)) bad(*find(map, group, "name"), "that is a signal of pgfill's own");
  signal.sql = text_at(map, group, "sql");
  signal.every = every_at(map, group);
  if (const auto limit = find_scalar(map, group, "limit")) {
    const std::string& text = limit->value.text;
    const char* const end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, signal.limit);
    const bool number = failure == std::errc{} && stop == end && std::isfinite(signal.limit);
    if (!number || std::signbit(signal.limit)) bad(*limit);
  }
  throttle_.signals.push_back(std::move(signal));
}

void ThrottleDecoder::read_http(const YamlNode& map) {
  HttpSignal http;
  http.url = text_at(map, "throttle.http", "url");
  http.every = every_at(map, "throttle.http");
  if (ok() && !is_http_url(http.url)) {
    const bool tls = http.url.starts_with("https:");
    bad(*find(map, "throttle.http", "url"), tls ? "there is no TLS here: ask a proxy on this host by http" : "");
  }
  throttle_.http.push_back(std::move(http));
}

void ThrottleDecoder::read_window(const YamlNode& map) {
  constexpr std::string_view group = "throttle.window";
  const auto found = find(map, "throttle", "window");
  if (!found) return;
  if (found->value.kind != YamlNode::Kind::map || found->value.items.empty()) {
    return bad(*found, "write a map: " + std::string(found->field.example));
  }
  const YamlNode& window = found->value;
  check_map(window, group);
  throttle_.window.emplace();
  read_days(window);
  throttle_.window->from = clock_time(window, "from", 24 * 60 - 1);
  throttle_.window->to = clock_time(window, "to", 24 * 60);
  if (const auto zone = find_scalar(window, group, "zone")) {
    if (!is_zone(zone->value.text)) return bad(*zone, "this machine's time zone database does not know it");
    throttle_.window->zone = zone->value.text;
  }
  const auto outside = find_scalar(window, group, "outside");
  const auto percent = outside ? quantity(*outside) : std::nullopt;
  if (percent) throttle_.window->outside = static_cast<int>(*percent);
}

void ThrottleDecoder::read_days(const YamlNode& window) {
  const auto found = find(window, "throttle.window", "days");
  if (!found) return;
  const bool list = found->value.kind == YamlNode::Kind::sequence && !found->value.items.empty();
  if (!list) return bad(*found, "write a list: [mon, fri]");
  for (const YamlNode& item : found->value.items) {
    const auto day = std::find(weekday_names.begin(), weekday_names.end(), item.text);
    const int number = static_cast<int>(day - weekday_names.begin());
    std::vector<int>& days = throttle_.window->days;
    if (day == weekday_names.end()) return bad_value(found->field, item, found->key);
    if (std::find(days.begin(), days.end(), number) != days.end()) {
      return bad_value(found->field, item, found->key, "the day is given twice");
    }
    days.push_back(number);
  }
}

std::chrono::minutes ThrottleDecoder::clock_time(const YamlNode& window, std::string_view name, int latest) {
  const auto found = find_scalar(window, "throttle.window", name);
  if (!found) return {};
  const std::string& text = found->value.text;
  const bool shape = text.size() == 5 && text[2] == ':' && all_digits(text.substr(0, 2)) && all_digits(text.substr(3));
  const int hours = shape ? std::stoi(text.substr(0, 2)) : 0;
  const int minutes = shape ? std::stoi(text.substr(3)) : 0;
  const int moment = hours * 60 + minutes;
  if (!shape || minutes > 59 || moment > latest) bad(*found, shape ? "" : "write two digits each: \"06:00\"");
  return std::chrono::minutes(moment);
}

void ThrottleDecoder::read_ignore(const YamlNode& map) {
  const auto found = find(map, "throttle", "ignore");
  if (!found) return;
  if (found->value.kind != YamlNode::Kind::sequence || found->value.items.empty()) {
    return bad(*found, "write a list: [replica_lag]");
  }
  std::vector<std::string_view> known(signal_names().begin(), signal_names().end());
  known.insert(known.end(), signal_names_.begin(), signal_names_.end());
  for (const YamlNode& item : found->value.items) {
    if (std::find(known.begin(), known.end(), item.text) == known.end()) {
      const auto similar = did_you_mean(item.text, known);
      return bad_value(found->field, item, found->key,
                       similar ? "did you mean \"" + std::string(*similar) + "\"?" : "there is no such signal");
    }
    throttle_.ignore.push_back(item.text);
  }
}

}  // namespace spec

}  // namespace pgfill
