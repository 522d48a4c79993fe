// Each check against a table that has what it looks for.
#include "postgres/plan_fixture.h"

namespace pgfill::tests {
namespace {

using Severity = Finding::Severity;

class PlanChecks : public PlanOnServer {};

TEST_F(PlanChecks, ASoundJobIsNotRefusedAndShowsItsBatch) {
  create_users();
  const Plan plan = planned();
  EXPECT_EQ(first_refusal(plan), nullptr);
  for (const Finding& finding : plan.findings) EXPECT_EQ(finding.severity, Severity::note) << finding.text;
  EXPECT_EQ(plan.table.schema, "public");
  EXPECT_NE(plan.batch_sql.find("UPDATE ONLY \"public\".\"users\""), std::string::npos) << plan.batch_sql;
  EXPECT_NE(plan.explain.find("users_pkey"), std::string::npos) << plan.explain;
  EXPECT_TRUE(plan.estimate.hot_possible);
}

TEST_F(PlanChecks, AMissingTableIsAnErrorThatNamesASimilarOne) {
  db_.execute("CREATE SCHEMA crm; CREATE TABLE crm.users (id int PRIMARY KEY, status text, state text)");
  const Result<Plan> plan = make_plan(database_.conninfo(), users_spec());
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::no_such_table);
  EXPECT_NE(plan.error().hint.find("crm.users"), std::string::npos) << plan.error().hint;
}

TEST_F(PlanChecks, ANameThatWouldBeCutIsRefusedAlthoughTheCutOneExists) {
  const std::string cut(63, 'u');
  db_.execute("CREATE TABLE " + cut + " (id int PRIMARY KEY, status text, state text)");
  JobSpec spec = users_spec();
  spec.table = cut + "u";
  expect_refusal(planned(spec), "name_lengths", ErrorCode::name_too_long, "64 bytes");
}

TEST_F(PlanChecks, ViewsAndOtherRelationsAreRefused) {
  db_.execute("CREATE VIEW users AS SELECT 1 AS id, ''::text AS status, ''::text AS state");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "a view");
  db_.execute(
      "DROP VIEW users; CREATE MATERIALIZED VIEW users AS SELECT 1 AS id, ''::text AS status, ''::text AS state");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "a materialized view");
  db_.execute(
      "DROP MATERIALIZED VIEW users; CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA "
      "WRAPPER nowhere; CREATE FOREIGN TABLE users (id int, status text, state text) SERVER far");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "a foreign table");
  db_.execute("DROP FOREIGN TABLE users; CREATE SEQUENCE users");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "not a table");
}

TEST_F(PlanChecks, AnUnloggedTableIsRefused) {
  db_.execute("CREATE UNLOGGED TABLE users (id int PRIMARY KEY, status text, state text)");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "SET LOGGED");
}

TEST_F(PlanChecks, ATableWithInheritingChildrenIsRefused) {
  create_users();
  db_.execute("CREATE TABLE users_old () INHERITS (users)");
  expect_refusal(planned(), "table_kind", ErrorCode::table_kind, "by inheritance");
}

TEST_F(PlanChecks, CatalogueTablesAreRefused) {
  JobSpec spec = users_spec();
  spec.schema = "pg_catalog";
  spec.table = "pg_class";
  expect_refusal(planned(spec), "table_kind", ErrorCode::table_kind, "system catalogue");
}

TEST_F(PlanChecks, ASessionThatLocksTheTableIsNamedInsteadOfWaitedFor) {
  create_users();
  Database migration(database_.conninfo(), "migration");
  for (const char* mode : {"ACCESS EXCLUSIVE", "SHARE"}) {
    migration.execute("BEGIN; LOCK TABLE users IN " + std::string(mode) + " MODE");
    const Plan plan = planned();
    migration.execute("ROLLBACK");
    const std::string who = "process " + std::to_string(migration.backend_pid()) + " (migration) holds ";
    expect_refusal(plan, "blocking_locks", ErrorCode::blocked_at_start, who);
    expect_refusal(plan, "blocking_locks", ErrorCode::blocked_at_start, mode);
  }
  migration.execute("BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE");
  EXPECT_TRUE(is_silent(planned(), "blocking_locks"));
}

