// Builds the questions of planning that depend on a table and its key. Text in, text out; no connection.
#pragma once

#include <string>
#include <string_view>

#include "sql/statement.h"
#include "sql/statement_builder.h"

namespace pgfill::sql {

/// A name that follows from the text: a session may plan several jobs, and a prepared statement of one must never serve
/// another.
BuiltStatement named_by_text(std::string text);

/// The histogram bounds of a single-column key, each once, in key order. Statistics may be older than the table and
/// than its collation's library, so order and duplicates are settled by the server of now. $1 schema, $2 table, $3
/// column; `bounded`: only bounds below the key. `collation` is qualified and quoted; empty: the key's type has
/// none. $4 whether the statistics are those of a partitioned table; the key is then $5.
BuiltStatement histogram_bounds(const Target& target, std::string_view collation, bool bounded);

/// Keys out of the histograms of a partitioned table's leaves, in key order and at most a thousand, each with the share
/// of the rows that are not above it. $1 table oid, $2 column; `bounded`: only keys below $3.
BuiltStatement leaf_histogram_bounds(const Target& target, std::string_view collation, bool bounded);

/// The last key of each of equal parts of a sample of blocks, but for the last part; then the share of the sample that
/// is not above that key, and the sample's rows. Repeatable, so the same table is planned the same way.
/// $1 percentage of blocks, $2 number of parts
BuiltStatement sampled_keys(const Target& target);
/// The same from blocks at equal distances, without a look at the others: TABLESAMPLE draws lots for every block, which
/// takes seconds for a table of terabytes. For a table with files of its own; from PostgreSQL 14 on.
/// $1 how many blocks to read, $2 number of parts, $3 blocks of the table
BuiltStatement keys_of_blocks(const Target& target);

/// EXPLAIN, as text for people and as verbose JSON for parsing.
BuiltStatement explain(const BuiltStatement& statement);
BuiltStatement explain_as_json(const BuiltStatement& statement);
/// EXPLAIN that runs the statement and measures it, without a clock for each node.
BuiltStatement explain_run(const BuiltStatement& statement);
/// How many characters explain() puts in front.
int explain_prefix();

/// A statement that reads the rows that fulfil the target's `where`, to be explained for the row estimate; `all`: every
/// row of the table.
BuiltStatement matching_rows(const Target& target, bool all);

/// How the server would join the target with these tables and, where there is one, look for rows of another on the
/// right.
BuiltStatement explain_joined(const Target& target, const std::vector<std::string>& tables, const std::string& right,
                              const std::string& condition);

/// The rows for which the target's `where` is false.
BuiltStatement failing_rows(const Target& target);

/// ALTER TABLE … DETACH PARTITION of tables by their names in SQL. `how`: CONCURRENTLY or FINALIZE.
BuiltStatement detach_partition(const std::string& parent, const std::string& leaf, std::string_view how);

/// How many rows there are, and of how many the target's `where` is not true.
BuiltStatement rows_and_failing(const Target& target);

/// How many rows fulfil the target's `where`.
BuiltStatement row_count(const Target& target);

/// What a batch computes, without changing anything: the new values of the rows of an interval. Its parameter is that
/// of batch_change.
BuiltStatement new_values(const Target& target, Sides sides);

/// What the set columns take in the rows between two keys: how many rows, bytes of all, and into how many pieces the
/// values are cut that are kept outside of their rows (TOAST). Parameter as above.
BuiltStatement stored_bytes(const Target& target);

}  // namespace pgfill::sql
