#include "sql/key_text.h"

#include <algorithm>
#include <array>

namespace pgfill::sql {
namespace {

constexpr std::array<std::string_view, 22> with_one_text{
    "smallint",  "integer",     "bigint",   "numeric", "text",    "character varying",
    "character", "bpchar",      "\"char\"", "name",    "citext",  "uuid",
    "boolean",   "oid",         "inet",     "cidr",    "macaddr", "macaddr8",
    "bit",       "bit varying", "pg_lsn",   "tid"};
constexpr std::array<std::string_view, 10> without_money{"real",
                                                         "double precision",
                                                         "bytea",
                                                         "interval",
                                                         "date",
                                                         "time without time zone",
                                                         "time with time zone",
                                                         "timestamp without time zone",
                                                         "timestamp with time zone",
                                                         "jsonb"};
/// Of lc_monetary in a list of settings.
constexpr std::size_t place_of_money = 4;

/// "numeric(20,6)" as "numeric", "timestamp(3) with time zone" as "timestamp with time zone".
std::string without_modifier(std::string_view type) {
  std::string name(type);
  const std::size_t open = name.find('(');
  const std::size_t close = name.find(')', open);
  if (close != std::string::npos) name.erase(open, close - open + 1);
  return name;
}

template <std::size_t Size>
bool among(const std::array<std::string_view, Size>& names, std::string_view type) {
  return std::find(names.begin(), names.end(), without_modifier(type)) != names.end();
}

}  // namespace

bool has_one_text(std::string_view type) {
  return among(with_one_text, type);
}

bool has_one_text(const KeyTypes& key) {
  return std::all_of(key.begin(), key.end(), [](const auto& column) { return has_one_text(column.second); });
}

std::vector<std::string> readable_settings(std::vector<std::string> settings, const KeyTypes& key) {
  const bool money = std::any_of(key.begin(), key.end(), [](const auto& column) {
    return !has_one_text(column.second) && !among(without_money, column.second);
  });
  if (money && settings.size() > place_of_money) settings[place_of_money] = "C";
  return settings;
}

}  // namespace pgfill::sql