TEST_F(PlanChecks, APreparedTransactionThatLocksTheTableIsNamedByItsIdentifier) {
  create_users();
  Database migration(database_.conninfo());
  migration.execute("BEGIN; LOCK TABLE users IN SHARE MODE");
  migration.execute("PREPARE TRANSACTION 'order-18'");
  const Plan plan = planned();
  migration.execute("ROLLBACK PREPARED 'order-18'");
  expect_refusal(plan, "blocking_locks", ErrorCode::blocked_at_start, "prepared transaction 'order-18' holds a SHARE");
  expect_refusal(plan, "blocking_locks", ErrorCode::blocked_at_start, "ROLLBACK PREPARED 'order-18'");
}

TEST_F(PlanChecks, ALockOnAnIndexAloneBecomesABlockedError) {
  create_users();
  Database migration(database_.conninfo(), "migration");
  migration.execute("BEGIN; ALTER INDEX users_pkey SET (fillfactor = 80); REINDEX INDEX users_pkey");
  const Result<Plan> plan = make_plan(database_.conninfo(), users_spec());
  const bool refused_by_name = plan && !is_silent(*plan, "blocking_locks");
  EXPECT_TRUE(refused_by_name || (!plan && plan.error().code == ErrorCode::blocked_at_start));
}

TEST_F(PlanChecks, MissingPrivilegesAreNamedByColumn) {
  create_users();
  db_.execute("CREATE ROLE plan_clerk LOGIN; GRANT USAGE ON SCHEMA public TO plan_clerk");
  const Plan none = planned_as("plan_clerk");
  expect_refusal(none, "privileges", ErrorCode::privilege, "GRANT SELECT ON public.users TO plan_clerk");
  db_.execute("GRANT SELECT (id, status, state), UPDATE (status) ON users TO plan_clerk");
  expect_refusal(planned_as("plan_clerk"), "privileges", ErrorCode::privilege, "lacks UPDATE on public.users (state)");
  db_.execute("GRANT UPDATE (state) ON users TO plan_clerk");
  expect_refusal(planned_as("plan_clerk"), "privileges", ErrorCode::privilege, "GRANT CREATE ON DATABASE");
  db_.execute("CREATE SCHEMA pgfill");
  expect_refusal(planned_as("plan_clerk"), "privileges", ErrorCode::privilege, "GRANT USAGE ON SCHEMA pgfill");
  db_.execute("GRANT USAGE ON SCHEMA pgfill TO plan_clerk");
  // The sweep of a job with a condition reads a system column, which a grant on single columns does not give.
  JobSpec unconditional = users_spec();
  unconditional.where.clear();
  EXPECT_EQ(first_refusal(planned_as("plan_clerk", unconditional)), nullptr);
  expect_refusal(planned_as("plan_clerk"), "privileges", ErrorCode::privilege,
                 "GRANT SELECT (xmin) ON public.users TO plan_clerk");
  db_.execute("GRANT SELECT (xmin) ON users TO plan_clerk");
  EXPECT_EQ(first_refusal(planned_as("plan_clerk")), nullptr);
  // What only an expression reads is found by the server.
  db_.execute("REVOKE SELECT (status) ON users FROM plan_clerk");
  expect_refusal(planned_as("plan_clerk"), "expressions", ErrorCode::privilege, "permission denied");
  db_.execute("DROP OWNED BY plan_clerk; DROP ROLE plan_clerk");
}

TEST_F(PlanChecks, RowSecurityIsRefusedForRolesItAppliesTo) {
  create_users();
  db_.execute(
      "CREATE ROLE plan_guest LOGIN; GRANT ALL ON users TO plan_guest; CREATE SCHEMA pgfill;"
      "GRANT USAGE ON SCHEMA pgfill TO plan_guest; ALTER TABLE users ENABLE ROW LEVEL SECURITY");
  expect_refusal(planned_as("plan_guest"), "row_security", ErrorCode::row_security, "BYPASSRLS");
  EXPECT_TRUE(is_silent(planned(), "row_security"));
  db_.execute("ALTER ROLE plan_guest BYPASSRLS");
  EXPECT_EQ(first_refusal(planned_as("plan_guest")), nullptr);
  db_.execute("DROP OWNED BY plan_guest; DROP ROLE plan_guest");
}

