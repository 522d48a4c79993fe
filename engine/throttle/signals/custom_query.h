// A signal of the author's own: a query whose first value is held against a limit.
#pragma once

#include "pgfill/throttle.h"
#include "sql/statement.h"
#include "throttle/signals/signal.h"

namespace pgfill::throttle {

/// Runs in a read-only transaction of at most a second. No row, NULL, and what is not a number are unknown.
class CustomQuery : public Signal {
 public:
  CustomQuery(const SqlSignal& spec, std::string search_path);

  async::milliseconds every() const override { return every_; }
  async::Task<std::vector<Reading>> read(postgres::Session& session) override;

 private:
  sql::BuiltStatement statement_;
  std::string search_path_;
  async::milliseconds every_;
};

/// The number a query's answer stands for: PostgreSQL's spelling of any numeric type, and of booleans (true: 1).
std::optional<double> number_in(std::string_view text);

}  // namespace pgfill::throttle
