#include "plan/plan_table.h"

#include <algorithm>

#include "plan/boundaries.h"
#include "plan/choose_key.h"
#include "plan/splitter.h"
#include "postgres/transaction.h"

namespace pgfill::plan {

kinds::TargetFacts target_facts(const Subject& subject) {
  kinds::TargetFacts facts;
  facts.schema = subject.facts.table.schema;
  facts.table = subject.facts.table.name;
  facts.oid = subject.facts.table.oid;
  facts.key = subject.key->columns;
  facts.plain = subject.facts.table.kind == 'r';
  facts.by_position = is_position(*subject.key);
  facts.generated = generated_columns(subject.facts);
  facts.may_keep = keeping_trigger(subject.facts, subject.spec) != nullptr;
  facts.references = references_of(subject.facts.referrers);
  return facts;
}

sql::Target target_of(const Subject& subject) {
  return kinds::target_of(subject.spec, target_facts(subject));
}

bool scans_positions(const StatementFacts& statement, const Subject& subject) {
  return std::all_of(statement.scans.begin(), statement.scans.end(),
                     [&](const Scan& scan) { return !is_target(scan, subject) || scan.method == position_scan; });
}

async::Task<std::vector<PlannedRange>> make_ranges(postgres::Session& session, Subject& subject, Order order,
                                                   int stripes) {
  if (order == Order::physical) {
    const Facts& facts = subject.facts;
    co_return split_pages(facts.pages, wanted_ranges(facts.table.estimated_rows, stripes));
  }
  KeySpace space{target_of(subject), find_column(subject.facts, subject.key->columns.front().name)->collation};
  std::optional<Key> largest;
  const bool bound = subject.spec.bound == Bound::at_start;
  if (bound || stripes > 1) {
    largest = co_await largest_key(session, space.target);
    // Bound at the start of an empty table: there is nothing to do, and no range does it.
    if (!largest && bound) co_return std::vector<PlannedRange>();
  }
  const Boundaries boundaries = co_await read_boundaries(session, subject.facts, std::move(space), largest);
  TableFacts& table = subject.facts.table;
  if (!table.analyzed && boundaries.rows_by_sample) table.estimated_rows = *boundaries.rows_by_sample;
  std::vector<PlannedRange> ranges = split(boundaries.cuts, wanted_ranges(table.estimated_rows, stripes), largest);
  if (!bound && largest) ranges.push_back({{largest, std::nullopt}, 0});
  co_return ranges;
}

async::Task<void> begin_reading(postgres::Session& session, std::string search_path) {
  postgres::Pins pins;
  pins.read_only = true;
  pins.search_path = std::move(search_path);
  std::vector<postgres::Command> commands = postgres::begin(pins);
  co_await session.exchange(std::move(commands));
}

async::Task<void> end_reading(postgres::Session& session) {
  std::vector<postgres::Command> commands;
  commands.push_back(postgres::commit());
  co_await session.exchange(std::move(commands));
}

}  // namespace pgfill::plan
