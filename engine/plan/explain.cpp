#include "plan/explain.h"

#include <algorithm>
#include <nlohmann/json.hpp>

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

std::string value_of(const nlohmann::json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A bitmap scan names its indexes in the nodes below it.
void collect_indexes(const nlohmann::json& node, std::string& indexes) {
  const std::string index = value_of(node, "Index Name");
  if (!index.empty()) indexes += (indexes.empty() ? "" : " and ") + index;
  if (!value_of(node, "Node Type").starts_with("Bitmap") || !node.contains("Plans")) return;
  for (const nlohmann::json& child : node["Plans"]) collect_indexes(child, indexes);
}

void collect_scans(const nlohmann::json& node, std::vector<Scan>& scans) {
  const std::string method = value_of(node, "Node Type");
  if (method != "ModifyTable" && node.contains("Relation Name")) {
    Scan scan{method, value_of(node, "Schema"),    value_of(node, "Relation Name"), value_of(node, "Alias"),
              "",     node.value("Plan Rows", 0.0)};
    collect_indexes(node, scan.index);
    scans.push_back(std::move(scan));
  }
  if (!node.contains("Plans")) return;
  for (const nlohmann::json& child : node["Plans"]) collect_scans(child, scans);
}

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

std::string lines(const Rows& rows) {
  return lines(rows, rows.size());
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

/// True for what the server says against the statement itself, rather than about a lock, a time limit or the way to it.
bool is_judgement(const postgres::Failure& failure) {
  return failure.failure_class() == FailureClass::stop || failure.failure_class() == FailureClass::shrink;
}

Rejection as_rejection(const postgres::Failure& failure, const sql::Target& target, const std::string& statement) {
  Rejection rejection{failure.sqlstate(), failure.what(), failure.hint(), ""};
  if (!failure.detail().empty()) rejection.message += "; " + failure.detail();
  const int position = failure.position - sql::explain_prefix();
  rejection.place = place_of(target, statement, position);
  return rejection;
}

void read_estimates(const std::vector<Rows>& answers, StatementFacts& facts) {
  const double all = parse_plan(lines(answers[2])).rows;
  const double matching = parse_plan(lines(answers[3])).rows;
  if (all > 0) facts.matching_share = std::clamp(matching / all, 0.0, 1.0);
}

}  // namespace

ParsedPlan parse_plan(std::string_view json) {
  ParsedPlan parsed;
  const nlohmann::json document = nlohmann::json::parse(json);
  const nlohmann::json& top = document.at(0).at("Plan");
  collect_scans(top, parsed.scans);
  parsed.rows = top.value("Plan Rows", 0.0);
  return parsed;
}

std::string place_of(const sql::Target& target, std::string_view statement, int position) {
  if (position < 1) return "";
  // Positions count characters, find() counts bytes: continuation bytes of UTF-8 do not count.
  const auto characters = [&](std::size_t bytes) {
    return std::count_if(statement.begin(), statement.begin() + static_cast<std::ptrdiff_t>(bytes),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  };
  std::size_t from = statement.find("\nSET ");
  const auto holds = [&](const std::string& expression) {
    const std::size_t begin = statement.find(expression + "\n)", from);
    if (begin == std::string_view::npos) return false;
    from = begin + expression.size();
    return position > characters(begin) && position <= characters(from);
  };
  for (const auto& [column, expression] : target.set) {
    if (holds(expression)) return "set " + column;
  }
  return !target.where.empty() && holds(target.where) ? "where" : "";
}

async::Task<StatementFacts> explain_batch(postgres::Session& session, sql::Target target,
                                          std::vector<std::string> settings) {
  StatementFacts facts;
  sql::Target whole = target;
  whole.stripes = 1;
  Key keys = co_await typical_batch(session, whole);
  facts.empty_table = keys.empty();
  if (target.stripes > 1) keys.insert(keys.end(), 2, "0");
  // Without a row there is no key to bind: NULL still makes the server check every expression.
  Parameters values(1);
  if (!facts.empty_table) values[0] = postgres::array_literal(keys);
  const sql::BuiltStatement update = sql::batch_update(target, both_sides);
  const sql::BuiltStatement for_people = sql::explain(update);
  const sql::BuiltStatement for_parsing = sql::explain_as_json(update);
  whole.by_position = false;
  const sql::BuiltStatement unbounded = sql::explain_as_json(sql::batch_update(whole, sql::Sides()));
  const sql::BuiltStatement all_rows = sql::explain_as_json(sql::matching_rows(target, true));
  const sql::BuiltStatement matching_rows = sql::explain_as_json(sql::matching_rows(target, false));
  std::vector<Command> commands;
  commands.push_back({for_people, values});
  commands.push_back({for_parsing, values});
  commands.push_back({all_rows, {}});
  commands.push_back({matching_rows, {}});
  commands.push_back({unbounded, {}});
  const std::vector<std::string> readable = sql::readable_settings(std::move(settings), target.key);
  const std::vector<std::string> engines_own;
  std::optional<postgres::Failure> failure;
  try {
    co_await switch_settings(session, readable);
    const std::vector<Rows> answers = co_await session.exchange(std::move(commands));
    co_await switch_settings(session, engines_own);
    if (!facts.empty_table) {
      facts.text = lines(answers[0], most_lines);
      facts.scans = parse_plan(lines(answers[1])).scans;
    }
    facts.whole_scans = parse_plan(lines(answers[4])).scans;
    read_estimates(answers, facts);
  } catch (const postgres::Failure& thrown) {
    if (!is_judgement(thrown)) throw;
    facts.rejection = as_rejection(thrown, target, update.text);
  }
  co_return facts;
}

}  // namespace pgfill::plan
