// The sweep for rows left behind, on a table that cannot be read in one snapshot within the time allowed. A real
// server.
#include "work/sweep.h"

#include <algorithm>

#include "async/run_to_end.h"
#include "kinds/update.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using async::Task;

sql::Target items() {
  sql::Target target{"public", "items", "", {{"id", "bigint"}}, {{"n", "n + 1"}}, "n = 0", false};
  target.change = &kinds::update_rows;
  return target;
}

/// The same without a key.
sql::Target keyless_items(std::uint32_t oid) {
  sql::Target target = items();
  target.key = {{"ctid", "tid"}};
  target.by_position = true;
  target.oid = oid;
  return target;
}

class Sweep : public RunJob {
 protected:
  Sweep() : job_{1, "counter", {}, work::JobStatements(items())} {
    job_.key_columns = {"id"};
    job_.conditional = true;
    job_.search_path = "pg_catalog";
    hooks_.permit = [this](int) { return permit(); };
    hooks_.emit = [](const Event::Body&) {};
  }
  /// Every row done but those of these keys.
  void make_items_but(int rows, const std::string& keys) {
    make_items(rows);
    database_.execute("ALTER TABLE items DISABLE TRIGGER ALL; UPDATE items SET n = 1 WHERE id NOT IN (" + keys + ")");
    ASSERT_TRUE(install_ledger(settings_));
    job_.table.name = "public.items";
    job_.table.oid = static_cast<std::uint32_t>(database_.integer("SELECT 'items'::regclass::oid::bigint"));
  }
  Task<work::Permit> permit() {
    ++asked_;
    co_return asked_ > stop_after_ ? work::Permit::stop : work::Permit::go_on;
  }
  Task<std::optional<std::vector<Key>>> look(std::optional<Key> bound) {
    const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(10));
    const auto session = co_await postgres::Session::open(settings_, "test", deadline);
    work::Sweep sweep(job_, hooks_, std::move(bound));
    const auto found = co_await sweep.left_behind(*session, std::nullopt);
    if (!found) co_return std::nullopt;
    std::vector<Key> keys;
    for (const ledger::FoundRow& row : *found) keys.push_back(row.key);
    co_return keys;
  }
  Task<std::vector<Key>> in_pieces(int& pieces) {
    const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(10));
    const auto session = co_await postgres::Session::open(settings_, "test", deadline);
    work::Sweep sweep(job_, hooks_, std::nullopt);
    std::vector<Key> found;
    std::optional<Key> lower;
    do {
      std::optional<work::Sweep::Piece> piece = co_await sweep.next_piece(*session, lower, std::nullopt);
      if (!piece) co_return found;
      for (const ledger::FoundRow& row : piece->found) found.push_back(row.key);
      lower = std::move(piece->upper);
      ++pieces;
    } while (lower);
    co_return found;
  }
  void forget_the_key() {
    job_.statements = work::JobStatements(keyless_items(job_.table.oid));
    job_.key_columns = {"ctid"};
    job_.by_position = true;
  }
  std::optional<std::vector<Key>> left_behind(std::optional<Key> bound = std::nullopt) {
    return async::run_to_end(look(std::move(bound)));
  }

  work::JobWork job_;
  work::WorkerHooks hooks_;
  int asked_ = 0;
  int stop_after_ = 1'000'000;
};

TEST_F(Sweep, ReadsATableOfModerateSizeAtOnce) {
  make_items_but(2'000, "1, 700, 2000");
  const auto found = left_behind();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 3U);
  EXPECT_EQ(asked_, 0);
}

TEST_F(Sweep, GoesPieceByPieceWhenTheTableIsTooLargeForOneSnapshot) {
  make_items_but(250'000, "1, 99999, 100000, 100001, 250000");
  job_.sweep_patience = std::chrono::milliseconds(1);
  auto found = left_behind();
  ASSERT_TRUE(found);
  EXPECT_GE(asked_, 2);
  std::sort(found->begin(), found->end());
  EXPECT_EQ(*found, (std::vector<Key>{{"1"}, {"100000"}, {"100001"}, {"250000"}, {"99999"}}));
}

TEST_F(Sweep, OfPiecesEndsAtTheBoundOfTheJob) {
  make_items_but(250'000, "1, 200000, 240000, 240001");
  job_.sweep_patience = std::chrono::milliseconds(1);
  const auto found = left_behind(Key{"240000"});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<Key>{{"1"}, {"200000"}, {"240000"}}));
}

TEST_F(Sweep, OfPiecesObeysAStop) {
  make_items_but(250'000, "1");
  job_.sweep_patience = std::chrono::milliseconds(1);
  stop_after_ = 1;
  EXPECT_FALSE(left_behind());
}

/// A row that moves between two pieces would be in neither.
TEST_F(Sweep, OfATableWithoutAKeyTakesOneSnapshotOrFails) {
  make_items_but(250'000, "1, 99999, 250000");
  forget_the_key();
  EXPECT_EQ(left_behind()->size(), 3U);
  job_.sweep_patience = std::chrono::milliseconds(1);
  EXPECT_THROW(left_behind(), postgres::Failure);
}

TEST_F(Sweep, PiecesOfATableWithoutAKeyFollowEachOtherToItsEnd) {
  make_items_but(250'000, "1, 99999, 100000, 250000");
  forget_the_key();
  int pieces = 0;
  std::vector<Key> found = async::run_to_end(in_pieces(pieces));
  EXPECT_GE(pieces, 2);
  EXPECT_EQ(found.size(), 4U);
  for (const Key& position : found)
    EXPECT_EQ(database_.value("SELECT n FROM items WHERE ctid = '" + position.front() + "'"), "0");
}

}  // namespace
}  // namespace pgfill::tests
