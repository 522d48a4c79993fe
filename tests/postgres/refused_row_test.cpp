// A trigger that refuses a row with a state that asks for another try: for ever, or for a while. A real server.
#include <future>
#include <list>

#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

/// A job of its own on a database of its own, so that several wait for their row at the same time.
class RefusedRow {
 public:
  RefusedRow(const std::string& refused_while, const std::string& state) : state_(state) {
    database_.execute(
        "CREATE TABLE items (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);"
        "INSERT INTO items SELECT generate_series(1, 2000);"
        "CREATE SEQUENCE tries;"
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF new.id = 777 AND " +
        refused_while + " THEN RAISE 'not this one' USING ERRCODE = '" + state +
        "'; END IF; RETURN new; END$$;"
        "CREATE TRIGGER refuse BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION refuse()");
  }
  void start(BadRows::Action action) {
    job_ = std::async(std::launch::async, [this, action] {
      JobSpec spec;
      spec.job = "items";
      spec.schema = "public";
      spec.table = "items";
      spec.set() = {{"n", "n + 1"}};
      spec.workers = 2;
      spec.bad_rows.action = action;
      spec.throttle.courtesy = false;
      ConnectionSettings settings;
      settings.conninfo = scratch_.conninfo();
      Control control;
      Watcher watcher;
      const auto begun = std::chrono::steady_clock::now();
      RunReport report = run_job(spec, settings, {}, control, watcher);
      took_ = std::chrono::steady_clock::now() - begun;
      return report;
    });
  }
  RunReport end() { return job_.get(); }
  void expect_done_but(std::int64_t rows) {
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 1"), 2000 - rows) << state_;
    EXPECT_EQ(database_.integer("SELECT count(*) FROM items WHERE n = 0"), rows) << state_;
  }
  /// As long as it takes to be sure, and not for ever.
  void expect_bounded() const {
    EXPECT_GE(took_, 15s) << state_;
    EXPECT_LT(took_, 90s) << state_;
  }
  Database& database() { return database_; }
  const std::string& state() const { return state_; }
  std::string conninfo() const { return scratch_.conninfo(); }

 private:
  std::string state_;
  ScratchDatabase scratch_;
  Database database_{scratch_.conninfo()};
  std::future<RunReport> job_;
  std::chrono::steady_clock::duration took_{};
};

void expect_quarantined(RefusedRow& refused) {
  const RunReport report = refused.end();
  EXPECT_EQ(report.error.code, ErrorCode::bad_rows) << refused.state() << ": " << report.error.message;
  EXPECT_EQ(refused.database().value("SELECT key[1] || ' ' || state || ' ' || sqlstate FROM pgfill.skipped"),
            "777 quarantined " + refused.state());
  refused.expect_done_but(1);
  refused.expect_bounded();
}

TEST(RefusedRow, EndsAsABadRowInTimeWhateverStateItIsRefusedWith) {
  std::list<RefusedRow> quarantined;
  for (const char* state : {"40001", "40P01", "55P03", "57014", "08001"}) {
    quarantined.emplace_back("true", state).start(BadRows::Action::quarantine);
  }
  RefusedRow stopped("true", "40001");
  stopped.start(BadRows::Action::stop);
  // Its row is deferred first, and refused when it is revisited.
  RefusedRow deferred("true", "40001");
  Database holder(deferred.conninfo());
  holder.execute("BEGIN; SELECT FROM items WHERE id = 777 FOR UPDATE");
  deferred.start(BadRows::Action::quarantine);
  EXPECT_TRUE(eventually(30s, [&] {
    return deferred.database().value("SELECT to_regclass('pgfill.skipped')") != "NULL" &&
           deferred.database().integer("SELECT count(*) FROM pgfill.skipped WHERE state = 'deferred'") == 1;
  }));
  holder.execute("ROLLBACK");
  for (RefusedRow& refused : quarantined) expect_quarantined(refused);
  expect_quarantined(deferred);
  const RunReport report = stopped.end();
  EXPECT_EQ(report.exit, ExitCode::stopped);
  EXPECT_EQ(report.error.code, ErrorCode::data_rejected);
  for (const char* part : {"not this one", "row (id) = (777)", "SQLSTATE 40001"})
    EXPECT_NE(report.error.message.find(part), std::string::npos) << report.error.message;
  stopped.expect_bounded();
}

TEST(RefusedRow, IsDoneWhenItIsRefusedForAWhileOnly) {
  RefusedRow refused("nextval('tries') < 16", "40001");
  refused.start(BadRows::Action::stop);
  const RunReport report = refused.end();
  EXPECT_EQ(report.exit, ExitCode::done) << report.error.message;
  refused.expect_done_but(0);
}

}  // namespace
}  // namespace pgfill::tests
