#include "rig/oracle.h"

#include <algorithm>
#include <iterator>

#include "async/run_to_end.h"
#include "postgres/session.h"
#include "rig/statements.h"

namespace pgfill::rig {
namespace {

using async::Task;
using postgres::Parameters;
using namespace std::chrono_literals;

/// A question: each statement answers with one row of (violations, sample, compared).
struct Question {
  std::string name;
  sql::Statement statement;
  Parameters parameters;
};

Task<Verdict> judge(ConnectionSettings connection, std::vector<Question> questions) {
  constexpr async::milliseconds patience = 10min;
  const auto deadline = async::Deadline::after(10s);
  const auto session = co_await postgres::Session::open(std::move(connection), "pgfill-oracle", deadline);
  Verdict verdict;
  for (auto& question : questions) {
    const auto answer = co_await session->query(question.statement, std::move(question.parameters), patience);
    Check check;
    check.name = question.name;
    check.violations = answer.integer(0, 0);
    check.sample = answer.string(0, 1);
    check.compared = answer.integer(0, 2);
    verdict.checks.push_back(std::move(check));
  }
  co_return verdict;
}

/// Nothing was acknowledged when there was no application: then there is no question.
void ask_for_acknowledged(std::vector<Question>& questions, const std::vector<std::int64_t>& acknowledged) {
  if (acknowledged.empty()) return;
  std::vector<std::string> elements;
  elements.reserve(acknowledged.size());
  for (const auto operation : acknowledged) elements.push_back(std::to_string(operation));
  questions.push_back({"no acknowledged write of the application lost",
                       sql::rig_oracle_acknowledged,
                       {postgres::array_literal(elements)}});
}

}  // namespace

bool Verdict::passed() const {
  return !checks.empty() &&
         std::ranges::all_of(checks, [](const Check& check) { return check.violations == 0 && check.compared > 0; });
}

std::string Verdict::to_text() const {
  std::string text;
  for (const auto& check : checks) {
    text += check.name + ": " + std::to_string(check.compared) + " compared, " + std::to_string(check.violations) +
            " wrong" + (check.violations > 0 ? " (" + check.sample + ")" : "") + "\n";
  }
  return text;
}

Verdict judge_users(const ConnectionSettings& connection, std::int64_t rows,
                    const std::vector<std::int64_t>& acknowledged) {
  const std::string count = std::to_string(rows);
  std::vector<Question> questions{
      {"every row has its value", sql::rig_oracle_users_values, {}},
      {"every row counted once", sql::rig_oracle_users_counted, {count}},
      {"rows the application never wrote unchanged", sql::rig_oracle_users_untouched, {count}},
      {"ranges cover every key once", sql::rig_oracle_ranges_tile, {}},
  };
  if (!acknowledged.empty()) {
    questions.push_back({"rows the application wrote as it left them", sql::rig_oracle_users_application, {}});
  }
  ask_for_acknowledged(questions, acknowledged);
  return async::run_to_end(judge(connection, std::move(questions)));
}

Verdict judge_subject_rows(const ConnectionSettings& connection, const std::vector<std::int64_t>& acknowledged) {
  std::vector<Question> questions{
      {"every row done once", sql::rig_oracle_subject_once, {}},
      {"no row done twice", sql::rig_oracle_subject_twice, {}},
      {"ledger and rows agree in every transaction", sql::rig_oracle_subject_claimed, {}},
      {"values of the application add up", sql::rig_oracle_subject_application, {}},
      {"derived values fit", sql::rig_oracle_subject_values, {}},
  };
  ask_for_acknowledged(questions, acknowledged);
  return async::run_to_end(judge(connection, std::move(questions)));
}

Verdict judge_subject(const ConnectionSettings& connection, const std::vector<std::int64_t>& acknowledged) {
  std::vector<Question> questions{
      {"every step of a range follows the one before", sql::rig_oracle_cursor_steps, {}},
      {"ranges cover every key once", sql::rig_oracle_ranges_tile, {}},
  };
  Verdict verdict = judge_subject_rows(connection, acknowledged);
  std::ranges::move(async::run_to_end(judge(connection, std::move(questions))).checks,
                    std::back_inserter(verdict.checks));
  return verdict;
}

}  // namespace pgfill::rig
