// Fields of the spec that people set while the job runs: judged together, obeyed by its workers, known to the database.
#include "postgres/steering_fixture.h"
#include "spec/live_settings.h"

namespace pgfill::tests {
namespace {

class SetWhileItRuns : public Steering {};

TEST_F(SetWhileItRuns, WorkersAndBatchSizeChangeWhileItRuns) {
  start();
  const auto busy = [&] {
    return database_.integer("SELECT count(*) FROM pgfill.range WHERE runner_id IS NOT NULL AND NOT done");
  };
  expect_acknowledged(set_job(settings_, "counter", {{"workers", "1"}}));
  EXPECT_TRUE(eventually(5s, [&] { return busy() <= 1; }));
  expect_acknowledged(set_job(settings_, "counter", {{"workers", "4"}, {"batch.max_rows", "60"}}));
  EXPECT_TRUE(eventually(5s, [&] { return busy() == 4 || running_.wait_for(0s) == std::future_status::ready; }));
  EXPECT_TRUE(eventually(5s, [&] { return watcher_.largest == 60; })) << watcher_.largest;
  expect_acknowledged(set_job(settings_, "counter", {{"workers", "auto"}}));
  expect_acknowledged(set_job(settings_, "counter", {{"workers", ""}}));
  EXPECT_EQ(database_.value("SELECT settings->>'workers' FROM pgfill.request"), "NULL");
  EXPECT_EQ(running_.get().exit, ExitCode::done);
  expect_each_row_once(120'000);
}

TEST_F(SetWhileItRuns, AWrongSettingIsRefusedAndOneThatTheDatabaseLetPassIsLeftOut) {
  start();
  const Result<Steered> wrong = set_job(settings_, "counter", {{"batch.time", "900ms"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::spec_bad_value);
  EXPECT_NE(wrong.error().message.find("batch.time=900ms"), std::string::npos) << wrong.error().message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.request"), 0);
  for (const char* typo :
       {"'workers', 'banana'", "'batch.time', '5'", "'throttle.nope', '1'", "'throttle.growth', ''"}) {
    EXPECT_THROW(database_.execute("SELECT pgfill.set('counter', " + std::string(typo) + ")"), postgres::Failure)
        << typo;
  }
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.request"), 0);
  expect_acknowledged(set_job(settings_, "counter", {{"batch.time", "5ms"}}));
  database_.execute("SELECT pgfill.set('counter', 'batch.time', '900ms')");
  EXPECT_TRUE(eventually(5s, [&] {
    return database_.integer(
               "SELECT count(*) FROM pgfill.event WHERE message LIKE '%batch.time=5ms; left out: batch.time=900ms%'") ==
           1;
  }));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
}

TEST_F(SetWhileItRuns, SettingsAreJudgedTogetherAndInNoOrder) {
  start(40);
  const auto changes = [&](const char* message) {
    return database_.integer("SELECT count(*) FROM pgfill.event WHERE kind = 'settings_changed' AND message LIKE '" +
                             std::string(message) + "'");
  };
  // Each is illegal beside the spec's other one in one of the two orders.
  expect_acknowledged(set_job(settings_, "counter", {{"batch.max_rows", "10"}, {"batch.min_rows", "1"}}));
  EXPECT_TRUE(eventually(5s, [&] { return changes("%batch.max_rows=10, batch.min_rows=1") == 1; }));
  EXPECT_EQ(changes("%left out%"), 0);
  expect_acknowledged(set_job(settings_, "counter", {{"batch.max_rows", "20"}}));
  expect_acknowledged(set_job(settings_, "counter", {{"batch.max_rows", ""}, {"batch.min_rows", ""}}));
  database_.execute("SELECT pgfill.set('counter', 'batch.max_rows', '10')");
  database_.execute("SELECT pgfill.set('counter', 'batch.min_rows', '1')");
  EXPECT_TRUE(eventually(5s, [&] { return changes("%batch.max_rows=10, batch.min_rows=1") == 2; }));
  database_.execute("SELECT pgfill.set('counter', '{\"batch.max_rows\": 30, \"batch.min_rows\": null}')");
  EXPECT_TRUE(eventually(5s, [&] { return changes("%left out: batch.max_rows=30%") == 1; }))
      << "below the spec's least";
  EXPECT_THROW(database_.execute("SELECT pgfill.set('counter', '{}')"), postgres::Failure);
  expect_acknowledged(set_job(settings_, "counter", {{"batch.max_rows", ""}}));
  EXPECT_EQ(running_.get().exit, ExitCode::done);
  expect_each_row_once(120'000);
}

TEST_F(SetWhileItRuns, TheDatabaseKnowsEveryFieldThatMayBeSet) {
  ASSERT_TRUE(install_ledger(settings_));
  const std::string known = "SELECT string_agg(key || ' ' || shape, E'\\n') FROM pgfill.live_fields()";
  std::string fields;
  for (const auto& [path, shape] : spec::live_fields()) fields += (fields.empty() ? "" : "\n") + path + " " + shape;
  EXPECT_EQ(database_.value(known), fields);
  // As when a program with another field table has installed it.
  database_.execute(
      "UPDATE pgfill.live_field SET key = 'former' WHERE key = 'workers'; UPDATE pgfill.version SET functions = ''");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  EXPECT_EQ(database_.value(known), fields);
}

}  // namespace
}  // namespace pgfill::tests
