// A job that deletes: rows that others refer to, and VACUUM of what is left of the rows. A real server.
#include "support/delete_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class DeleteReferenced : public DeleteJob {};

TEST_F(DeleteReferenced, RowsThatOthersReferToStayWhereThatIsMeant) {
  make_events(3000);
  database_.execute(
      "CREATE TABLE uses (event bigint REFERENCES events); INSERT INTO uses VALUES (300), (900), (1); ANALYZE uses");
  JobSpec spec = purge_spec();
  Delete kind;
  kind.referenced = Referenced::skip;
  kind.at_most = 998;
  spec.kind = kind;
  const RunReport report = run(spec);
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  EXPECT_EQ(deleted(), 998);
  EXPECT_EQ(kept(), 2);
  EXPECT_EQ(left("old"), 2);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.skipped"), 0);
}

/// What the batch has read of the other table was before; the next try reads it anew.
TEST_F(DeleteReferenced, ARowThatOthersComeToReferToStaysToo) {
  make_events(3000);
  database_.execute("CREATE TABLE uses (event bigint REFERENCES events)");
  Database holder(scratch_.conninfo());
  holder.execute("BEGIN; INSERT INTO uses VALUES (300)");
  JobSpec spec = purge_spec();
  Delete kind;
  kind.referenced = Referenced::skip;
  spec.kind = kind;
  auto running = start(spec);
  EXPECT_TRUE(waits_for(running, "waiting for 1 row")) << waiting_for();
  holder.execute("COMMIT");
  EXPECT_EQ(running.get().exit, ExitCode::done);
  EXPECT_EQ(deleted(), 999);
  EXPECT_EQ(kept(), 1);
  EXPECT_EQ(left("id = 300"), 1);
}

TEST_F(DeleteReferenced, TheTableIsVacuumedAtTheEnd) {
  make_events(3000);
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.advice, "");
  EXPECT_EQ(database_.integer("SELECT count(*) FROM pgfill.event WHERE kind = 'vacuumed'"), 1);
  EXPECT_TRUE(eventually(30s, [&] {
    return database_.integer("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'events'") == 1;
  }));
}

TEST_F(DeleteReferenced, ARoleThatMayNotVacuumReadsWhatIsLeftToDo) {
  make_events(3000);
  database_.execute("CREATE ROLE purger LOGIN; GRANT ALL ON events TO purger; GRANT CREATE ON DATABASE " +
                    scratch_.name() + " TO purger");
  settings_.keywords = {{"user", "purger"}};
  const RunReport report = run(purge_spec());
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  const bool maintained = database_.integer("SELECT current_setting('server_version_num')::int / 10000") >= 17;
  EXPECT_EQ(report.advice.find("VACUUM") != std::string::npos, !maintained) << report.advice;
  database_.execute("DROP OWNED BY purger; DROP ROLE purger");
}

}  // namespace
}  // namespace pgfill::tests
