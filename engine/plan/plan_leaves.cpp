#include "plan/plan_leaves.h"

#include <algorithm>
#include <map>

#include "kinds/kind.h"
#include "plan/boundaries.h"
#include "plan/choose_key.h"
#include "plan/ordering.h"
#include "plan/plan_table.h"
#include "plan/statements.h"
#include "plan/striping.h"

namespace pgfill::plan {
namespace {

using async::Task;
using postgres::Rows;

/// Others have one range at first: idle workers split it.
constexpr std::size_t most_cut_leaves = 64;
/// As many as a table of its own would have, over all leaves.
constexpr double most_ranges = 1'000;
/// Leaves with fewer pages and fewer rows are all gone over alike: their statistics decide nothing.
constexpr std::int64_t small_pages = 1'000;
constexpr std::int64_t small_rows = 20'000;

using LeafOrders = std::map<std::uint32_t, LeafOrderFact>;

Task<LeafOrders> read_orders(postgres::Session& session, const Facts& facts, std::string column) {
  std::vector<std::string> oids;
  for (const LeafFact& leaf : facts.leaves) oids.push_back(std::to_string(leaf.oid));
  postgres::Parameters parameters{postgres::array_literal(oids), std::move(column)};
  const Rows rows = co_await session.query(sql::plan_leaf_order, std::move(parameters));
  LeafOrders orders;
  for (int row = 0; row < rows.size(); ++row) {
    LeafOrderFact& order = orders[static_cast<std::uint32_t>(rows.integer(row, 0))];
    order.has_statistics = true;
    if (!rows.is_null(row, 1)) order.correlation = rows.real(row, 1);
  }
  co_return orders;
}

/// The facts of the table that are the leaf's as well.
Facts without_leaves(const Facts& table) {
  Facts facts = table;
  facts.table.kind = 'r';
  facts.has_children = false;
  facts.leaves.clear();
  facts.leaf_indexes.clear();
  facts.partition_columns.clear();
  facts.locks.clear();
  facts.transactions.clear();
  facts.referrers.clear();
  return facts;
}

Facts facts_of(const Facts& common, const LeafFact& leaf, const std::string& key_column, const LeafOrders& orders) {
  Facts facts = common;
  facts.table.oid = leaf.oid;
  facts.table.schema = leaf.schema;
  facts.table.name = leaf.name;
  facts.table.estimated_rows = leaf.estimated_rows;
  facts.pages = leaf.pages;
  const auto order = orders.find(leaf.oid);
  facts.table.analyzed = order != orders.end();
  for (ColumnFact& column : facts.columns) {
    if (column.name != key_column) continue;
    column.has_statistics = facts.table.analyzed;
    column.correlation = facts.table.analyzed ? order->second.correlation : std::nullopt;
  }
  return facts;
}

/// How many ranges a leaf is cut into, of those that all may have.
int wanted_of(const PlannedLeaf& leaf, std::int64_t all_rows) {
  const double part =
      static_cast<double>(leaf.relation.estimated_rows) / static_cast<double>(std::max<std::int64_t>(all_rows, 1));
  const int most = std::max(1, static_cast<int>(most_ranges * part));
  return std::min(most, wanted_ranges(leaf.relation.estimated_rows, leaf.relation.stripes));
}

/// Of the leaves that are worth it the largest.
std::vector<bool> cut_leaves(const std::vector<PlannedLeaf>& leaves, std::int64_t all_rows) {
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (wanted_of(leaves[i], all_rows) > 1 || leaves[i].relation.stripes > 1) large.push_back(i);
  std::stable_sort(large.begin(), large.end(), [&](std::size_t a, std::size_t b) {
    return leaves[a].relation.estimated_rows > leaves[b].relation.estimated_rows;
  });
  if (large.size() > most_cut_leaves) large.resize(most_cut_leaves);
  std::vector<bool> cut(leaves.size(), false);
  for (const std::size_t i : large) cut[i] = true;
  return cut;
}

/// Of a leaf in key order.
Task<std::vector<PlannedRange>> cut_by_key(postgres::Session& session, const Subject& subject, PlannedLeaf& leaf,
                                           int wanted, std::optional<Key> bound) {
  KeySpace space{target_of_leaf(subject, leaf.relation),
                 find_column(subject.facts, subject.key->columns.front().name)->collation};
  std::optional<Key> largest = bound;
  // Rows above the largest key of now are gone over once.
  if (!bound && leaf.relation.stripes > 1) largest = co_await largest_key(session, space.target);
  const Boundaries boundaries = co_await read_boundaries(session, leaf.facts, std::move(space), largest);
  if (!leaf.facts.table.analyzed && boundaries.rows_by_sample)
    leaf.relation.estimated_rows = *boundaries.rows_by_sample;
  std::vector<PlannedRange> ranges = split(boundaries.cuts, wanted, largest);
  if (!bound && largest) ranges.push_back({{largest, std::nullopt}, 0});
  co_return ranges;
}

}  // namespace

sql::Target target_of_leaf(const Subject& subject, const PlannedRelation& leaf) {
  kinds::TargetFacts facts;
  facts.schema = leaf.schema;
  facts.table = leaf.name;
  facts.called = subject.facts.table.name;
  facts.oid = leaf.oid;
  facts.key = subject.key->columns;
  facts.plain = true;
  facts.by_position = leaf.order == Order::physical;
  facts.stripes = leaf.stripes;
  facts.generated = generated_columns(subject.facts);
  facts.may_keep = keeping_trigger(subject.facts, subject.spec) != nullptr;
  return kinds::target_of(subject.spec, facts);
}

namespace {

/// How one leaf is gone over.
struct Way {
  Ordering ordering;
  Striping striping;
};

Way decide_way(const Subject& subject, const Facts& leaf, bool in_physical_order) {
  Ordering ordering = decide_order(subject.spec, leaf, *subject.key);
  if (!in_physical_order && ordering.order == Order::physical)
    ordering = {Order::key, "the server would not read a batch by position"};
  const Walk walk{ordering.order, subject.statement.matching_share};
  return {ordering, decide_striping(subject.spec, leaf, *subject.key, walk)};
}

/// In the order of the facts. `in_physical_order`: leaves may be gone over so.
Task<std::vector<PlannedLeaf>> plan_leaves(postgres::Session& session, const Subject& subject, bool in_physical_order) {
  const std::string column = subject.key->columns.front().name;
  const LeafOrders orders = co_await read_orders(session, subject.facts, column);
  std::map<std::uint32_t, std::vector<LeafIndexFact>> indexes;
  for (const LeafIndexFact& index : subject.facts.leaf_indexes) indexes[index.leaf].push_back(index);
  const Facts common = without_leaves(subject.facts);
  std::optional<Way> small;
  std::vector<PlannedLeaf> leaves;
  leaves.reserve(subject.facts.leaves.size());
  for (const LeafFact& leaf : subject.facts.leaves) {
    Facts facts = facts_of(common, leaf, column, orders);
    facts.leaf_indexes = indexes[leaf.oid];
    const bool is_small = leaf.pages < small_pages && leaf.estimated_rows < small_rows;
    Way way = is_small && small ? *small : decide_way(subject, facts, in_physical_order);
    if (is_small) small = way;
    PlannedRelation relation{leaf.oid,           leaf.schema,         leaf.name, leaf.estimated_rows,
                             way.ordering.order, way.striping.stripes};
    leaves.push_back({std::move(relation), std::move(facts), way.ordering.reason, way.striping.reason});
  }
  co_return leaves;
}

}  // namespace

Task<LeafWalk> walk_leaves(postgres::Session& session, Subject& subject, sql::Target table) {
  const std::vector<std::string> settings = subject.facts.table.settings;
  const auto& all = subject.facts.leaves;
  const auto largest = std::max_element(
      all.begin(), all.end(), [](const LeafFact& a, const LeafFact& b) { return a.estimated_rows < b.estimated_rows; });
  LeafWalk walk;
  walk.largest = static_cast<std::size_t>(largest - all.begin());
  walk.target = target_of_leaf(subject, {largest->oid, largest->schema, largest->name, 0, Order::key, 1});
  walk.statement = co_await explain_batch(session, walk.target, settings, std::move(table));
  if (walk.statement.rejection) co_return walk;
  subject.statement = walk.statement;
  walk.leaves = co_await plan_leaves(session, subject, true);
  PlannedLeaf& shown = walk.leaves[walk.largest];
  if (shown.relation.order == Order::key && shown.relation.stripes == 1) co_return walk;
  const double matching = walk.statement.matching_share;
  sql::Target other = target_of_leaf(subject, shown.relation);
  StatementFacts statement = co_await explain_batch(session, other, settings);
  if (statement.rejection || (other.by_position && !scans_positions(statement, subject))) {
    walk.leaves = co_await plan_leaves(session, subject, false);
    other = target_of_leaf(subject, walk.leaves[walk.largest].relation);
    if (other.stripes > 1) statement = co_await explain_batch(session, other, settings);
  }
  if (other.by_position || other.stripes > 1) walk.statement = std::move(statement);
  walk.statement.matching_share = matching;
  walk.target = std::move(other);
  co_return walk;
}

Task<std::vector<PlannedRange>> ranges_of_leaves(postgres::Session& session, const Subject& subject, sql::Target table,
                                                 std::vector<PlannedLeaf>& leaves) {
  std::int64_t all_rows = 0;
  for (const PlannedLeaf& leaf : leaves) all_rows += leaf.relation.estimated_rows;
  std::optional<Key> bound;
  if (subject.spec.bound == Bound::at_start) {
    bound = co_await largest_key(session, std::move(table));
    if (!bound) co_return std::vector<PlannedRange>();
  }
  const std::vector<bool> cut = cut_leaves(leaves, all_rows);
  std::vector<PlannedRange> all;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    PlannedLeaf& leaf = leaves[i];
    std::vector<PlannedRange> ranges;
    if (leaf.relation.order == Order::physical) {
      ranges = split_pages(leaf.facts.pages, wanted_of(leaf, all_rows));
    } else if (cut[i]) {
      ranges = co_await cut_by_key(session, subject, leaf, wanted_of(leaf, all_rows), bound);
    } else {
      leaf.relation.stripes = 1;
      ranges.push_back({{std::nullopt, bound}, 1});
    }
    const double part = all_rows > 0 ? static_cast<double>(leaf.relation.estimated_rows) / static_cast<double>(all_rows)
                                     : 1.0 / static_cast<double>(leaves.size());
    for (PlannedRange& range : ranges) {
      range.share *= part;
      range.relation = i;
      all.push_back(std::move(range));
    }
  }
  co_return all;
}

}  // namespace pgfill::plan
