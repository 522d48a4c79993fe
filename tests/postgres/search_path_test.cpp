// No function of the ledger depends on the search path of its caller, nor on temporary tables that bear the names of
// the catalogue's.
#include "support/run_job_fixture.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;

class SearchPath : public RunJob {
 protected:
  /// Whatever the functions use of the catalogue, in a schema that is searched first: each of them fails, or lies.
  static std::string trap() {
    std::string script = "CREATE SCHEMA evil;";
    for (const char* table : {"pg_class", "pg_attribute", "pg_index", "pg_trigger", "pg_namespace", "pg_type", "job"}) {
      script += "CREATE TABLE evil." + std::string(table) + " (oid oid);";
    }
    for (const char* function : {"clock_timestamp()", "pg_current_xact_id()", "pg_relation_filenode(regclass)",
                                 "to_regclass(text)", "pg_partition_tree(regclass)", "set_config(text, text, bool)",
                                 "pg_stat_get_xact_tuples_hot_updated(oid)", "pg_stat_get_activity(int)"}) {
      script += "CREATE FUNCTION evil." + std::string(function) +
                " RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped''; END';";
    }
    for (const char* type : {"bigint", "text", "boolean", "oid", "int", "text[]", "timestamptz", "float8"}) {
      const std::string both = "(leftarg = " + std::string(type) + ", rightarg = " + type + ", function = evil.";
      std::string name(type);
      for (char& c : name) c = c == '[' || c == ']' ? '_' : c;
      script += "CREATE FUNCTION evil.not_" + name + "(" + type + ", " + type +
                ") RETURNS bool LANGUAGE sql AS 'SELECT false';" + "CREATE FUNCTION evil.first_" + name + "(" + type +
                ", " + type + ") RETURNS " + type + " LANGUAGE sql AS 'SELECT $1';";
      for (const char* comparison : {"=", "<>", ">", "<"}) {
        script += "CREATE OPERATOR evil." + std::string(comparison) + ' ' + both + "not_" + name + ");";
      }
      for (const char* sum : {"+", "-", "||"}) {
        script += "CREATE OPERATOR evil." + std::string(sum) + ' ' + both + "first_" + name + ");";
      }
    }
    return script;
  }

  /// A session that is in the trap.
  std::unique_ptr<Database> trapped() {
    auto session = std::make_unique<Database>(scratch_.conninfo());
    session->execute(
        "SET search_path = evil, pg_catalog, public; CREATE TEMP TABLE pg_class (oid oid); CREATE TEMP TABLE "
        "pg_attribute (oid "
        "oid); CREATE TEMP TABLE pg_trigger (oid oid); CREATE TEMP TABLE runner (id bigint)");
    return session;
  }
};

TEST_F(SearchPath, OfTheRoleIsNotWhatTheLedgerIsInstalledOrReadUnder) {
  database_.execute(trap());
  database_.execute("ALTER DATABASE \"" + scratch_.name() + "\" SET search_path = evil, pg_catalog");
  const Result<int> installed = install_ledger(settings_);
  ASSERT_TRUE(installed) << installed.error().message;
  EXPECT_TRUE(install_ledger(settings_)) << "and once more";
  const auto jobs = list_jobs(settings_);
  ASSERT_TRUE(jobs) << jobs.error().message;
  EXPECT_TRUE(jobs->empty());
}

