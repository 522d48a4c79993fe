// What the catalogue says of one table, as plain structs. No decisions and no connection: read_facts.h asks the server,
// checks/ and choose_key.h judge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinds/kind.h"
#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/effects.h"

namespace pgfill::plan {

/// Attribute numbers of columns; 0 stands for an expression where an index has one.
using ColumnNumbers = std::vector<int>;

struct ColumnFact {
  int number = 0;
  std::string name;
  std::string type;  ///< as the server spells it, usable in a cast; of a domain the type below it
  bool fixed_width = false;
  bool not_null = false;
  std::string generated;      ///< pg_attribute.attgenerated: empty, "s" stored, "v" virtual
  std::string identity;       ///< pg_attribute.attidentity: empty, "a" always, "d" by default
  bool may_select = false;    ///< this role
  bool may_update = false;    ///< this role
  std::string collation;      ///< qualified and quoted; empty: the type has none
  bool named_values = false;  ///< regclass and the like: written by names, which may change
  ColumnNumbers generated_from;
  std::optional<double> correlation;  ///< of its order with the physical order, -1 to 1; empty: no statistics
  bool has_statistics = true;
  bool composite = false;  ///< IS NULL asks its fields
  int width = 0;           ///< bytes of an average row, of values kept outside (TOAST) those that point there
};

struct IndexFact {
  std::string name;
  bool primary = false;
  bool unique = false;
  bool valid = false;     ///< valid, ready and live
  bool immediate = true;  ///< not deferrable
  bool replica_identity = false;
  std::string method;  ///< "btree" …
  bool partial = false;
  // One element for each key column.
  ColumnNumbers columns;
  std::vector<bool> descending;
  std::vector<bool> default_order;            ///< the type's default operator class
  std::vector<bool> column_collation;         ///< the column's own collation
  std::vector<std::string> hidden_operators;  ///< schema of the operators the search path does not find; else empty
  ColumnNumbers touched_by;                   ///< columns whose change touches the index
};

struct TriggerFact {
  std::string name;
  bool each_row = false;
  std::string timing;                   ///< "BEFORE" or "AFTER"
  std::string function;                 ///< with argument types
  ColumnNumbers columns;                ///< empty: any column
  std::vector<std::string> partitions;  ///< that have it of their own; empty: the table's
};

struct ForeignKeyFact {
  std::string name;
  bool from_here = false;  ///< this table refers to the other; false: the other refers to this one
  std::string other_table;
  ColumnNumbers columns;  ///< of this table
  std::string on_update;  ///< pg_constraint.confupdtype
  ColumnNumbers there;    ///< columns of the other table, by its numbers
  bool to_itself = false;
  std::string on_delete = {};  ///< pg_constraint.confdeltype
};

/// A foreign key that a deletion meets, of the table itself or, further on, of one whose rows are deleted by a cascade.
struct ReferrerFact {
  std::string name;
  std::string schema;  ///< of the table that refers
  std::string table;
  std::string on_delete;  ///< pg_constraint.confdeltype
  std::int64_t rows = 0;  ///< of that table, by estimate
  bool indexed = false;   ///< an index finds the rows that refer to one
  std::vector<std::string> columns;
  int depth = 1;  ///< 1: it refers to the job's table
  bool to_itself = false;
  std::vector<std::string> referred = {};  ///< the columns that `columns` refer to
};

/// Whether the key is one of another table that refuses to let go of the job's rows.
bool refuses_here(const ReferrerFact& key);
/// Those keys, for statements.
std::vector<sql::Reference> references_of(const std::vector<ReferrerFact>& referrers);

/// A leaf partition whose bounds prove that a deletion takes all of its rows, but for those whose condition is NULL.
struct WholePartition {
  std::uint32_t oid = 0;
  std::string schema;
  std::string name;
  std::uint32_t parent_oid = 0;
  std::string parent_schema;  ///< of the table that it is a partition of
  std::string parent;
  bool beside_default = false;  ///< the parent has a default partition
  bool owned = false;           ///< by the role of the session, and so is its parent
  bool depended_on = false;     ///< by a view, for instance: it cannot be dropped

