// Checks as pure functions, for what is hard to bring about on a server; tests/postgres/plan_checks_test.cpp has the
// rest.
#include "plan/checks/checks.h"

#include <gtest/gtest.h>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

using Severity = Finding::Severity;

bool says(const Findings& findings, std::string_view words) {
  for (const Finding& finding : findings) {
    if (finding.text.find(words) != std::string::npos || finding.remedy.find(words) != std::string::npos) return true;
  }
  return false;
}

TEST(Checks, ASoundJobIsNeitherRefusedNorWarned) {
  const Subject subject = example_subject();
  Findings findings;
  for (const Check check : first_checks) check(subject, findings);
  for (const Check check : catalogue_checks) check(subject, findings);
  for (const Check check : statement_checks) check(subject, findings);
  for (const Finding& finding : findings) EXPECT_EQ(finding.severity, Severity::note) << finding.text;
  EXPECT_TRUE(says(findings, "heap-only (HOT) where a page has room"));
}

TEST(Checks, AServerOlderThan13IsRefused) {
  Subject subject = example_subject();
  subject.facts.table.server_version = 120016;
  const Findings findings = found_by(check_server, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, ErrorCode::server_too_old);
  EXPECT_TRUE(says(findings, "PostgreSQL 12"));
}

TEST(Checks, ALimitOfOneSessionIsRefusedWithItsRemedy) {
  Subject subject = example_subject();
  subject.facts.too_few_sessions = SessionLimit{"ROLE app", 1};
  const Findings findings = found_by(check_server, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(says(findings, "ROLE app has CONNECTION LIMIT 1, and a job needs 2 sessions"));
  EXPECT_TRUE(says(findings, "ALTER ROLE app CONNECTION LIMIT"));
}

TEST(Checks, AStandbyIsRefused) {
  Subject subject = example_subject();
  subject.facts.in_recovery = true;
  const Findings findings = found_by(check_server, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, ErrorCode::server_read_only);
}

TEST(Checks, ANameOf64BytesIsRefusedAndOneOf63IsNot) {
  Subject subject = example_subject();
  subject.spec.table = std::string(63, 't');
  EXPECT_TRUE(found_by(check_name_lengths, subject).empty());
  subject.spec.table += 't';
  subject.spec.set().push_back({std::string(64, 'c'), "1"});
  const Findings findings = found_by(check_name_lengths, subject);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].code, ErrorCode::name_too_long);
  EXPECT_EQ(findings[1].code, ErrorCode::name_too_long);
}

TEST(Checks, TransactionsOlderThanHalfAMinuteAreNamedWithTheirProcess) {
  Subject subject = example_subject();
  subject.facts.transactions = {{4711, "report", "idle in transaction", 95}, {4712, "web", "active", 2}};
  subject.facts.hidden_transactions = 3;
  const Findings findings = found_by(check_long_transactions, subject);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[0].text.substr(0, 63), "process 4711 (report) has a transaction open since 95 s, idle i");
  EXPECT_EQ(findings[0].remedy, "let it end first, or end it: SELECT pg_terminate_backend(4711)");
  EXPECT_EQ(findings[1].severity, Severity::note);
  EXPECT_TRUE(says(findings, "pg_read_all_stats"));
}