TEST_F(PlanChecks, ChangingTheKeyIsRefused) {
  create_users();
  JobSpec spec = users_spec();
  spec.set() = {{"id", "id + 1000"}};
  expect_refusal(planned(spec), "key", ErrorCode::expression_unsafe, "set changes \"id\"");
}

TEST_F(PlanChecks, AMissingColumnIsRefusedWithTheNearestName) {
  create_users();
  JobSpec spec = users_spec();
  spec.set() = {{"stat", "status"}};
  expect_refusal(planned(spec), "columns", ErrorCode::no_such_column, "did you mean \"state\"?");
  spec.set() = {{"account_state", "status"}};
  expect_refusal(planned(spec), "columns", ErrorCode::no_such_column, "ADD COLUMN account_state");
  spec.set() = {{"state", "status"}, {"state", "status"}};
  expect_refusal(planned(spec), "columns", ErrorCode::expression_invalid, "set twice");
}

TEST_F(PlanChecks, GeneratedAndIdentityColumnsAreRefused) {
  db_.execute(
      "CREATE TABLE users (id int PRIMARY KEY, status text, serial int GENERATED ALWAYS AS IDENTITY,"
      " state text GENERATED ALWAYS AS (lower(status)) STORED)");
  expect_refusal(planned(), "generated_columns", ErrorCode::generated_column,
                 "set the columns it is computed from: status");
  JobSpec spec = users_spec();
  spec.set() = {{"serial", "id"}};
  expect_refusal(planned(spec), "generated_columns", ErrorCode::generated_column, "SET GENERATED BY DEFAULT");
}

TEST_F(PlanChecks, ARuleOnUpdateIsRefusedUnlessDisabled) {
  create_users();
  db_.execute("CREATE RULE no_updates AS ON UPDATE TO users DO INSTEAD NOTHING");
  expect_refusal(planned(), "rewrite_rules", ErrorCode::rewrite_rule, "no_updates");
  db_.execute("ALTER TABLE users DISABLE RULE no_updates");
  EXPECT_EQ(first_refusal(planned()), nullptr);
}

TEST_F(PlanChecks, APublishedTableWithoutReplicaIdentityIsRefused) {
  db_.execute(
      "CREATE TABLE users (id int NOT NULL UNIQUE, status text, state text); INSERT INTO users VALUES (1);"
      "CREATE PUBLICATION pub FOR ALL TABLES");
  expect_refusal(planned(), "replica_identity", ErrorCode::replica_identity, "publication pub");
  db_.execute("ALTER TABLE users REPLICA IDENTITY USING INDEX users_id_key");
  EXPECT_EQ(first_refusal(planned()), nullptr);
  EXPECT_EQ(finding_of(planned(), "replica_identity").severity, Severity::note);
  db_.execute("ALTER TABLE users REPLICA IDENTITY NOTHING; ALTER PUBLICATION pub SET (publish = 'insert')");
  EXPECT_TRUE(is_silent(planned(), "replica_identity"));
}

TEST_F(PlanChecks, TriggersThatFireAreNamedAndOthersAreNot) {
  create_users();
  db_.execute(
      "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER other BEFORE UPDATE OF status ON users FOR EACH ROW EXECUTE FUNCTION noop();"
      "CREATE TRIGGER inserted BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION noop();"
      "CREATE TRIGGER asleep BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION noop();"
      "ALTER TABLE users DISABLE TRIGGER asleep");
  EXPECT_TRUE(is_silent(planned(), "triggers"));
  db_.execute("CREATE TRIGGER audit AFTER UPDATE OF state ON users FOR EACH ROW EXECUTE FUNCTION noop()");
  expect_warning(planned(), "triggers", "trigger audit (AFTER UPDATE) runs noop() for each row changed");
}

