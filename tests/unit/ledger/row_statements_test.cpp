// The statements over rows as the server gets them, those that know the ledger and those that do not.
#include "ledger/row_statements.h"

#include <gtest/gtest.h>

#include "kinds/delete.h"
#include "kinds/update.h"
#include "sql/identifier.h"
#include "sql/row_condition.h"

namespace pgfill::ledger {
namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): what is built is of both folders

Target users() {
  Target target{"public", "users", "", {{"id", "bigint"}}, {{"state", "status"}}, "state IS NULL"};
  target.change = &kinds::update_rows;
  return target;
}

TEST(QuoteIdentifier, DoublesQuotesAndKeepsEverythingElse) {
  EXPECT_EQ(quote_identifier("user"), "\"user\"");
  EXPECT_EQ(quote_identifier("we\"ird; DROP"), "\"we\"\"ird; DROP\"");
  EXPECT_EQ(quote_qualified("", "t"), "\"t\"");
  EXPECT_EQ(quote_qualified("s", "t"), "\"s\".\"t\"");
}

TEST(BatchUpdate, BindsBothSidesOfTheInterval) {
  EXPECT_EQ(batch_change(users(), {true, true}).text,
            "UPDATE \"public\".\"users\"\nSET \"state\" = (status\n)\n"
            "WHERE \"users\".\"id\" > ($1::text[])[1]::bigint AND \"users\".\"id\" <= ($1::text[])[2]::bigint\n"
            "  AND (state IS NULL\n)");
}

TEST(BatchUpdate, LeavesAnAbsentSideOut) {
  EXPECT_NE(batch_change(users(), {false, true}).text.find("WHERE \"users\".\"id\" <= ($1::text[])[1]::bigint"),
            std::string::npos);
  Target all = users();
  all.where.clear();
  EXPECT_EQ(batch_change(all, {}).text.find("WHERE"), std::string::npos);
}