TEST(Checks, AnOldPreparedTransactionIsNamedByItsIdentifier) {
  Subject subject = example_subject();
  subject.facts.transactions = {{0, "order-17", "prepared", 3600}};
  const Findings findings = found_by(check_long_transactions, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(says(findings, "prepared transaction 'order-17'"));
}

TEST(Checks, APreparedTransactionThatLocksTheTableIsRefused) {
  Subject subject = example_subject();
  subject.facts.locks = {{0, "order-18", "AccessExclusiveLock", true, 0, ""}};
  const Findings findings = found_by(check_blocking_locks, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, ErrorCode::blocked_at_start);
  EXPECT_TRUE(says(findings, "prepared transaction 'order-18' holds an ACCESS EXCLUSIVE lock"));
}

TEST(Checks, ASequentialScanOfTheTableIsRefused) {
  Subject subject = example_subject();
  subject.statement.scans = {{"Seq Scan", "public", "users", "users", "", 1'000'000}};
  const Findings findings = found_by(check_plan_guard, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::refusal);
  EXPECT_EQ(findings[0].code, ErrorCode::plan_scans_table);
}

TEST(Checks, AnotherIndexThanTheKeysIsAWarning) {
  Subject subject = example_subject();
  subject.statement.scans = {{"Index Scan", "public", "users", "users", "users_state", 10}};
  const Findings findings = found_by(check_plan_guard, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_TRUE(says(findings, "users_state"));
}

Scan whole_read(std::string relation, double rows) {
  Scan scan{"Index Only Scan", "public", relation, relation, relation + "_pkey", 5};
  scan.whole = true;
  scan.relation_rows = rows;
  scan.columns = {"id"};
  return scan;
}

TEST(Checks, AnotherTableReadAsAWholeIsAWarningWithItsRealSizeAndTheFormThatHelps) {
  Subject subject = example_subject();
  subject.spec.where = "state IS NULL AND tenant NOT IN (SELECT id FROM banned)";
  Scan scan = whole_read("banned", 150'000);
  scan.hashed = true;
  subject.statement.scans.push_back(scan);
  subject.statement.scans.push_back(scan);  // a condition is in a statement twice when batches ask done rows
  const Findings findings = found_by(check_plan_guard, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_TRUE(says(findings, "every batch reads the whole of public.banned, about 150000 rows, and hashes them"));
  EXPECT_TRUE(says(findings, "CREATE INDEX CONCURRENTLY ON public.banned (id), and write"));
  EXPECT_TRUE(says(findings, "EXISTS (SELECT FROM public.banned AS o WHERE o.id = users.tenant)"));
  subject.statement.scans.back().begin_indexes = subject.statement.scans[1].begin_indexes = {"id"};
  EXPECT_FALSE(says(found_by(check_plan_guard, subject), "CREATE INDEX"));
}

TEST(Checks, ASmallTableReadAsAWholeIsANoteUnlessItIsReadForEachRow) {
  Subject subject = example_subject();
  subject.statement.scans.push_back(whole_read("states", 50));
  EXPECT_EQ(found_by(check_plan_guard, subject).front().severity, Severity::note);
  subject.statement.scans.back().each_row = true;
  EXPECT_EQ(found_by(check_plan_guard, subject).front().severity, Severity::warning);
  EXPECT_TRUE(says(found_by(check_plan_guard, subject), "for each of its rows"));
}

TEST(Checks, ManyTablesReadAsAWholeAreOneFinding) {
  Subject subject = example_subject();
  for (int i = 0; i < 7; ++i) subject.statement.scans.push_back(whole_read("part" + std::to_string(i), 1000));
  const Findings findings = found_by(check_plan_guard, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(says(findings, "public.part4 and 2 more, about 7000 rows in all"));
}

TEST(Checks, ABrinIndexLeavesUpdatesHeapOnlyFromPostgres16On) {
  Subject subject = example_subject();
  IndexFact brin = unique_index("users_state_brin", {state});
  brin.unique = false;
  brin.method = "brin";
  subject.facts.indexes.push_back(brin);
  EXPECT_EQ(found_by(check_hot_forecast, subject).front().severity, Severity::warning);
  subject.facts.table.server_version = 160000;
  EXPECT_EQ(found_by(check_hot_forecast, subject).front().severity, Severity::note);
}

TEST(Checks, AnIndexOverAColumnGeneratedFromTheOneSetForbidsHeapOnlyUpdates) {
  Subject subject = example_subject();
  ColumnFact generated = example_column(6, "state_upper", "text", false, false);
  generated.generated = "s";
  generated.generated_from = {state};
  subject.facts.columns.push_back(generated);
  subject.facts.indexes.push_back(unique_index("users_upper", {6}));
  const Findings findings = found_by(check_hot_forecast, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_TRUE(says(findings, "users_upper"));
}

Subject partitioned_subject() {
  Subject subject = example_subject();
  subject.facts.table.kind = 'p';
  subject.facts.has_children = true;
  subject.facts.partition_columns = {tenant};
  for (const char* name : {"users_1", "users_2"}) {
    LeafFact leaf;
    leaf.schema = "public";
    leaf.name = name;
    subject.facts.leaves.push_back(leaf);
    subject.facts.leaf_indexes.push_back({"public", std::string(name) + "_pkey", "users_pkey", "btree", {}});
  }
  subject.statement.scans = {{"Index Scan", "public", "users_1", "users_1", "users_1_pkey", 1000},
                             {"Bitmap Heap Scan", "public", "users_2", "users_2", "users_2_pkey", 1000}};
  return subject;
}

TEST(Checks, PartitionsWalkedByTheirPartsOfTheKeysIndexAreSilent) {
  const Subject subject = partitioned_subject();
  EXPECT_TRUE(found_by(check_table_kind, subject).empty());
  EXPECT_TRUE(found_by(check_plan_guard, subject).empty());
  EXPECT_TRUE(found_by(check_subqueries, subject).empty());
}

TEST(Checks, OnePartitionThatIsReadWholeIsRefusedByName) {
  Subject subject = partitioned_subject();
  subject.statement.scans[1] = {"Seq Scan", "public", "users_2", "users_2", "", 1000};
  const Findings findings = found_by(check_plan_guard, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, ErrorCode::plan_scans_table);
  EXPECT_TRUE(says(findings, "public.users_2 with a Seq Scan"));
}

TEST(Checks, ASubqueryOnAPartitionIsRefused) {
  Subject subject = partitioned_subject();
  subject.statement.whole_scans = subject.statement.scans;
  EXPECT_TRUE(found_by(check_subqueries, subject).empty());
  subject.statement.whole_scans.push_back({"Index Scan", "public", "users_2", "old", "users_2_pkey", 1});
  EXPECT_EQ(found_by(check_subqueries, subject).front().code, ErrorCode::expression_unsafe);
}

TEST(Checks, UnloggedAndForeignPartitionsAreRefusedByName) {
  Subject subject = partitioned_subject();
  subject.facts.leaves[0].persistence = 'u';
  subject.facts.leaves[1].kind = 'f';
  const Findings findings = found_by(check_table_kind, subject);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_TRUE(says(findings, "foreign partition public.users_2"));
  EXPECT_TRUE(says(findings, "ALTER TABLE public.users_1 SET LOGGED"));
}

TEST(Checks, ManyPartitionsAreNotedAndWarnedOfWhenLocksRunOut) {
  Subject subject = partitioned_subject();
  EXPECT_EQ(found_by(check_partitions, subject).size(), 1U);
  const Scan scan = subject.statement.scans[0];
  subject.statement.scans.assign(200, scan);
  Findings findings = found_by(check_partitions, subject);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[1].severity, Severity::note);
  EXPECT_TRUE(says(findings, "every batch looks into 200 of 2 partitions"));
  subject.facts.access.lock_room = 1000;
  findings = found_by(check_partitions, subject);
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[1].severity, Severity::warning);
  EXPECT_TRUE(says(findings, "max_locks_per_transaction"));
}

TEST(Checks, AnIndexOfOnePartitionForbidsHeapOnlyUpdatesThere) {
  Subject subject = partitioned_subject();
  subject.facts.leaf_indexes.push_back({"public", "users_2_state", "", "btree", {state}});
  EXPECT_TRUE(says(found_by(check_hot_forecast, subject), "index public.users_2_state covers"));
}

TEST(Checks, AColumnGeneratedInOnePartitionIsRefused) {
  Subject subject = partitioned_subject();
  subject.facts.leaves[1].generated = {"state"};
  EXPECT_TRUE(says(found_by(check_generated_columns, subject), "in partition public.users_2"));
}

TEST(Checks, AChangedCollationOfTheKeyIsRefusedAndOneOfAnotherColumnIsNot) {
  Subject subject = example_subject();
  subject.key->columns = {{"status", "text"}};
  subject.facts.collations = {
      {"state", "public.old", "1", "2"}, {"status", "pg_catalog.\"default\"", "", ""}, {"", "", "2.35", "2.36"}};
  const Findings findings = found_by(check_collation_versions, subject);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, ErrorCode::collation_changed);
  EXPECT_TRUE(says(findings, "the collation of the database"));
  subject.key->columns = {{"id", "bigint"}};
  EXPECT_TRUE(found_by(check_collation_versions, subject).empty());
}

TEST(Checks, AReplicaIdentityIndexThatIsInvalidIsNone) {
  Subject subject = example_subject();
  subject.facts.publications = {"pub"};
  subject.facts.replica_identity = "i";
  subject.facts.indexes[0].replica_identity = true;
  EXPECT_EQ(found_by(check_replica_identity, subject).front().severity, Severity::note);
  subject.facts.indexes[0].valid = false;
  EXPECT_EQ(found_by(check_replica_identity, subject).front().code, ErrorCode::replica_identity);
}

TEST(Checks, TheFirstRefusalOfAPlanIsNotAWarningBeforeIt) {
  Plan plan;
  EXPECT_EQ(first_refusal(plan), nullptr);
  warn(plan.findings, "triggers", "a warning");
  EXPECT_EQ(first_refusal(plan), nullptr);
  refuse(plan.findings, "key", ErrorCode::no_usable_key, "first", "");
  refuse(plan.findings, "columns", ErrorCode::no_such_column, "second", "");
  ASSERT_NE(first_refusal(plan), nullptr);
  EXPECT_EQ(first_refusal(plan)->text, "first");
}

}  // namespace
}  // namespace pgfill::plan
