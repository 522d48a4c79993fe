// The sweep for rows left behind, on a table that cannot be read in one snapshot within the time allowed. A real
// server.
#include "work/sweep.h"

#include <algorithm>

#include "async/run_to_end.h"
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using async::Task;

sql::Target items() {
  return {"public", "items", "", {{"id", "bigint"}}, {{"n", "n + 1"}}, "n = 0", false};
}

class Sweep : public RunJob {
 protected:
  Sweep() : job_{1, "counter", {}, work::JobStatements(items())} {
    job_.key_columns = {"id"};
    job_.conditional = true;
    job_.search_path = "pg_catalog";
    hooks_.permit = [this](int) { return permit(); };
    hooks_.emit = [](Event::Body) {};
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
    co_return co_await sweep.left_behind(*session, std::nullopt);
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

}  // namespace
}  // namespace pgfill::tests
