#include "throttle/signals/custom_query.h"

#include <charconv>
#include <cmath>

#include "postgres/transaction.h"

namespace pgfill::throttle {

CustomQuery::CustomQuery(const SqlSignal& spec, std::string search_path)
    : Signal(spec.name, SignalKind::gauge, spec.limit, Unit::count),
      statement_{"throttle_" + std::to_string(std::hash<std::string>()(spec.sql)), spec.sql},  // one name, one text
      search_path_(std::move(search_path)),
      every_(spec.every) {}

async::Task<std::vector<Reading>> CustomQuery::read(postgres::Session& session) {
  postgres::Pins pins;
  pins.statement_timeout = std::chrono::seconds(1);
  pins.search_path = search_path_;
  pins.read_only = true;
  postgres::Command command{statement_, {}};
  const postgres::Rows rows = co_await postgres::transact(session, pins, std::move(command), answer_time);
  std::vector<Reading> readings;
  if (rows.empty() || rows.is_null(0, 0)) {
    readings.push_back(unknown(rows.empty() ? "its query gives no row" : "its query gives NULL"));
  } else if (const auto value = number_in(rows.text(0, 0))) {
    readings.push_back(known(*value));
  } else {
    readings.push_back(unknown("its query gives '" + rows.string(0, 0).substr(0, 40) + "', not a number"));
  }
  co_return readings;
}

std::optional<double> number_in(std::string_view text) {
  if (text == "t") return 1;
  if (text == "f") return 0;
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace pgfill::throttle
