#include "plan/explain.h"

#include <algorithm>
#include <array>

#include "ledger/row_statements.h"
#include "plan/statements.h"
#include "postgres/sqlstate.h"
#include "postgres/transaction.h"
#include "sql/key_text.h"
#include "sql/plan_builder.h"
#include "sql/row_condition.h"

namespace pgfill::plan {
namespace {

using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

// A batch a fast server does in about the default target time.
constexpr int typical_batch_rows = 1'000;

// A plan has some lines for each partition.
constexpr int most_lines = 80;

// As every batch but the first of an unbounded range.
constexpr sql::Sides both_sides{true, true};

/// All lines; at most `most` of them, and then how many are left out.
std::string lines(const Rows& rows, int most) {
  std::string text;
  for (int row = 0; row < rows.size(); ++row) {
    if (row == most) return text + "\n... and " + std::to_string(rows.size() - most) + " more lines";
    if (row > 0) text += '\n';
    text += rows.text(row, 0);
  }
  return text;
}

Key key_of(const Rows& rows, std::size_t columns) {
  Key key;
  for (std::size_t i = 0; i < columns; ++i) key.push_back(rows.string(0, static_cast<int>(i)));
  return key;
}

/// The keys a typical batch lies between: the first of the table and the one some rows later. Empty for an empty table.
async::Task<Key> typical_batch(postgres::Session& session, const sql::Target& target) {
  const sql::Sides everywhere;
  const sql::BuiltStatement nth = sql::named_by_text(sql::nth_key(target, everywhere).text);
  const sql::BuiltStatement last = sql::named_by_text(sql::last_key(target, everywhere).text);
  std::vector<Command> commands;
  commands.push_back({nth, Parameters(1, "1")});
  commands.push_back({nth, Parameters(1, std::to_string(typical_batch_rows))});
  commands.push_back({last, {}});
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
  if (answers[0].empty()) co_return Key();
  const std::size_t size = sql::values_of_side(target);
  Key keys = key_of(answers[0], size);
  const Key end = key_of(answers[answers[1].empty() ? 2 : 1], size);
  keys.insert(keys.end(), end.begin(), end.end());
  co_return keys;
}

/// For the rest of the transaction; a failure ends it anyway.
async::Task<void> switch_settings(postgres::Session& session, std::vector<std::string> settings) {
  std::vector<Command> commands;
  commands.push_back(postgres::use_settings(settings));
  co_await session.exchange(std::move(commands));
}

/// Asks how many rows there are in what the statement reads as a whole: the planner tells those that a scan lets
/// through.
async::Task<void> count_relations(postgres::Session& session, std::vector<Scan>& scans) {
  std::vector<std::string> schemas;
  std::vector<std::string> names;
  for (const Scan& scan : scans) {
    if (!scan.whole) continue;
    schemas.push_back(scan.schema);
    names.push_back(scan.relation);
  }
  if (names.empty()) co_return;
  Parameters lists{postgres::array_literal(schemas), postgres::array_literal(names)};
  const Rows rows = co_await session.query(sql::plan_relations, std::move(lists));
  int row = 0;
  for (Scan& scan : scans) {
    if (!scan.whole) continue;
    if (!rows.is_null(row, 0)) scan.relation_rows = rows.real(row, 0);
    scan.begin_indexes = rows.array(row, 1);
    ++row;
  }
}

/// True for what the server says against the statement itself, rather than about a lock, a time limit or the way to it.
bool is_judgement(const postgres::Failure& failure) {
  return failure.failure_class() == FailureClass::stop || failure.failure_class() == FailureClass::shrink;
}

Rejection as_rejection(const postgres::Failure& failure, const sql::Target& target, const std::string& statement) {
  Rejection rejection{
      failure.sqlstate(), failure.what(), failure.hint(), "", failure.condition(), postgres::missing_column(failure)};
  if (!failure.detail().empty()) rejection.message += "; " + failure.detail();
  const int position = failure.position - sql::explain_prefix();
  rejection.place = place_of(target, statement, position);
  return rejection;
}

void read_estimates(const std::vector<Rows>& answers, StatementFacts& facts) {
  const double all = parse_plan(lines_of(answers[2])).rows;
  const double matching = parse_plan(lines_of(answers[3])).rows;
  if (all > 0) facts.matching_share = std::clamp(matching / all, 0.0, 1.0);
}

/// In the order in which read_answers() takes the answers. The first two are about a batch.
std::array<sql::BuiltStatement, 5> questions(const sql::Target& target, const sql::BuiltStatement& update,
                                             const sql::Target& table) {
  sql::Target whole = target;
  whole.stripes = 1;
  whole.by_position = false;
  return {sql::explain(update), sql::explain_as_json(update), sql::explain_as_json(sql::matching_rows(table, true)),
          sql::explain_as_json(sql::matching_rows(table, false)),
          sql::explain_as_json(ledger::batch_change(whole, sql::Sides()))};
}

void read_answers(const std::vector<Rows>& answers, StatementFacts& facts) {
  if (!facts.empty_table) {
    facts.text = lines(answers[0], most_lines);
    ParsedPlan plan = parse_plan(lines_of(answers[1]));
    facts.scans = std::move(plan.scans);
    facts.expressions = std::move(plan.expressions);
  }
  facts.whole_scans = parse_plan(lines_of(answers[4])).scans;
  read_estimates(answers, facts);
}

}  // namespace

std::string lines_of(const postgres::Rows& rows) {
  return lines(rows, rows.size());
}

std::string place_of(const sql::Target& target, std::string_view statement, int position) {
  if (position < 1) return "";
  // Positions count characters, find() counts bytes: continuation bytes of UTF-8 do not count.
  const auto characters = [&](std::size_t bytes) {
    return std::count_if(statement.begin(), statement.begin() + static_cast<std::ptrdiff_t>(bytes),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  };
  const std::size_t set = statement.find("\nSET ");
  std::size_t from = set == std::string_view::npos ? 0 : set;
  const auto holds = [&](const std::string& text, std::string_view end) {
    const std::size_t begin = text.empty() ? std::string_view::npos : statement.find(text + std::string(end), from);
    if (begin == std::string_view::npos) return false;
    from = begin + text.size();
    return position > characters(begin) && position <= characters(from);
  };
  for (const auto& [column, expression] : target.set) {
    if (holds(expression, "\n)")) return "set " + column;
  }
  if (holds(target.joined, "")) return "from";
  return holds(target.joined.empty() ? target.where : target.joining, "\n)") ? "where" : "";
}

async::Task<StatementFacts> explain_batch(postgres::Session& session, sql::Target target,
                                          std::vector<std::string> settings, std::optional<sql::Target> table) {
  StatementFacts facts;
  sql::Target whole = target;
  whole.stripes = 1;
  Key keys = co_await typical_batch(session, whole);
  facts.empty_table = keys.empty();
  if (target.stripes > 1) keys.insert(keys.end(), 2, "0");
  // Without a row there is no key to bind: NULL still makes the server check every expression.
  Parameters values(1);
  if (!facts.empty_table) values[0] = postgres::array_literal(keys);
  const sql::BuiltStatement update = ledger::batch_change(target, both_sides);
  const std::array<sql::BuiltStatement, 5> asked = questions(target, update, table ? *table : target);
  std::vector<Command> commands;
  for (std::size_t i = 0; i < asked.size(); ++i) commands.push_back({asked[i], i < 2 ? values : Parameters()});
  const std::vector<std::string> readable = sql::readable_settings(std::move(settings), target.key);
  const std::vector<std::string> engines_own;
  std::optional<postgres::Failure> failure;
  try {
    co_await switch_settings(session, readable);
    const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
    co_await switch_settings(session, engines_own);
    read_answers(answers, facts);
    co_await count_relations(session, facts.scans);
  } catch (const postgres::Failure& thrown) {
    if (!is_judgement(thrown)) throw;
    facts.rejection = as_rejection(thrown, target, update.text);
  }
  co_return facts;
}

}  // namespace pgfill::plan
