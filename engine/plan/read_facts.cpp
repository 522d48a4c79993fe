#include "plan/read_facts.h"

#include <cstdlib>

#include "plan/collation_versions.h"
#include "plan/statements.h"
#include "spec/condition.h"
#include "sql/identifier.h"

namespace pgfill::plan {
namespace {

using postgres::Command;
using postgres::Parameters;
using postgres::Rows;

ColumnNumbers numbers(const Rows& rows, int row, int column) {
  ColumnNumbers numbers;
  for (const std::string& element : rows.array(row, column)) numbers.push_back(std::atoi(element.c_str()));
  return numbers;
}

std::string name_of(kinds::RowEvent event) {
  return event == kinds::RowEvent::update ? "update" : "remove";
}

std::vector<bool> flags(const Rows& rows, int row, int column) {
  std::vector<bool> flags;
  for (const std::string& element : rows.array(row, column)) flags.push_back(element == "t" || element == "1");
  return flags;
}

std::vector<std::string> first_column(const Rows& rows) {
  std::vector<std::string> values;
  for (int row = 0; row < rows.size(); ++row) values.push_back(rows.string(row, 0));
  return values;
}

char letter(const Rows& rows, int row, int column) {
  return rows.text(row, column).empty() ? ' ' : rows.text(row, column).front();
}

/// The answer of plan_table.
Facts table_facts(const Rows& rows) {
  Facts facts;
  facts.table.oid = static_cast<std::uint32_t>(rows.integer(0, 0));
  facts.table.schema = rows.string(0, 1);
  facts.table.name = rows.string(0, 2);
  facts.table.kind = letter(rows, 0, 3);
  facts.table.persistence = letter(rows, 0, 4);
  facts.table.estimated_rows = rows.integer(0, 5);
  facts.table.heap_bytes = rows.integer(0, 6);
  facts.table.index_bytes = rows.integer(0, 7);
  facts.table.fillfactor = static_cast<int>(rows.integer(0, 8));
  facts.table.analyzed = rows.boolean(0, 9);
  facts.pages = rows.integer(0, 10);
  facts.replica_identity = rows.string(0, 11);
  facts.has_children = rows.boolean(0, 12);
  facts.is_system = rows.boolean(0, 13);
  facts.row_security = rows.boolean(0, 14);
  facts.is_owner = rows.boolean(0, 15);
  facts.partition_columns = numbers(rows, 0, 16);
  facts.table.toast_bytes = rows.integer(0, 17);
  facts.table.may_vacuum = rows.boolean(0, 18);
  return facts;
}

std::vector<ColumnFact> columns(const Rows& rows) {
  std::vector<ColumnFact> columns;
  for (int row = 0; row < rows.size(); ++row) {
    ColumnFact column;
    column.number = static_cast<int>(rows.integer(row, 0));
    column.name = rows.string(row, 1);
    column.type = rows.string(row, 2);
    column.fixed_width = rows.integer(row, 3) > 0;
    column.not_null = rows.boolean(row, 4);
    column.generated = rows.string(row, 5);
    column.identity = rows.string(row, 6);
    column.may_select = rows.boolean(row, 7);
    column.may_update = rows.boolean(row, 8);
    column.collation = rows.string(row, 9);
    column.named_values = rows.boolean(row, 10);
    column.generated_from = numbers(rows, row, 11);
    if (!rows.is_null(row, 12)) column.correlation = rows.real(row, 12);
    column.has_statistics = rows.boolean(row, 13);
    column.composite = rows.boolean(row, 14);
    column.width = static_cast<int>(rows.integer(row, 15));
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<IndexFact> indexes(const Rows& rows) {
  std::vector<IndexFact> indexes;
  for (int row = 0; row < rows.size(); ++row) {
    IndexFact index;
    index.name = rows.string(row, 0);
    index.primary = rows.boolean(row, 1);
    index.unique = rows.boolean(row, 2);
    index.valid = rows.boolean(row, 3);
    index.immediate = rows.boolean(row, 4);
    index.replica_identity = rows.boolean(row, 5);
    index.method = rows.string(row, 6);
    index.partial = rows.boolean(row, 7);
    index.columns = numbers(rows, row, 8);
    index.descending = flags(rows, row, 9);
    index.default_order = flags(rows, row, 10);
    index.column_collation = flags(rows, row, 11);
    index.hidden_operators = rows.array(row, 12);
    index.touched_by = numbers(rows, row, 13);
    indexes.push_back(std::move(index));
  }
  return indexes;
}

std::vector<TriggerFact> triggers(const Rows& rows) {
  std::vector<TriggerFact> triggers;
  for (int row = 0; row < rows.size(); ++row) {
    triggers.push_back({rows.string(row, 0), rows.boolean(row, 1), rows.string(row, 2), rows.string(row, 3),
                        numbers(rows, row, 4), rows.array(row, 5)});
  }
  return triggers;
}

std::vector<ForeignKeyFact> foreign_keys(const Rows& rows) {
  std::vector<ForeignKeyFact> keys;
  for (int row = 0; row < rows.size(); ++row) {
    keys.push_back({rows.string(row, 0), rows.boolean(row, 1), rows.string(row, 2), numbers(rows, row, 3),
                    rows.string(row, 4), numbers(rows, row, 5), rows.boolean(row, 6), rows.string(row, 7)});
  }
  return keys;
}

std::vector<LockFact> locks(const Rows& rows) {
  std::vector<LockFact> locks;
  for (int row = 0; row < rows.size(); ++row) {
    locks.push_back({static_cast<int>(rows.integer(row, 0)), rows.string(row, 1), rows.string(row, 2),
                     rows.boolean(row, 3), rows.integer(row, 4), rows.string(row, 5)});
  }
  return locks;
}

std::vector<LeafFact> leaves(const Rows& rows) {
  std::vector<LeafFact> leaves;
  for (int row = 0; row < rows.size(); ++row) {
    leaves.push_back({rows.string(row, 0), rows.string(row, 1), letter(rows, row, 2), letter(rows, row, 3),
                      rows.boolean(row, 4), rows.boolean(row, 5), rows.array(row, 6),
                      static_cast<std::uint32_t>(rows.integer(row, 7)), rows.integer(row, 8), rows.integer(row, 9),
                      rows.boolean(row, 10), rows.boolean(row, 11), rows.boolean(row, 12), rows.boolean(row, 13)});
  }
  return leaves;
}

std::vector<LeafIndexFact> leaf_indexes(const Rows& rows) {
  std::vector<LeafIndexFact> indexes;
  for (int row = 0; row < rows.size(); ++row) {
    indexes.push_back({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2), rows.string(row, 3),
                       numbers(rows, row, 4), static_cast<std::uint32_t>(rows.integer(row, 5))});
  }
  return indexes;
}

void add_transactions(const Rows& rows, Facts& facts) {
  for (int row = 0; row < rows.size(); ++row) {
    if (rows.is_null(row, 3)) {
      ++facts.hidden_transactions;
      continue;
    }
    facts.transactions.push_back(
        {static_cast<int>(rows.integer(row, 0)), rows.string(row, 1), rows.string(row, 2), rows.integer(row, 3)});
  }
}

AccessFact access(const Rows& rows) {
  return {rows.string(0, 0),  rows.string(0, 1),  rows.boolean(0, 2), rows.boolean(0, 3),
          rows.boolean(0, 4), rows.integer(0, 5), rows.boolean(0, 6), rows.boolean(0, 7)};
}

ServerFact server(const Rows& rows) {
  return {rows.boolean(0, 0), rows.boolean(0, 1), rows.integer(0, 2), rows.integer(0, 3), rows.integer(0, 4)};
}

/// From the answer of plan_session.
std::optional<SessionLimit> too_few_sessions(const Rows& rows) {
  constexpr int of_role = 5;
  constexpr int of_database = 6;
  for (const int column : {of_role, of_database}) {
    const std::int64_t limit = rows.integer(0, column);
    if (limit < 0 || limit >= least_sessions) continue;
    return SessionLimit{(column == of_role ? "ROLE " : "DATABASE ") + rows.string(0, column + 2), limit};
  }
  return std::nullopt;
}

async::Task<bool> is_distributed(postgres::Session& session, std::uint32_t table_oid) {
  const Rows found = co_await session.query(sql::plan_has_shards);
  if (!found.boolean(0, 0)) co_return false;
  Parameters table{std::to_string(table_oid)};
  const Rows rows = co_await session.query(sql::plan_distributed, std::move(table));
  co_return rows.boolean(0, 0);
}

std::vector<Command> catalogue_questions(std::uint32_t oid, kinds::RowEvent event) {
  const Parameters table{std::to_string(oid)};
  const Parameters change{std::to_string(oid), name_of(event)};
  std::vector<Command> commands;
  commands.push_back({sql::plan_columns, table});
  commands.push_back({sql::plan_indexes, table});
  commands.push_back({sql::plan_triggers, change});
  commands.push_back({sql::plan_foreign_keys, table});
  commands.push_back({sql::plan_rules, change});
  commands.push_back({sql::plan_publications, change});
  commands.push_back({sql::plan_locks, table});
  commands.push_back({sql::plan_leaves, change});
  commands.push_back({sql::plan_leaf_indexes, table});
  commands.push_back({sql::plan_transactions, {}});
  commands.push_back({sql::plan_access, table});
  commands.push_back({sql::plan_subscriptions, table});
  commands.push_back({sql::plan_ambiguous_names, {postgres::array_literal(spec::names_taken_for_granted())}});
  commands.push_back({sql::plan_server, {}});
  commands.push_back({sql::plan_leaf_keys, table});
  return commands;
}

}  // namespace

async::Task<SessionFacts> read_session(postgres::Session& session) {
  std::vector<Command> commands;
  if (!session.pooled()) commands.push_back({sql::plan_own_search_path, {}});
  commands.push_back({sql::plan_session, {}});
  const std::vector<Rows> answers = co_await session.exchange(std::move(commands));  // one transaction
  const Rows& rows = answers.back();
  SessionFacts facts;
  facts.search_path = rows.string(0, 0);
  facts.in_recovery = rows.boolean(0, 1);
  facts.settings = rows.array(0, 2);
  facts.read_only = rows.boolean(0, 3);
  facts.plain_backslashes = rows.boolean(0, 4);
  facts.pooled = session.pooled();
  // Of a pooler's sessions many clients share one.
  if (!facts.pooled) facts.too_few = too_few_sessions(rows);
  co_return facts;
}

async::Task<std::optional<Facts>> read_facts(postgres::Session& session, std::string schema, std::string table,
                                             kinds::RowEvent event) {
  Parameters name;
  name.emplace_back(sql::quote_qualified(schema, table));
  const Rows found = co_await session.query(sql::plan_table, std::move(name));
  if (found.empty()) co_return std::nullopt;
  Facts facts = table_facts(found);
  facts.table.server_version = session.server_version();

  std::vector<Command> questions = catalogue_questions(facts.table.oid, event);
  const std::vector<Rows> answers = co_await session.exchange(std::move(questions));
  facts.columns = columns(answers[0]);
  facts.indexes = indexes(answers[1]);
  facts.triggers = triggers(answers[2]);
  facts.foreign_keys = foreign_keys(answers[3]);
  facts.rules = first_column(answers[4]);
  facts.publications = first_column(answers[5]);
  facts.locks = locks(answers[6]);
  facts.leaves = leaves(answers[7]);
  facts.leaf_indexes = leaf_indexes(answers[8]);
  add_transactions(answers[9], facts);
  facts.access = access(answers[10]);
  facts.subscriptions = first_column(answers[11]);
  facts.ambiguous_names = answers[12].array(0, 0);
  facts.own_casts = answers[12].boolean(0, 1);
  facts.server = server(answers[13]);
  for (int row = 0; row < answers[14].size(); ++row) facts.leaf_keys.push_back(numbers(answers[14], row, 0));
  facts.collations = co_await read_collations(session, facts.table.oid);
  facts.distributed = co_await is_distributed(session, facts.table.oid);
  co_return facts;
}

async::Task<std::vector<DefaultFact>> read_defaults(postgres::Session& session, std::uint32_t oid,
                                                    std::vector<std::string> columns) {
  Parameters parameters{std::to_string(oid), postgres::array_literal(columns)};
  const Rows rows = co_await session.query(sql::plan_defaults, std::move(parameters));
  std::vector<DefaultFact> defaults;
  for (int row = 0; row < rows.size(); ++row) {
    const bool exists = !rows.is_null(row, 1);
    defaults.push_back({rows.string(row, 0), exists ? rows.string(row, 1) : "NULL", exists});
  }
  co_return defaults;
}

async::Task<std::vector<std::string>> similar_tables(postgres::Session& session, std::string table) {
  Parameters name;
  name.emplace_back(std::move(table));
  const Rows rows = co_await session.query(sql::plan_similar_tables, std::move(name));
  co_return first_column(rows);
}

}  // namespace pgfill::plan
