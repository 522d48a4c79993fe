#include "spec/throttle_decoder.h"

#include <algorithm>
#include <charconv>

#include "spec/duration.h"
#include "spec/quantity.h"

namespace pgfill::spec {

namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

std::optional<Measure> measure_of(FieldType type) {
  switch (type) {
    case FieldType::size:
      return Measure::size;
    case FieldType::rate:
      return Measure::rate;
    case FieldType::percent:
      return Measure::percent;
    case FieldType::per_minute:
      return Measure::per_minute;
    default:
      return std::nullopt;
  }
}

const YamlNode& key_in(const YamlNode& map, std::string_view name) {
  const auto same = [&](const YamlNode& key) { return key.text == name; };
  return *std::find_if(map.keys.begin(), map.keys.end(), same);
}

}  // namespace

Result<Throttle> ThrottleDecoder::decode(const YamlNode& throttle) {
  check_map(throttle, "throttle");
  read_limits(throttle);
  read_room(throttle);
  read_switch(throttle, "courtesy", throttle_.courtesy);
  read_switch(throttle, "autovacuum", throttle_.autovacuum);
  for (const YamlNode* replica : maps_at(throttle, "throttle", "replicas")) read_replica(*replica);
  for (const YamlNode* signal : maps_at(throttle, "throttle", "signals")) read_signal(*signal);
  for (const YamlNode* http : maps_at(throttle, "throttle", "http")) read_http(*http);
  read_window(throttle);
  // Last, because it names the author's own signals.
  read_ignore(throttle);
  if (error_) return std::move(*error_);
  return std::move(throttle_);
}

std::optional<ThrottleDecoder::Found> ThrottleDecoder::find(const YamlNode& map, std::string_view group,
                                                            std::string_view name) {
  if (!ok()) return std::nullopt;
  const YamlNode* value = find_value(map, name);
  if (value == nullptr) return std::nullopt;
  return Found{*find_field(path_of(group, name)), key_in(map, name), *value};
}

std::optional<ThrottleDecoder::Found> ThrottleDecoder::find_scalar(const YamlNode& map, std::string_view group,
                                                                   std::string_view name) {
  auto found = find(map, group, name);
  if (!found || found->value.kind == YamlNode::Kind::scalar) return found;
  bad(*found);
  return std::nullopt;
}

void ThrottleDecoder::bad(const Found& found, std::string remark) {
  bad_value(found.field, found.value, found.key, std::move(remark));
}

std::optional<std::int64_t> ThrottleDecoder::quantity(const Found& found) {
  const std::string& text = found.value.text;
  std::optional<std::int64_t> number;
  std::string advice;
  if (found.field.type == FieldType::duration) {
    const auto duration = parse_duration(text);
    if (duration) number = duration->count();
    advice = duration_advice(text);
  } else if (const auto measure = measure_of(found.field.type)) {
    number = parse_quantity(*measure, text);
    advice = quantity_advice(*measure, text);
  } else {
    number = whole_number(text);
  }
  if (number && *number >= found.field.least && *number <= found.field.most) return number;
  bad(found, number ? "" : advice);
  return std::nullopt;
}

void ThrottleDecoder::check_map(const YamlNode& map, std::string_view group) {
  check_names(map, group);
  for (const std::string_view name : names_below(group)) {
    const Field& field = *find_field(path_of(group, name));
    if (!field.required || find_value(map, name) != nullptr) continue;
    fail(ErrorCode::spec_missing_field, map, "field " + parse::in_quotes(field.path) + " is missing",
         "as in " + std::string(field.example));
  }
}

std::vector<const YamlNode*> ThrottleDecoder::maps_at(const YamlNode& map, std::string_view group,
                                                      std::string_view name) {
  std::vector<const YamlNode*> maps;
  const auto found = find(map, group, name);
  if (!found) return maps;
  const bool list = found->value.kind == YamlNode::Kind::sequence && !found->value.items.empty();
  if (!list || static_cast<std::int64_t>(found->value.items.size()) > found->field.most) {
    bad(*found, "write a list of maps: " + std::string(found->field.example));
    return maps;
  }
  for (const YamlNode& item : found->value.items) {
    if (item.kind != YamlNode::Kind::map) {
      bad_value(found->field, item, found->key, "write a map: " + std::string(found->field.example));
      return {};
    }
    check_map(item, found->field.path);
    maps.push_back(&item);
  }
  return maps;
}

template <class T>
void ThrottleDecoder::read_limit(const YamlNode& map, std::string_view name, std::optional<T>& limit) {
  const auto found = find_scalar(map, "throttle", name);
  if (!found) return;
  if (is_off(*found)) {
    limit.reset();
  } else if (const auto number = quantity(*found)) {
    limit = T(*number);
  }
}

void ThrottleDecoder::read_limits(const YamlNode& map) {
  const auto whole = [&](std::string_view name, std::optional<int>& limit) {
    std::optional<std::int64_t> wide = limit;
    read_limit(map, name, wide);
    limit = wide ? std::optional(static_cast<int>(*wide)) : std::nullopt;
  };
  read_limit(map, "replica_lag", throttle_.replica_lag);
  read_limit(map, "replica_backlog", throttle_.replica_backlog);
  read_limit(map, "lock_wait", throttle_.lock_wait);
  read_limit(map, "commit_latency", throttle_.commit_latency);
  read_limit(map, "wal_rate", throttle_.wal_rate);
  read_limit(map, "wal_budget", throttle_.wal_budget);
  read_limit(map, "archive_backlog", throttle_.archive_backlog);
  read_limit(map, "slot_retention", throttle_.slot_retention);
  read_limit(map, "oldest_xmin", throttle_.oldest_xmin);
  whole("active_sessions", throttle_.active_sessions);
  whole("checkpoints", throttle_.checkpoints);
  whole("xid_age", throttle_.xid_age);
  whole("growth", throttle_.growth);
  whole("server_load", throttle_.server_load);
}

void ThrottleDecoder::read_room(const YamlNode& map) {
  const auto found = find_scalar(map, "throttle", "disk_free");
  if (!found) return;
  const std::string& text = found->value.text;
  throttle_.disk_free.reset();
  if (is_off(*found)) return;
  if (const auto percent = parse_quantity(Measure::percent, text); percent && *percent >= 1 && *percent <= 99) {
    throttle_.disk_free = FreeRoom{{}, static_cast<int>(*percent)};
    return;
  }
  const auto bytes = parse_quantity(Measure::size, text);
  if (!bytes || *bytes < found->field.least || *bytes > found->field.most) {
    return bad(*found, bytes ? "" : "write a size (50GiB) or a percent (5%)");
  }
  throttle_.disk_free = FreeRoom{*bytes, {}};
}

void ThrottleDecoder::read_switch(const YamlNode& map, std::string_view name, bool& value) {
  const auto found = find_scalar(map, "throttle", name);
  if (!found) return;
  const std::vector<std::string_view> choices = choices_of(found->field);
  if (std::find(choices.begin(), choices.end(), found->value.text) == choices.end()) return bad(*found);
  value = found->value.text == "yes" || found->value.text == "on" || found->value.text == "true";
}

}  // namespace pgfill::spec