  std::string leaf_name() const;  ///< as a person writes it
  std::string parent_name() const;
};

/// A session, or a prepared transaction when `pid` is 0, whose table lock a batch waits for.
struct LockFact {
  int pid = 0;                   ///< 0: a prepared transaction
  std::string application;       ///< its gid, when prepared
  std::string mode;              ///< as pg_locks has it
  bool granted = false;          ///< false: it waits itself, and we would wait behind it
  std::int64_t age_seconds = 0;  ///< of its transaction; 0 when hidden from this role
  std::string partition;         ///< qualified; empty: the lock is on the table itself
};

struct TransactionFact {
  int pid = 0;              ///< 0: a prepared transaction
  std::string application;  ///< its gid, when prepared
  std::string state;        ///< as pg_stat_activity has it, or "prepared"
  std::int64_t age_seconds = 0;
};

struct AccessFact {
  std::string role;
  std::string database;
  bool ledger_exists = false;
  bool ledger_usage = false;   ///< may use the schema pgfill
  bool may_create = false;     ///< may create schemas in the database
  std::int64_t lock_room = 0;  ///< locks that the server's lock table is made for; 0: not known
  bool may_read_xmin = true;   ///< of the table
  bool may_delete = false;     ///< from the table
};

/// A partition that holds rows.
struct LeafFact {
  std::string schema;
  std::string name;
  char kind = 'r';         ///< pg_class.relkind
  char persistence = 'p';  ///< pg_class.relpersistence
  bool published = false;  ///< what the job does goes to a publication
  bool has_identity = true;
  std::vector<std::string> generated = {};  ///< columns computed here and ordinary in the table
  std::uint32_t oid = 0;
  std::int64_t estimated_rows = 0;
  std::int64_t pages = 0;
  bool has_rule = false;               ///< of its own, that changes what the job does
  bool has_statement_trigger = false;  ///< of its own, that the job's statement fires when it names the leaf
  bool row_security = false;           ///< policies of its own apply to this role
  bool may_change = true;              ///< this role may do to the leaf itself what the job does
};

/// Of a leaf, what its statistics say of the first column of the key.
struct LeafOrderFact {
  std::optional<double> correlation;
  bool has_statistics = false;
};

struct LeafIndexFact {
  std::string schema;
  std::string name;
  std::string table_index;  ///< the table's index that it belongs to; empty: the leaf's alone
  std::string method;
  ColumnNumbers touched_by;  ///< by the table's numbers; only of an index of the leaf alone
  std::uint32_t leaf = 0;
};

/// A collation that orders a column, or the database's own.
struct CollationFact {
  std::string column;    ///< empty: the database's own
  std::string name;      ///< qualified and quoted; empty: the database's own
  std::string recorded;  ///< version when the collation was made; empty: not recorded
  std::string actual;    ///< version of the library of now; empty: it tells none
};

/// What DEFAULT means for a column that the job sets to it.
struct DefaultFact {
  std::string column;
  std::string text;     ///< an expression; NULL when the column has no default
  bool exists = false;  ///< of the column or its type
};

/// What the server's settings say of WAL and locks.
struct ServerFact {
  bool full_page_writes = true;
  bool compresses_images = false;                 ///< wal_compression
  std::int64_t checkpoint_bytes = 1'073'741'824;  ///< max_wal_size
  std::int64_t checkpoint_seconds = 300;          ///< checkpoint_timeout
  std::int64_t deadlock_ms = 1000;                ///< deadlock_timeout
};

/// How many sessions a job needs at the least: one that steers and one that works.
inline constexpr int least_sessions = 2;

/// CONNECTION LIMIT of a role or a database.
struct SessionLimit {
  std::string subject;  ///< "ROLE app"
  std::int64_t sessions = 0;
};

std::string described(const SessionLimit& limit);
std::string remedy_of(const SessionLimit& limit);

struct Facts {
  TableFacts table;
  ServerFact server;
  Effects effects;  ///< of the functions and triggers that the job's statements lead to
  std::int64_t pages = 0;
  std::string replica_identity;  ///< pg_class.relreplident
  bool has_children = false;     ///< by inheritance or partitioning
  bool is_system = false;
  bool row_security = false;  ///< policies apply to this role
  bool is_owner = false;
  bool in_recovery = false;  ///< the server is a standby
  bool read_only = false;    ///< the session's transactions are, by default
  bool pooled = false;       ///< a pooler is between us and the server
  std::optional<SessionLimit> too_few_sessions;
  bool distributed = false;      ///< Citus keeps its rows in shards
  std::vector<LeafFact> leaves;  ///< of a partitioned table
  std::vector<LeafIndexFact> leaf_indexes;
  std::vector<ColumnNumbers> leaf_keys;  ///< columns that a usable unique index of each leaf is over, in its order
  ColumnNumbers partition_columns;       ///< of every level; 0: an expression
  std::vector<CollationFact> collations;
  std::vector<ColumnFact> columns;
  std::vector<IndexFact> indexes;
  std::vector<TriggerFact> triggers;
  std::vector<ForeignKeyFact> foreign_keys;
  // Of what the job does: updates, or deletions.
  std::vector<std::string> rules;
  std::vector<std::string> publications;  ///< of the table or a leaf
  std::vector<ReferrerFact> referrers;    ///< of a deletion; nearest first
  std::vector<WholePartition> whole_partitions;
  std::vector<std::string> undroppable;    ///< why no partition may be dropped instead of its rows being deleted
  std::vector<std::string> subscriptions;  ///< that fill the table or a partition
  std::vector<LockFact> locks;
  std::vector<TransactionFact> transactions;  ///< oldest first
  std::vector<std::string> ambiguous_names;   ///< as of spec::NullFacts
  std::optional<std::string> doubtful_join;   ///< other table that may have several matches; empty text: of some form
  std::vector<DefaultFact> defaults;          ///< of the columns set to DEFAULT
  bool plain_backslashes = true;              ///< of the session: standard_conforming_strings
  bool own_casts = false;                     ///< the database has casts of its own between PostgreSQL's types
  int hidden_transactions = 0;                ///< open ones whose age this role may not see
  AccessFact access;
};

/// Null when there is no such column.
const ColumnFact* find_column(const Facts& facts, std::string_view name);
const ColumnFact* find_column(const Facts& facts, int number);
/// Numbers of the columns a job assigns that exist, without repetition.
ColumnNumbers assigned_columns(const Facts& facts, const JobSpec& spec);
/// `columns` and the generated columns computed from them.
ColumnNumbers with_dependents(const Facts& facts, ColumnNumbers columns);
/// A row trigger that runs before a deletion, and so may keep the row; null when there is none.
const TriggerFact* keeping_trigger(const Facts& facts, const JobSpec& spec);
/// Whether an update of these columns, generated ones included, fires the trigger.
bool fires(const TriggerFact& trigger, const ColumnNumbers& changed);
/// Names of the columns that the server computes.
std::vector<std::string> generated_columns(const Facts& facts);
/// Names of the indexes that a change of one of the columns touches, so that the update cannot be heap-only (HOT).
std::vector<std::string> indexes_touched(const Facts& facts, const ColumnNumbers& columns);

/// Names of the columns in the text of a condition that the server has no statistics of, so that its estimate is a
/// guess: a column that was just added, above all. Not for a partitioned table, whose statistics are its leaves'.
std::vector<std::string> columns_without_statistics(const Facts& facts, std::string_view condition);

/// Whether the text of an expression has the name of the column as a word; it may be of something else.
bool has_name(std::string_view expression, const ColumnFact& column);

bool contains(const ColumnNumbers& numbers, int number);
bool overlap(const ColumnNumbers& left, const ColumnNumbers& right);
/// "a, b, c"; the names as they are.
std::string joined(const std::vector<std::string>& names, std::string_view separator = ", ");
/// Their names, joined; "(expression)" for 0.
std::string column_names(const Facts& facts, const ColumnNumbers& columns);
/// schema.table as a person writes it: quoted only where needed.
std::string table_name(const Facts& facts);
/// The same of another table or index.
std::string qualified(std::string_view schema, std::string_view name);
/// "a, b, c and 17 more".
std::string first_of(std::vector<std::string> names);
/// An identifier as a person writes it: quoted only where needed.
std::string readable(std::string_view identifier);

}  // namespace pgfill::plan
