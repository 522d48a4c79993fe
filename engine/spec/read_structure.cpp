// Lists and maps, and what is written as several names.
#include <algorithm>

#include "spec/did_you_mean.h"
#include "spec/read_structure.h"
#include "spec/read_value.h"
#include "spec/signal_text.h"

namespace pgfill::spec {

namespace {

constexpr std::size_t most_key_columns = 32;  // INDEX_MAX_KEYS of PostgreSQL

template <class List, class Item>
bool contains(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string list_advice(const Found& found) {
  return found.value.kind == YamlNode::Kind::scalar ? "write a list: [" + found.value.text + "]" : "";
}

void read_columns(SpecDecoder& decoder, const Found& found, std::vector<std::string>& columns) {
  const bool list = found.value.kind == YamlNode::Kind::sequence;
  if (!list || found.value.items.empty() || found.value.items.size() > most_key_columns) {
    return decoder.bad(found, list_advice(found));
  }
  for (const YamlNode& item : found.value.items) {
    if (item.kind != YamlNode::Kind::scalar) {
      return decoder.bad_value(found.field, item, found.key, "write a column name");
    }
    const std::vector<std::string> parts = decoder.name_at(item, 1);
    if (parts.empty()) return;
    if (contains(columns, parts.front())) {
      return decoder.fail(ErrorCode::spec_bad_value, item,
                          "key column " + parse::in_quotes(parts.front()) + " is listed twice",
                          "leave one of the two out");
    }
    columns.push_back(parts.front());
  }
}

/// Besides those of pgfill the signals of the spec itself, which are read before.
void read_signal_names(SpecDecoder& decoder, const Found& found, std::vector<std::string>& names) {
  const auto* items = read_list(decoder, found, "write a list: [replica_lag]");
  if (items == nullptr) return;
  std::vector<std::string_view> known(signal_names().begin(), signal_names().end());
  for (const SqlSignal& signal : decoder.spec().throttle.signals) known.emplace_back(signal.name);
  for (const YamlNode& item : *items) {
    if (!contains(known, item.text)) {
      const auto similar = did_you_mean(item.text, known);
      return decoder.bad_value(found.field, item, found.key,
                               similar ? "did you mean \"" + std::string(*similar) + "\"?" : "there is no such signal");
    }
    names.push_back(item.text);
  }
}

void check_assignment(SpecDecoder& decoder, const YamlNode& key, const std::string& column,
                      const std::vector<Assignment>& before) {
  const auto same = [&](const Assignment& other) { return other.column == column; };
  if (std::any_of(before.begin(), before.end(), same)) {
    return decoder.fail(ErrorCode::spec_duplicate_field, key, "column " + parse::in_quotes(column) + " is set twice",
                        "leave one of the two out");
  }
  if (!contains(decoder.spec().key, column)) return;
  decoder.fail(ErrorCode::sql_not_batchable, key,
               "column " + parse::in_quotes(column) +
                   " is part of the key: a row that moves along the key could be met twice, or never",
               "follow another unique index with `key`, or set this column by hand");
}

/// Names of one kind stand in one list and are unique there.
template <class T>
void check_unique_name(SpecDecoder& decoder, const Found& found, const std::vector<T>& list, const std::string& name) {
  const auto same = [&](const T& one) { return one.name == name; };
  if (decoder.ok() && std::any_of(list.begin(), list.end() - 1, same)) decoder.bad(found, "the name is given twice");
}

}  // namespace

const std::vector<YamlNode>* read_list(SpecDecoder& decoder, const Found& found, const std::string& advice) {
  if (found.value.kind == YamlNode::Kind::sequence && !found.value.items.empty()) return &found.value.items;
  decoder.bad(found, advice);
  return nullptr;
}

std::vector<Found> read_maps(SpecDecoder& decoder, const Found& found) {
  const std::string example(found.field.example);
  const bool too_many = static_cast<std::int64_t>(found.value.items.size()) > found.field.most;
  if (too_many) decoder.bad(found, "write a list of maps: " + example);
  const auto* items = too_many ? nullptr : read_list(decoder, found, "write a list of maps: " + example);
  std::vector<Found> maps;
  if (items == nullptr) return maps;
  for (const YamlNode& item : *items) {
    if (item.kind != YamlNode::Kind::map) {
      decoder.bad_value(found.field, item, found.key, "write a map: " + example);
      return {};
    }
    maps.push_back({found.field, found.key, item});
  }
  return maps;
}

void read_value(SpecDecoder& decoder, const Found& found, std::vector<std::string>& names) {
  if (found.field.type == FieldType::names) return read_columns(decoder, found, names);
  read_signal_names(decoder, found, names);
}

void read_value(SpecDecoder& decoder, const Found& found, std::vector<int>& weekdays) {
  const auto* items = read_list(decoder, found, "write a list: [mon, fri]");
  if (items == nullptr) return;
  for (const YamlNode& item : *items) {
    const auto* const day = std::find(weekday_names.begin(), weekday_names.end(), item.text);
    const int number = static_cast<int>(day - weekday_names.begin());
    if (day == weekday_names.end()) return decoder.bad_value(found.field, item, found.key);
    if (contains(weekdays, number)) return decoder.bad_value(found.field, item, found.key, "the day is given twice");
    weekdays.push_back(number);
  }
}

void read_value(SpecDecoder& decoder, const Found& found, std::vector<std::pair<std::string, std::string>>& keywords) {
  if (decoder.is_map(found)) decoder.read_keywords(found.value, keywords);
}

void read_value(SpecDecoder& decoder, const Found& found, std::vector<Assignment>& set) {
  if (!decoder.is_map(found)) return;
  for (std::size_t index = 0; index < found.value.keys.size() && decoder.ok(); ++index) {
    const YamlNode& key = found.value.keys[index];
    const YamlNode& item = found.value.items[index];
    const std::vector<std::string> parts = decoder.name_at(key, 1);
    if (parts.empty()) return;
    check_assignment(decoder, key, parts.front(), set);
    // NULL is SQL's word too; `~` and nothing are only YAML's.
    const bool word = item.kind == YamlNode::Kind::null && item.text.size() == 4;
    if (item.kind != YamlNode::Kind::scalar && !word) {
      return decoder.fail(ErrorCode::spec_bad_value, item.kind == YamlNode::Kind::null ? key : item,
                          "column " + parse::in_quotes(parts.front()) + " needs one SQL expression",
                          "write `column: expression`; NULL for no value");
    }
    std::string expression = decoder.expression_at(item, false);
    if (decoder.ok()) set.push_back({parts.front(), std::move(expression)});
  }
}

void read_value(SpecDecoder& decoder, const Found& found, std::vector<Assumption>& assume) {
  if (!decoder.is_map(found)) return;
  for (std::size_t i = 0; i < found.value.items.size(); ++i) {
    const std::vector<std::string> name = decoder.name_at(found.value.keys[i], 2);
    if (name.empty()) return;
    const YamlNode& item = found.value.items[i];
    if (item.text != "harmless" && item.text != "reads_table") return decoder.bad_value(found.field, item, found.key);
    const auto effect = item.text == "harmless" ? Assumption::Effect::harmless : Assumption::Effect::reads_table;
    assume.push_back({name.size() == 2 ? name.front() : "", name.back(), effect});
  }
}

void read_value(SpecDecoder& decoder, const Found& found, std::vector<TableReference>& tables) {
  const auto* items = read_list(decoder, found, list_advice(found));
  if (items == nullptr) return;
  for (const YamlNode& item : *items) {
    if (item.kind != YamlNode::Kind::scalar) {
      return decoder.bad_value(found.field, item, found.key, "write the name of a table");
    }
    const std::vector<std::string> name = decoder.name_at(item, 2);
    if (name.empty()) return;
    tables.push_back({name.size() == 2 ? name.front() : "", name.back()});
  }
}

void read_version(SpecDecoder& decoder, const Found& found, void*) {
  if (found.value.kind != YamlNode::Kind::scalar) return decoder.bad(found);
  if (found.value.text != "1") decoder.bad(found, "this pgfill reads version 1");
}

void read_table(SpecDecoder& decoder, const Found& found, void* owner) {
  if (found.value.kind != YamlNode::Kind::scalar) return decoder.bad(found);
  const std::vector<std::string> parts = decoder.name_at(found.value, 2);
  if (parts.empty()) return;
  auto& spec = *static_cast<JobSpec*>(owner);
  spec.table = parts.back();
  if (parts.size() == 2) spec.schema = parts.front();
}

void read_replica_name(SpecDecoder& decoder, const Found& found, void* owner) {
  std::string& name = static_cast<ReplicaConnection*>(owner)->name;
  read_value(decoder, found, name);
  check_unique_name(decoder, found, decoder.spec().throttle.replicas, name);
}

void read_signal_name(SpecDecoder& decoder, const Found& found, void* owner) {
  std::string& name = static_cast<SqlSignal*>(owner)->name;
  read_value(decoder, found, name);
  check_unique_name(decoder, found, decoder.spec().throttle.signals, name);
  if (decoder.ok() && contains(signal_names(), name)) decoder.bad(found, "that is a signal of pgfill's own");
}

}  // namespace pgfill::spec