TEST(BatchUpdate, ComparesCompositeKeysAsRows) {
  Target target = users();
  target.alias = "u";
  target.key = {{"a", "integer"}, {"b", "text"}};
  const std::string text = batch_change(target, {true, true}).text;
  EXPECT_NE(text.find("(\"u\".\"a\", \"u\".\"b\") > (($1::text[])[1]::integer, ($1::text[])[2]::text)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("(\"u\".\"a\", \"u\".\"b\") <= (($1::text[])[3]::integer, ($1::text[])[4]::text)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("UPDATE \"public\".\"users\" AS \"u\""), std::string::npos) << text;
}

TEST(BatchUpdate, ACommentAtTheEndOfAnExpressionSwallowsNothing) {
  Target target = users();
  target.set = {{"state", "status -- as before"}};
  EXPECT_NE(batch_change(target, {}).text.find("-- as before\n)"), std::string::npos);
}

Target purge() {
  Target target = users();
  target.set.clear();
  target.change = &kinds::delete_rows;
  target.lock = RowLock::update;
  return target;
}

TEST(BatchDelete, IsAPlainInterval) {
  EXPECT_EQ(batch_change(purge(), {true, true}).text,
            "DELETE FROM \"public\".\"users\"\n"
            "WHERE \"users\".\"id\" > ($1::text[])[1]::bigint AND \"users\".\"id\" <= ($1::text[])[2]::bigint\n"
            "  AND (state IS NULL\n)");
}

TEST(BatchDelete, LocksAsItDeletes) {
  for (const std::string& text : {defer_held(purge(), {}).text, revisit_skipped(purge()).text})
    EXPECT_NE(text.find("FOR UPDATE OF \"users\" SKIP LOCKED"), std::string::npos) << text;
  EXPECT_NE(defer_held(users(), {}).text.find("FOR NO KEY UPDATE OF"), std::string::npos);
}

TEST(BatchDelete, CountsFirstWhereATriggerMayKeepRows) {
  EXPECT_EQ(count_matching(purge(), {true, true}).text, "");
  Target target = purge();
  target.may_keep = true;
  EXPECT_EQ(count_matching(target, {false, true}).text,
            "SELECT count(*) FROM (SELECT 1 FROM \"public\".\"users\"\n"
            "WHERE \"users\".\"id\" <= ($1::text[])[1]::bigint\n  AND (state IS NULL\n)\nFOR UPDATE OF \"users\"\n"
            ") AS pgfill_matching");
}

TEST(BatchAroundSkipped, FindsTheJobAfterTheKeys) {
  const std::string text = batch_around_skipped(users(), {false, true}).text;
  EXPECT_NE(text.find("pgfill_skipped.job_id = ($1::text[])[2]::bigint"), std::string::npos) << text;
}

TEST(ReadingOtherRows, LocksTheWholeIntervalAndChangesWhatWasLocked) {
  Target target = users();
  target.reads_other_rows = true;
  const std::string locks = defer_held(target, {true, true}).text;
  EXPECT_EQ(locks.find(target.where), std::string::npos) << locks;
  EXPECT_NE(locks.find("set_config('pgfill.locked'"), std::string::npos) << locks;
  const std::string changes = batch_around_skipped(target, {true, true}).text;
  EXPECT_NE(changes.find(target.where), std::string::npos) << changes;
  EXPECT_NE(changes.find("current_setting('pgfill.locked')"), std::string::npos) << changes;
  EXPECT_EQ(batch_change(target, {true, true}).text, batch_change(users(), {true, true}).text);
}

TEST(Walks, GoUpToTheNthKeyAndDownFromTheLast) {
  EXPECT_EQ(nth_key(users(), {true, false}).text,
            "SELECT \"users\".\"id\"::text\nFROM \"public\".\"users\"\nWHERE \"users\".\"id\" > $1::bigint\n"
            "ORDER BY \"users\".\"id\"\nOFFSET $2::bigint - 1 LIMIT 1");
  EXPECT_NE(last_key(users(), {}).text.find("ORDER BY \"users\".\"id\" DESC\nLIMIT 1"), std::string::npos);
}

TEST(Keyless, RowsAreNamedByTheirPosition) {
  Target events{"public", "events", "", {{"ctid", "tid"}}, {{"id", "1"}}, "id IS NULL"};
  events.change = &kinds::update_rows;
  events.by_position = true;
  EXPECT_TRUE(is_keyless(events));
  EXPECT_FALSE(is_keyless(users()));
  EXPECT_NE(defer_held(events, {}).text.find("SELECT ARRAY[\"events\".\"ctid\"::text] AS key"), std::string::npos);
  EXPECT_NE(revisit_skipped(events).text.find("(\"events\".\"ctid\") IN (SELECT (key[1])::tid FROM pgfill_free)"),
            std::string::npos);
  // The sweep takes whoever has written them, and goes from page to page.
  EXPECT_EQ(written_rows(events, {}).text.find("pgfill.change"), std::string::npos);
  EXPECT_EQ(nth_row(events, {}).text, nth_key(events, {}).text);
}

TEST(StatementNames, DifferWithTheSidesSoThatEachIsPreparedOnce) {
  EXPECT_NE(defer_held(users(), {true, true}).name, defer_held(users(), {false, true}).name);
  EXPECT_NE(nth_key(users(), {true, true}).name, nth_key(users(), {true, false}).name);
}

TEST(Stripes, AreTheLastBitsOfAnIntegerKey) {
  Target target = users();
  target.stripes = 8;
  const std::string text = batch_change(target, {true, true}).text;
  EXPECT_NE(text.find(R"(AND ("users"."id" & 7) BETWEEN ($1::text[])[3]::int AND ($1::text[])[4]::int)"),
            std::string::npos)
      << text;
  EXPECT_NE(batch_change(target, {}).text.find("WHERE (\"users\".\"id\" & 7) BETWEEN ($1::text[])[1]::int"),
            std::string::npos);
  EXPECT_NE(nth_key(target, {true, true}).text.find("OFFSET $5::bigint - 1"), std::string::npos);
}

TEST(Batch, TellsWhetherADoneRowMeetsTheConditionStillWhenItIsAsked) {
  Target target = users();
  target.where = "state IS DISTINCT FROM status -- to do";
  EXPECT_EQ(batch_change(target, {true, true}).text.find("RETURNING"), std::string::npos);
  target.asks_again = true;
  for (const auto& statement : {batch_change(target, {true, true}), batch_around_skipped(target, {true, true})}) {
    EXPECT_TRUE(statement.text.starts_with("WITH pgfill_changed AS (\nUPDATE ")) << statement.text;
    EXPECT_NE(statement.text.find("RETURNING (state IS DISTINCT FROM status -- to do\n) AS pgfill_again"),
              std::string::npos)
        << statement.text;
  }
}

Target by_position() {
  Target target = users();
  target.by_position = true;
  target.oid = 4711;
  return target;
}

TEST(PhysicalOrder, BatchesLieBetweenPositions) {
  const std::string text = batch_change(by_position(), {true, true}).text;
  EXPECT_NE(text.find(R"(WHERE "users".ctid > ($1::text[])[1]::tid AND "users".ctid <= ($1::text[])[2]::tid)"),
            std::string::npos)
      << text;
  Target striped = by_position();
  striped.stripes = 8;
  const std::string of_a_stripe = batch_change(striped, {true, true}).text;
  EXPECT_NE(of_a_stripe.find(
                R"((pg_catalog.get_byte(pg_catalog.tidsend("users".ctid), 5) & 7) BETWEEN ($1::text[])[3]::int)"),
            std::string::npos)
      << of_a_stripe;
}

TEST(PhysicalOrder, LeftBehindIsWhateverFulfilsTheCondition) {
  EXPECT_NE(written_rows(users(), {}).text.find("pgfill.change"), std::string::npos);
  EXPECT_EQ(written_rows(by_position(), {}).text.find("pgfill.change"), std::string::npos);
  EXPECT_EQ(written_rows(by_position(), {}).text.find("began_at"), std::string::npos);
}

TEST(PhysicalOrder, WhatNamesRowsNamesThemByTheirKey) {
  const Target target = by_position();
  EXPECT_NE(defer_held(target, {true, true}).text.find(R"(ARRAY["users"."id"::text] AS key)"), std::string::npos);
  EXPECT_EQ(row_at(target).text,
            "SELECT \"users\".\"id\"::text\nFROM \"public\".\"users\"\nWHERE \"users\".ctid = $1::tid");
  for (const auto& statement : {written_rows(target, {true, true}), nth_row(target, {true, true})}) {
    EXPECT_EQ(statement.text.find("ctid"), std::string::npos) << statement.text;
  }
}

TEST(PhysicalOrder, WalksHaveTheParametersOfThoseByKey) {
  Target striped = by_position();
  striped.stripes = 8;
  EXPECT_NE(nth_key(striped, {true, true}).text.find("OFFSET $5::bigint - 1"), std::string::npos);
  EXPECT_NE(nth_key(striped, {true, true}).text.find("n.position < $2::tid"), std::string::npos);
  EXPECT_NE(nth_key(striped, {}).text.find("OFFSET $3::bigint - 1"), std::string::npos);
  EXPECT_EQ(last_key(striped, {true, false}).text.find("$2"), std::string::npos);
}

TEST(Stripes, AreAHashOfEveryOtherKey) {
  Target target = users();
  target.stripes = 4;
  target.key = {{"a", "integer"}, {"b", "text"}};
  const std::string text = nth_key(target, {true, false}).text;
  EXPECT_NE(text.find(R"((hash_record_extended(ROW("users"."a", "users"."b"), 0) & 3) BETWEEN $3::int AND $4::int)"),
            std::string::npos)
      << text;
}

TEST(Stripes, DoNotCountForWhatLooksAtAllRows) {
  Target target = users();
  target.stripes = 8;
  for (const auto& statement : {last_key(target, {true, true}), written_rows(target, {true, true})}) {
    EXPECT_EQ(statement.text.find("& 7"), std::string::npos) << statement.text;
  }
}

TEST(MayInsert, EveryStatementLeavesOutWhatTheJobHasInserted) {
  Target target = users();
  const Sides sides{true, true};
  const auto leaves_out = [](const BuiltStatement& statement, const std::string& job) {
    return statement.text.find("pgfill_change.job_id = " + job + " AND pgfill_change.inserted") != std::string::npos;
  };
  EXPECT_FALSE(leaves_out(batch_change(target, sides), "($1::text[])[3]::bigint"));
  target.may_insert = true;
  EXPECT_TRUE(leaves_out(batch_change(target, sides), "($1::text[])[3]::bigint"));
  EXPECT_TRUE(leaves_out(batch_around_skipped(target, sides), "($1::text[])[3]::bigint"));
  EXPECT_TRUE(leaves_out(defer_held(target, sides), "$3::bigint"));
  EXPECT_TRUE(leaves_out(revisit_skipped(target), "$1::bigint"));
  EXPECT_TRUE(leaves_out(last_key_to_do(target, {true, false}), "$2::bigint"));
  target.by_position = true;
  target.oid = 4711;
  EXPECT_TRUE(leaves_out(written_rows(target, {}), "$1::bigint"));
  EXPECT_EQ(last_key_to_do(target, {}).text, last_key(target, {}).text);
}

TEST(KeyText, IsTheLedgersWhereExpressionsAreEvaluatedToo) {
  Target target{"public", "visits", "", {{"id", "bigint"}, {"at", "date"}}, {{"n", "1"}}, ""};
  target.change = &kinds::update_rows;
  const std::string keys = R"("visits"."id"::text, pgfill.canonical("visits"."at"))";
  EXPECT_NE(defer_held(target, {}).text.find(keys), std::string::npos);
  EXPECT_NE(batch_around_skipped(target, {}).text.find(keys), std::string::npos);
  EXPECT_NE(written_rows(target, {}).text.find("SELECT " + keys), std::string::npos);
  EXPECT_EQ(nth_key(target, {}).text.find("canonical"), std::string::npos) << "counts rows, and never with expressions";
}

}  // namespace
}  // namespace pgfill::ledger