TEST_F(PlanChecks, ForeignKeysOverColumnsToSetAreNamedOnBothSides) {
  create_users();
  db_.execute(
      "CREATE TABLE states (state text PRIMARY KEY);"
      "ALTER TABLE users ADD CONSTRAINT users_state_fk FOREIGN KEY (state) REFERENCES states;"
      "ALTER TABLE users ADD CONSTRAINT users_status_key UNIQUE (status);"
      "CREATE TABLE notes (status text REFERENCES users (status) ON UPDATE CASCADE)");
  expect_warning(planned(), "foreign_keys", "users_state_fk (state): each changed value is looked up in states");
  JobSpec spec = users_spec();
  spec.set() = {{"status", "upper(status)"}};
  expect_warning(planned(spec), "foreign_keys", "notes refers to (status)");
  expect_warning(planned(spec), "foreign_keys", "cascade");
}

TEST_F(PlanChecks, IndexesThatForbidHotUpdatesAreNamedAlsoByExpressionAndPredicate) {
  create_users();
  db_.execute(
      "CREATE INDEX users_low ON users (lower(state)); CREATE INDEX users_todo ON users (id) WHERE state IS NULL;"
      "CREATE INDEX users_with ON users (id) INCLUDE (state); CREATE INDEX users_other ON users (status)");
  const Plan plan = planned();
  expect_warning(plan, "hot_forecast", "indexes users_low, users_todo, users_with cover");
  EXPECT_FALSE(plan.estimate.hot_possible);
}

TEST_F(PlanChecks, AShiftThatOnlyADeferrableConstraintAllowsIsRefusedInBatches) {
  db_.execute(
      "CREATE TABLE users (id int PRIMARY KEY, status text, state text, pos int, span int4range,"
      " CONSTRAINT users_pos UNIQUE (pos) DEFERRABLE,"
      " CONSTRAINT users_span EXCLUDE USING gist (span WITH &&) DEFERRABLE INITIALLY DEFERRED)");
  JobSpec spec = users_spec();
  spec.set() = {{"pos", "users.pos + 1"}};
  expect_refusal(planned(spec), "deferrable_keys", ErrorCode::expression_unsafe, "users_pos");
  spec.set() = {{"span", "int4range(lower(span) + 10, upper(span) + 10)"}};
  expect_refusal(planned(spec), "deferrable_keys", ErrorCode::expression_unsafe, "users_span");
  spec.set() = {{"pos", "id * 2"}};
  expect_warning(planned(spec), "deferrable_keys", "users_pos");
  EXPECT_TRUE(is_silent(planned(), "deferrable_keys"));
}

TEST_F(PlanChecks, FillfactorIsReported) {
  create_users();
  EXPECT_NE(finding_of(planned(), "fillfactor").text.find("fillfactor is 100"), std::string::npos);
  db_.execute("ALTER TABLE users SET (fillfactor = 85)");
  const Plan plan = planned();
  EXPECT_EQ(plan.table.fillfactor, 85);
  EXPECT_NE(finding_of(plan, "fillfactor").text.find("fillfactor is 85"), std::string::npos);
}

TEST_F(PlanChecks, ATableThatASubscriptionFillsIsAWarning) {
  create_users();
  EXPECT_TRUE(is_silent(planned(), "subscriptions"));
  // Nobody publishes: the subscription is made, and never tries to connect.
  db_.execute("CREATE SUBSCRIPTION feed CONNECTION 'dbname=nowhere' PUBLICATION pub WITH (connect = false)");
  db_.execute("INSERT INTO pg_subscription_rel SELECT oid, 'users'::regclass, 'r' FROM pg_subscription");
  expect_warning(planned(), "subscriptions", "subscription feed fills public.users");
  db_.execute("ALTER SUBSCRIPTION feed SET (slot_name = NONE)");
  db_.execute("DROP SUBSCRIPTION feed");
}

TEST_F(PlanChecks, ARoleWhoseTransactionsAreReadOnlyIsRefused) {
  create_users();
  db_.execute("ALTER DATABASE " + database_.name() + " SET default_transaction_read_only = on");
  expect_refusal(planned(), "server", ErrorCode::server_read_only, "default_transaction_read_only");
}

}  // namespace
}  // namespace pgfill::tests