TEST_F(SearchPath, OfTheCallerMakesNoDifferenceToAFunctionOfTheLedger) {
  make_items(2000);
  Control stopped;
  stopped.stop();
  ASSERT_EQ(run_job(counter_spec(), settings_, {}, stopped, watcher_).exit, ExitCode::interrupted);
  const std::vector<std::string> questions{
      "SELECT pgfill.table_changes(id) OPERATOR(pg_catalog.||) pgfill.key_changes(id) FROM pgfill.job",
      "SELECT pgfill.fingerprint(table_oid, NULL, 'update') FROM pgfill.job",
      "SELECT pgfill.column_of('column id bigint, number 1')",
      "SELECT pgfill.canonical(date '2026-01-31')",
      "SELECT pgfill.is_dead(1)",
      "SELECT ROW(pgfill.is_free(1, 2), pgfill.is_present(1))",
      "SELECT p FROM pgfill.job AS j, pgfill.progress(j.id) AS p",
      "SELECT pgfill.pause('counter', 'why')",
      "SELECT s FROM pgfill.status('counter') AS s",
      "SELECT pgfill.set('counter', 'workers', '2')",
      "SELECT pgfill.resume_all()",
      "SELECT pgfill.pause_all('all')",
      "SELECT pgfill.resume('counter')",
      "SELECT ROW(pgfill.follow_file(id, 1), pgfill.follow_leaves(id, 1), pgfill.relation_changes(id, 1)) FROM "
      "pgfill.job",
      "SELECT ROW(pgfill.unfit_leaf(table_oid, key_columns, kind), pgfill.leaves_now(table_oid), pgfill.job_bound(id), "
      "pgfill.leaf_triggers(table_oid, kind)) FROM pgfill.job",
      "SELECT pg_catalog.count(*) FROM pgfill.job AS j, pgfill.listed_rows(j.id), pgfill.open_ranges(j.id)",
      "SELECT pgfill.require_table('public.items'::pg_catalog.regclass, 'public.items', '{id}', '{1}', NULL)",
      "SELECT pgfill.cancel('counter', '')",
      "SELECT pgfill.resume('counter')"};
  std::vector<std::string> expected;
  for (const std::string& question : questions) database_.value(question);  // the list leaves what it begins with
  for (const std::string& question : questions) expected.push_back(database_.value(question));
  database_.execute(trap());
  const auto session = trapped();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    std::string answer;
    EXPECT_NO_THROW(answer = session->value(questions[i])) << questions[i];
    EXPECT_EQ(answer, expected[i]) << questions[i];
  }
  EXPECT_THROW(session->execute("SELECT pgfill.assert_done('counter')"), postgres::Failure);
}

TEST_F(SearchPath, OfTheCallerIsWhatABatchRunsTheStatementOfItsJobUnderAndNothingElse) {
  make_items(2000);
  Control stopped;
  stopped.stop();
  ASSERT_EQ(run_job(counter_spec(), settings_, {}, stopped, watcher_).exit, ExitCode::interrupted);
  database_.execute(trap());
  database_.execute(
      "CREATE FUNCTION evil.raised(int) RETURNS int LANGUAGE sql AS "
      "'SELECT $1 OPERATOR(pg_catalog.+) 1'");
  const auto session = trapped();
  session->execute(
      "BEGIN; CREATE TEMP TABLE batch ON COMMIT DROP AS SELECT b.* FROM pgfill.range AS r, "
      "pgfill.run_batch(r.job_id, r.range_id, r.epoch, r.cursor_key, 0, '{7}', 0, 1, false, NULL, "
      "'public.items'::pg_catalog.regclass, 'public.items', '{id,n}', '{1,2}', NULL, true, true, false, '{7}', "
      "'UPDATE public.items SET n = raised(n) WHERE id OPERATOR(pg_catalog.<=) ($1)[1]::pg_catalog.int8', NULL, false) "
      "AS b");
  EXPECT_EQ(session->value("SELECT pg_catalog.format('%s %s', changed, inserted) FROM batch"), "7 0");
  EXPECT_EQ(session->value("SELECT pg_catalog.current_setting('search_path')"), "evil, pg_catalog, public");
  session->execute("COMMIT");
  EXPECT_EQ(
      database_.value("SELECT pg_catalog.format('%s %s %s', cursor_key, rows_changed, batches) FROM pgfill.range"),
      "{7} 7 1");
  EXPECT_EQ(database_.integer("SELECT pg_catalog.count(*) FROM public.items WHERE n = 1"), 7);
}

TEST_F(SearchPath, IsPinnedByEveryFunctionOfTheLedgerButThoseThatRunAStatementOfTheJob) {
  ASSERT_TRUE(install_ledger(settings_));
  EXPECT_EQ(database_.value("SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc AS p "
                            "WHERE p.pronamespace = 'pgfill'::regnamespace AND NOT coalesce("
                            "'search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)"),
            "drop_partition run_batch run_revisit");
}

}  // namespace
}  // namespace pgfill::tests
