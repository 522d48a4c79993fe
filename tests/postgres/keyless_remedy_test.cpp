// What a job on a table without a key is refused with, followed step by step, ends with the job done. A real server.
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

class KeylessRemedy : public RunJob {
 protected:
  /// No column identifies a row, and `state` is to be changed where done rows may meet the condition.
  void make_events() {
    database_.execute(
        "CREATE TABLE events (id bigint, state text);"
        "INSERT INTO events SELECT nullif(i % 900, 0), 'old' FROM generate_series(1, 5000) i; ANALYZE events");
  }
  static JobSpec change_spec() {
    JobSpec spec;
    spec.job = "change";
    spec.schema = "public";
    spec.table = "events";
    spec.set() = {{"state", "state || '!'"}};
    spec.where = "state LIKE 'old%'";
    spec.throttle.courtesy = false;
    return spec;
  }
  /// Of the remedy, what is left when a first "if …; else" does not apply.
  static std::vector<std::string> steps_of(const Finding& refusal) {
    std::string text = refusal.remedy.substr(refusal.remedy.find("else ") + 5);
    std::vector<std::string> steps;
    for (std::size_t end = 0; end != std::string::npos; text.erase(0, end + 2)) {
      end = text.find("; ");
      steps.push_back(text.substr(0, end));
      if (end == std::string::npos) break;
    }
    return steps;
  }
  void follow(const std::string& step, const JobSpec& asked) {
    SCOPED_TRACE(step);
    const std::string by_statement = "pgfill run \"";
    const std::string by_file = "pgfill run a file with ";
    if (step == "then this job again") {
      EXPECT_EQ(run(asked).exit, ExitCode::done);
    } else if (step.starts_with(by_statement)) {
      const std::string statement = step.substr(by_statement.size(), step.size() - by_statement.size() - 1);
      const Result<JobSpec> spec = parse_statement(statement);
      ASSERT_TRUE(spec) << spec.error().message;
      EXPECT_EQ(run(*spec).exit, ExitCode::done);
    } else if (step.starts_with(by_file)) {
      const Result<JobSpec> spec = parse_spec(step.substr(by_file.size()), "remedy");
      ASSERT_TRUE(spec) << spec.error().message;
      EXPECT_EQ(run(*spec).exit, ExitCode::done);
    } else {
      database_.execute(step);
    }
  }
  /// The steps, when it is refused.
  std::vector<std::string> refused(const JobSpec& spec) {
    const Result<Plan> plan = plan_job(spec, settings_);
    EXPECT_TRUE(plan);
    const Finding* refusal = first_refusal(*plan);
    EXPECT_NE(refusal, nullptr);
    if (refusal == nullptr) return {};
    EXPECT_EQ(refusal->code, ErrorCode::no_usable_key);
    EXPECT_EQ(refusal->remedy.find("(id)"), std::string::npos) << refusal->remedy;
    EXPECT_EQ(refusal->remedy.find("(state)"), std::string::npos) << refusal->remedy;
    return steps_of(*refusal);
  }
};

TEST_F(KeylessRemedy, ANewColumnIsFilledAndIndexed) {
  make_events();
  const std::vector<std::string> steps = refused(change_spec());
  EXPECT_GT(steps.size(), 5U);
  EXPECT_EQ(steps.back(), "then this job again");
  for (const std::string& step : steps) follow(step, change_spec());
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE state = 'old!'"), 5'000);
  // Rows that come later have their key, too.
  database_.execute("INSERT INTO events (id, state) VALUES (1, 'new')");
  EXPECT_EQ(database_.integer("SELECT count(DISTINCT pgfill_id) FROM events"), 5'001);
}

/// A stranger's trigger may do anything to a row: the step says how to go on all the same.
TEST_F(KeylessRemedy, AlsoWhereATriggerRunsWithEachUpdate) {
  make_events();
  database_.execute(
      "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
      "CREATE TRIGGER touch BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch()");
  for (const std::string& step : refused(change_spec())) follow(step, change_spec());
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE state = 'old!'"), 5'000);
}

TEST_F(KeylessRemedy, WhoHasFollowedHalfOfItIsToldTheSame) {
  make_events();
  const std::vector<std::string> steps = refused(change_spec());
  for (const std::size_t half : {std::size_t{1}, steps.size() / 2}) {
    for (std::size_t i = 0; i < half; ++i) follow(steps[i], change_spec());
  }
  const Result<Plan> plan = plan_job(change_spec(), settings_);
  ASSERT_TRUE(plan);
  ASSERT_NE(first_refusal(*plan), nullptr);
  for (const std::string& step : steps_of(*first_refusal(*plan))) {
    if (step.find("(on a large table") != std::string::npos) {
      database_.execute(step.substr(0, step.find(" (on a large table")));
    } else if (step.find("fill it first") == std::string::npos) {
      follow(step, change_spec());
    }
  }
  EXPECT_EQ(run(change_spec()).exit, ExitCode::done);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE state = 'old!'"), 5'000);
}

TEST_F(KeylessRemedy, APartitionedTableIsDonePartitionByPartition) {
  database_.execute(
      "CREATE TABLE events (id bigint, state text, at date) PARTITION BY RANGE (at);"
      "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
      "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01'); CREATE SEQUENCE ids;"
      "INSERT INTO events SELECT NULL, 'old', '2020-01-01'::date + i % 700 FROM generate_series(1, 4000) i");
  JobSpec fill = change_spec();
  fill.set() = {{"id", "nextval('ids')"}};
  fill.where = "id IS NULL";
  const Result<Plan> plan = plan_job(fill, settings_);
  ASSERT_TRUE(plan);
  ASSERT_NE(first_refusal(*plan), nullptr);
  EXPECT_NE(first_refusal(*plan)->remedy.find("public.events_1, public.events_2"), std::string::npos)
      << first_refusal(*plan)->remedy;
  for (const char* partition : {"events_1", "events_2"}) {
    fill.job = fill.table = partition;
    EXPECT_EQ(run(fill).exit, ExitCode::done);
  }
  EXPECT_EQ(database_.integer("SELECT count(DISTINCT id) FROM events"), 4'000);
  // And where the condition needs a key, each partition gets one.
  for (const std::string& step : refused(change_spec())) {
    if (!step.starts_with("then this job again")) follow(step, change_spec());
  }
  for (const char* partition : {"events_1", "events_2"}) {
    JobSpec change = change_spec();
    change.job = std::string("change-") + partition;
    change.table = partition;
    EXPECT_EQ(run(change).exit, ExitCode::done);
  }
  EXPECT_EQ(database_.integer("SELECT count(*) FROM events WHERE state = 'old!'"), 4'000);
}

}  // namespace
}  // namespace pgfill::tests
