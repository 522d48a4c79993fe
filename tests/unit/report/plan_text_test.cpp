#include "report/plan_text.h"

#include <gtest/gtest.h>

namespace pgfill::report {
namespace {

using namespace std::chrono_literals;

JobSpec spec() {
  JobSpec spec;
  spec.job = "users-account-state";
  spec.table = "users";
  spec.set() = {{"account_state", "user_status"}};
  spec.where = "account_state IS NULL";
  return spec;
}

Plan plan() {
  Plan plan;
  plan.table.oid = 16'401;
  plan.table.schema = "public";
  plan.table.name = "users";
  plan.table.estimated_rows = 43'140'000;
  plan.table.heap_bytes = std::int64_t{6} * 1024 * 1024 * 1024;
  plan.table.index_bytes = std::int64_t{2} * 1024 * 1024 * 1024;
  plan.table.analyzed = true;
  plan.key = {"users_pkey", true, {{"id", "bigint"}}};
  plan.order_reason = "rows lie in this order";
  plan.stripes_reason = "an index covers a column to set";
  plan.ranges.resize(128);
  plan.estimate = {43'140'000, 28'510'000, 55min, 100min, std::int64_t{3} * 1024 * 1024 * 1024, false};
  plan.table.toast_bytes = std::int64_t{512} * 1024 * 1024;
  plan.estimate.index_growth_bytes = std::int64_t{1} * 1024 * 1024 * 1024;
  plan.estimate.wal_bytes = std::int64_t{5} * 1024 * 1024 * 1024;
  plan.estimate.basis = "a try of 660 rows, rolled back";
  plan.findings = {
      {Finding::Severity::note, "key", ErrorCode::internal, "the primary key is used", ""},
      {Finding::Severity::warning, "hot_forecast", ErrorCode::internal, "no HOT updates", "drop the index"}};
  plan.batch_sql = "UPDATE public.users\nSET account_state = user_status";
  plan.explain = "Update on users\n  -> Index Scan";
  return plan;
}

TEST(PlanText, ATableWithoutAKeyNamesItsRowsByTheirPosition) {
  Plan keyless = plan();
  keyless.key = {"", false, {{"ctid", "tid"}}};
  EXPECT_NE(plan_summary(spec(), keyless, false).find("  key        none: rows are named by their position (ctid)\n"),
            std::string::npos);
}

TEST(PlanText, TheSummarySaysWhatWillBeDoneAndWhatToWorryAbout) {
  EXPECT_EQ(
      plan_summary(spec(), plan(), false),
      "users-account-state   update public.users\n"
      "  set        account_state = user_status\n"
      "  where      account_state IS NULL\n"
      "  table      about 43.14M rows, heap 6.0 GiB, TOAST 512.0 MiB, indexes 2.0 GiB, fillfactor 100\n"
      "  key        users_pkey (id bigint), primary key\n"
      "  rows       about 43.14M to walk, 28.51M of them to change\n"
      "  ranges     128 ranges, 2 workers at first, batches of 50 to 50,000 rows aimed at 25ms\n"
      "  order      by key: rows lie in this order\n"
      "  stripes    one pass: an index covers a column to set\n"
      "  time       55m00s to 1h40m when nothing slows it down\n"
      "  growth     at most 3.0 GiB, and 1.0 GiB of indexes, for vacuum; no in-page (HOT) updates, an index has a "
      "column that is set\n"
      "  WAL        about 5.0 GiB\n"
      "  estimated  from a try of 660 rows, rolled back\n"
      "  warning    no HOT updates [hot_forecast]\n"
      "             -> drop the index\n");
}

TEST(PlanText, ADeletionSaysItsGuardsAndThatTheFilesStayAsLargeAsTheyAre) {
  JobSpec purge = spec();
  purge.kind = Delete{false, 5000, {{"", "orders"}}};
  Plan planned = plan();
  planned.time = "2026-01-31 12:00:00.000000+00";
  const std::string text = plan_summary(purge, planned, false);
  EXPECT_NE(text.find("users-account-state   delete public.users\n"), std::string::npos) << text;
  EXPECT_NE(text.find("at most 5,000 rows, counted before the first batch; foreign keys may change orders"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  now()      2026-01-31 12:00:00.000000+00, for all batches\n"), std::string::npos) << text;
  EXPECT_NE(text.find("28.51M of them to delete"), std::string::npos) << text;
  EXPECT_NE(text.find("VACUUM public.users"), std::string::npos) << text;
}

TEST(PlanText, OneWorkerIsSaidToBeOneAndWhy) {
  Plan one = plan();
  one.one_at_a_time = "function next_pos(integer) reads public.item";
  JobSpec four = spec();
  four.workers = 4;
  const std::string text = plan_text(four, one, false);
  EXPECT_NE(text.find("128 ranges, 1 worker, "), std::string::npos) << text;
  EXPECT_NE(text.find("  workers    one, no batch beside another: function next_pos(integer) reads public.item\n"),
            std::string::npos)
      << text;
}

TEST(PlanText, TheWholePlanAddsNotesTheStatementAndItsExplain) {
  const std::string text = plan_text(spec(), plan(), false);
  EXPECT_NE(text.find("findings\n  warning    no HOT updates"), std::string::npos) << text;
  EXPECT_NE(text.find("  note       the primary key is used [key]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("every batch sends\n    UPDATE public.users\n    SET account_state = user_status\n"),
            std::string::npos);
  EXPECT_NE(text.find("which the server plans as\n    Update on users\n      -> Index Scan\n"), std::string::npos);
}

TEST(PlanText, ARefusalComesFirstWithItsCode) {
  Plan refused = plan();
  refused.findings.push_back({Finding::Severity::refusal, "privileges", ErrorCode::privilege, "no UPDATE", "GRANT it"});
  const std::string text = plan_text(spec(), refused, false);
  EXPECT_NE(text.find("findings\n  refused    PF2006 no UPDATE [privileges]\n             -> GRANT it\n"),
            std::string::npos)
      << text;
}

TEST(PlanText, APlanRefusedEarlyShowsNoNumbersItDoesNotHave) {
  Plan refused;
  refused.findings.push_back({Finding::Severity::refusal, "key", ErrorCode::no_usable_key, "no key", ""});
  EXPECT_EQ(plan_text(spec(), refused, false),
            "users-account-state   update users\n"
            "  set        account_state = user_status\n"
            "  where      account_state IS NULL\n"
            "  key        none\n"
            "\nfindings\n"
            "  refused    PF2004 no key [key]\n");
}

}  // namespace
}  // namespace pgfill::report
