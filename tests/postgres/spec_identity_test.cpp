// A registered job meets a spec that was edited: another job is refused with what differs, other knobs are taken over.
#include <future>

#include "support/run_job_fixture.h"
#include "unit/spec/spec_mutations.h"

namespace pgfill::tests {
namespace {

using test::Change;
using test::Mutation;
using test::spec_mutations;

class SpecIdentity : public RunJob {
 protected:
  /// Leaves the job stopped after its first batch.
  void begin_and_stop(const JobSpec& spec) {
    Control control;
    watcher_.on_batch = [&] { control.stop(); };
    EXPECT_EQ(run_job(spec, settings_, {}, control, watcher_).exit, ExitCode::interrupted);
    watcher_.on_batch = nullptr;
  }
  std::string registered_spec() { return database_.value("SELECT spec_yaml FROM pgfill.job"); }

  JobSpec one_worker() {
    JobSpec spec = counter_spec();
    spec.workers = 1;
    spec.batch.min_rows = 50;
    return spec;
  }
};

TEST_F(SpecIdentity, EveryFieldThatMakesAnotherJobIsRefusedByName) {
  make_items(3000);
  begin_and_stop(counter_spec());
  const std::string before = registered_spec();
  const std::string done = database_.value("SELECT sum(rows_changed) FROM pgfill.range");
  for (const Mutation& mutation : spec_mutations()) {
    if (mutation.change != Change::job) continue;
    JobSpec changed = counter_spec();
    mutation.apply(changed);
    const RunReport report = run(changed);
    EXPECT_EQ(report.exit, ExitCode::refused) << mutation.field;
    EXPECT_EQ(report.error.code, ErrorCode::spec_changed) << mutation.field << ' ' << report.error.message;
    EXPECT_NE(report.error.message.find("\n  " + mutation.differs + ": was "), std::string::npos)
        << report.error.message;
    EXPECT_NE(report.error.hint.find("--again"), std::string::npos) << report.error.hint;
    EXPECT_NE(report.error.hint.find("another name"), std::string::npos) << report.error.hint;
  }
  EXPECT_EQ(registered_spec(), before);
  EXPECT_EQ(database_.value("SELECT sum(rows_changed) FROM pgfill.range"), done);
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(SpecIdentity, ThePlanSaysWhyARunWouldBeRefused) {
  make_items(3000);
  begin_and_stop(counter_spec());
  const auto ledger_finding = [&](const JobSpec& spec) {
    const Result<Plan> plan = plan_job(spec, settings_);
    EXPECT_TRUE(plan) << plan.error().message;
    for (const Finding& finding : plan->findings) {
      if (finding.check == "ledger") return finding.text + " / " + finding.remedy;
    }
    return std::string();
  };
  EXPECT_EQ(ledger_finding(counter_spec()), "");
  JobSpec other = counter_spec();
  other.set() = {{"n", "n + 2"}};
  EXPECT_NE(ledger_finding(other).find("registered in this database with another spec"), std::string::npos);
  database_.execute("SELECT pgfill.pause('counter', 'incident')");
  EXPECT_NE(ledger_finding(counter_spec()).find("paused by postgres: incident"), std::string::npos);
  database_.execute(
      "SELECT pgfill.resume('counter'); CREATE ROLE reader_of_plans LOGIN; GRANT SELECT, UPDATE ON items TO "
      "reader_of_plans");
  settings_.conninfo += " user=reader_of_plans";
  EXPECT_NE(ledger_finding(counter_spec()).find("GRANT USAGE ON SCHEMA pgfill"), std::string::npos);
  database_.execute("DROP OWNED BY reader_of_plans; DROP ROLE reader_of_plans");
}

TEST_F(SpecIdentity, TheRefusalReadsAsADifference) {
  make_items(100);
  JobSpec spec = counter_spec();
  spec.where = "n IS NOT NULL";
  ASSERT_EQ(run(spec).exit, ExitCode::done);
  spec.where += " AND id > 5";
  spec.set()[0].expression = "n + 2";
  EXPECT_EQ(run(spec).error.message,
            "job counter is registered in this database with another spec:\n"
            "  set.n: was \"n + 1\", now \"n + 2\"\n"
            "  where: was \"n IS NOT NULL\", now \"n IS NOT NULL AND id > 5\"");
}

TEST_F(SpecIdentity, EveryKnobMayChangeBetweenTwoRuns) {
  make_items(20'000);
  JobSpec spec = one_worker();
  begin_and_stop(spec);
  for (const Mutation& mutation : spec_mutations()) {
    if (mutation.change != Change::knob) continue;
    mutation.apply(spec);
    Control control;
    control.stop();
    const RunReport report = run_job(spec, settings_, {}, control, watcher_);
    ASSERT_EQ(report.exit, ExitCode::interrupted) << mutation.field << ' ' << report.error.message;
    EXPECT_EQ(registered_spec(), to_yaml(spec)) << mutation.field;
  }
  spec.throttle = {};  // the last knobs name hosts that do not exist: by them the job would wait for ever
  EXPECT_EQ(run(spec).exit, ExitCode::done);
  expect_each_row_once(20'000);
}

TEST_F(SpecIdentity, AResumedRunGoesByItsNewKnobs) {
  make_items(20'000);
  JobSpec spec = one_worker();
  begin_and_stop(spec);
  EXPECT_GT(watcher_.largest, 70);
  watcher_.largest = 0;
  spec.batch = {std::chrono::milliseconds{25}, 10, 70};
  spec.workers = 3;
  ASSERT_EQ(run(spec).exit, ExitCode::done);
  EXPECT_LE(watcher_.largest, 70);
  EXPECT_EQ(watcher_.resumed_->workers, 3);
  expect_each_row_once(20'000);
}

TEST_F(SpecIdentity, AnotherSpellingIsTheSameJob) {
  make_items(3000);
  JobSpec spec = counter_spec();
  spec.set().push_back({"pad", "'y'"});
  spec.where = "n = 0";
  begin_and_stop(spec);
  auto again = parse_statement("update public.items set PAD = /* why */ 'y', n = (N) + 1 where (\"n\" = 0)", "counter");
  ASSERT_TRUE(again);
  const RunReport report = run(*again);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1 AND pad = 'y'"), 3000);
}

TEST_F(SpecIdentity, AJobRegisteredWithAnOlderFormIsStillTheSame) {
  make_items(3000);
  begin_and_stop(counter_spec());
  database_.execute("UPDATE pgfill.job SET canonical = '{\"format\":0}'");
  EXPECT_EQ(run(counter_spec()).exit, ExitCode::done);
  expect_each_row_once(3000);
}

TEST_F(SpecIdentity, ARegisteredSpecThatCannotBeReadIsNotTakenForTheSame) {
  make_items(100);
  ASSERT_EQ(run(counter_spec()).exit, ExitCode::done);
  database_.execute("UPDATE pgfill.job SET canonical = '{}', spec_yaml = 'version: 9'");
  EXPECT_EQ(run(counter_spec()).error.code, ErrorCode::spec_changed);
}

TEST_F(SpecIdentity, ARunThatIsRefusedBecauseAnotherRunsTheJobChangesNoKnobs) {
  make_items(3000);
  const JobSpec spec = counter_spec();
  Control control;
  control.pause("held by the test");
  auto first = std::async(std::launch::async, [&] { return run_job(spec, settings_, {}, control, watcher_); });
  ASSERT_TRUE(eventually(std::chrono::seconds{20}, [&] { return watcher_.throttled > 0; }));
  JobSpec other = spec;
  other.workers = 5;
  Control other_control;
  Watcher quiet;
  const RunReport second = run_job(other, settings_, {}, other_control, quiet);
  EXPECT_EQ(second.error.code, ErrorCode::job_owned) << second.error.message;
  EXPECT_EQ(registered_spec(), to_yaml(spec));
  control.resume();
  EXPECT_EQ(first.get().exit, ExitCode::done);
}

TEST_F(SpecIdentity, AnotherSpecRunsFromTheStartWithAgain) {
  make_items(3000);
  begin_and_stop(counter_spec());
  JobSpec other = counter_spec();
  other.set()[0].expression = "n + 10";
  RunOptions again;
  again.again = true;
  ASSERT_EQ(run(other, again).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n >= 10"), 3000);
}

}  // namespace
}  // namespace pgfill::tests
