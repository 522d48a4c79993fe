// What code that a job calls means for its batches, without a server.
#include "plan/effects.h"

#include <gtest/gtest.h>

namespace pgfill::plan {
namespace {

constexpr Oid item = 20'001, audit = 20'002, counter = 20'003, view = 20'004;
constexpr Oid first = 30'001, second = 30'002;

class JudgedEffects : public testing::Test {
 protected:
  JudgedEffects() {
    code_.target = item;
    add_table(item, "item").is_target = true;
    add_table(audit, "audit");
    add_table(counter, "counter");
  }

  RelationFact& add_table(Oid oid, std::string name) {
    RelationFact& table = code_.relations[oid];
    table.schema = "public";
    table.name = std::move(name);
    table.root = oid;
    return table;
  }
  Code& function(Oid oid, std::string name, char volatility = 'v', std::string language = "plpgsql") {
    FunctionFact& function = code_.functions[{oid, ""}];
    function.signature = name + "()";
    function.schema = "public";
    function.name = std::move(name);
    function.language = std::move(language);
    function.volatility = volatility;
    return function.code;
  }
  void call_in_expression(Oid oid) { code_.job.calls.push_back({oid, ""}); }
  void fire(Oid table, Oid oid, std::vector<std::string> columns = {}) {
    code_.relations[table].triggers.push_back({"t", true, true, true, std::move(columns), {{oid, ""}}});
  }
  Effects judged() const { return judge_effects(code_, change_, assumptions_); }

  CalledCode code_;
  JobChange change_{{"position"}, false, false, "item"};
  std::vector<Assumption> assumptions_;
};

TEST_F(JudgedEffects, AJobThatCallsNothingKeepsItsWorkers) {
  EXPECT_EQ(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, AVolatileFunctionThatReadsTheTableRunsInTurn) {
  function(first, "next_pos").reads = {item};
  call_in_expression(first);
  EXPECT_EQ(judged().one_at_a_time(), "function next_pos() reads item");
  EXPECT_TRUE(judged().stale_reads.empty());
}

TEST_F(JudgedEffects, AStableFunctionThatReadsTheTableIsRefused) {
  for (const char volatility : {'s', 'i'}) {
    function(first, "next_pos", volatility).reads = {item};
    code_.job.calls = {{first, ""}};
    EXPECT_EQ(judged().stale_reads, std::vector<std::string>{"function next_pos()"}) << volatility;
  }
}

TEST_F(JudgedEffects, AStableFunctionBelowAVolatileOneSeesWhatWasWritten) {
  function(first, "outer").calls = {{second, ""}};
  function(second, "inner", 's').reads = {item};
  call_in_expression(first);
  EXPECT_TRUE(judged().stale_reads.empty());
  EXPECT_EQ(judged().one_at_a_time(), "function outer(), by way of public.inner(), reads item");
}

TEST_F(JudgedEffects, ATriggerThatReadsTheTableRunsInTurnHoweverItIsDeclared) {
  function(first, "renumber", 's').reads = {item};
  fire(item, first);
  EXPECT_EQ(judged().one_at_a_time(), "trigger t (function renumber()) reads item");
}

TEST_F(JudgedEffects, ATriggerOfOtherColumnsDoesNotFire) {
  function(first, "renumber").reads = {item};
  fire(item, first, {"title"});
  EXPECT_EQ(judged().one_at_a_time(), "");
  change_.set.emplace_back("title");
  EXPECT_NE(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, WritesOfTheTableRunInTurnAndInsertsAreTold) {
  function(first, "again").inserts = {item};
  fire(item, first);
  const Effects effects = judged();
  EXPECT_EQ(effects.one_at_a_time(), "trigger t (function again()) writes item");
  EXPECT_TRUE(effects.may_insert_into_target());
}

TEST_F(JudgedEffects, AnInsertIntoAnotherTableKeepsTheWorkers) {
  function(first, "log").inserts = {audit};
  fire(item, first);
  EXPECT_EQ(judged().one_at_a_time(), "");
  EXPECT_FALSE(judged().may_insert_into_target());
  EXPECT_FALSE(judged().reads_other_tables());
}

TEST_F(JudgedEffects, ReadingAnotherTableKeepsTheWorkersAndIsTold) {
  function(first, "price", 's').reads = {counter};
  call_in_expression(first);
  EXPECT_EQ(judged().one_at_a_time(), "");
  EXPECT_TRUE(judged().reads_other_tables());
}

TEST_F(JudgedEffects, ACounterThatIsReadAndThenWrittenRunsInTurn) {
  Code& code = function(first, "take");
  code.reads = {counter};
  code.inserts = {counter};
  call_in_expression(first);
  EXPECT_EQ(judged().one_at_a_time(), "function take() reads and writes public.counter");
}

/// An update of one row alone is counted up under its lock.
TEST_F(JudgedEffects, ACounterThatIsOnlyUpdatedKeepsTheWorkers) {
  function(first, "count_up").updates = {counter};
  fire(item, first);
  EXPECT_EQ(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, WhatAnExpressionReadsATriggerMustNotWrite) {
  code_.job.reads = {counter};
  function(first, "count_up").updates = {counter};
  fire(item, first);
  EXPECT_EQ(judged().one_at_a_time(),
            "an expression reads public.counter, which trigger t (function count_up()) writes");
}

TEST_F(JudgedEffects, AViewIsReadThrough) {
  RelationFact& over_item = add_table(view, "item_view");
  over_item.kind = 'v';
  over_item.view_of = {item};
  function(first, "next_pos").reads = {view};
  call_in_expression(first);
  EXPECT_EQ(judged().one_at_a_time(), "function next_pos() reads item");
}

TEST_F(JudgedEffects, FunctionsOfAViewCount) {
  RelationFact& over_audit = add_table(view, "audit_view");
  over_audit.kind = 'v';
  over_audit.view_functions = {{second, ""}};
  function(first, "look").reads = {view};
  function(second, "next_pos").reads = {item};
  call_in_expression(first);
  EXPECT_NE(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, TriggersOfATableThatATriggerWritesCount) {
  function(first, "log").inserts = {audit};
  function(second, "count_items").reads = {item};
  fire(item, first);
  fire(audit, second);
  EXPECT_EQ(judged().one_at_a_time(), "trigger t (function log()), by way of public.count_items(), reads item");
}

TEST_F(JudgedEffects, ForeignKeysCarryADeletionOn) {
  code_.relations[audit].carried.push_back({item, false, true, true, {"id"}});
  function(first, "clear").deletes = {audit};
  fire(item, first);
  EXPECT_EQ(judged().one_at_a_time(), "trigger t (function clear()) writes item");
}

TEST_F(JudgedEffects, ChecksAndIndexesOfTheTableCount) {
  function(first, "is_free", 'i').reads = {item};
  code_.relations[item].on_change = {{first, ""}};
  EXPECT_NE(judged().one_at_a_time(), "");
  EXPECT_TRUE(judged().stale_reads.empty());
}

TEST_F(JudgedEffects, CirclesOfCallsEnd) {
  function(first, "a").calls = {{second, ""}};
  function(second, "b").calls = {{first, ""}};
  call_in_expression(first);
  EXPECT_EQ(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, ACallThatWasNotLookedAtIsUnknown) {
  function(first, "a").calls = {{second, ""}};
  call_in_expression(first);
  ASSERT_EQ(judged().unknown.size(), 1U);
  EXPECT_NE(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, WhatCannotBeReadIsUnknownAndRunsInTurn) {
  function(first, "f", 'v', "plpython3u");
  call_in_expression(first);
  const Effects effects = judged();
  ASSERT_EQ(effects.unknown.size(), 1U);
  EXPECT_EQ(effects.unknown[0].function, "public.f");
  EXPECT_FALSE(effects.unknown[0].may_be_stale);
  EXPECT_EQ(effects.one_at_a_time(), "nobody can tell what function f() does: it is written in plpython3u");
  function(first, "f", 's', "plpgsql").not_known = {"it makes statements while it runs"};
  EXPECT_TRUE(judged().unknown.at(0).may_be_stale);
}

TEST_F(JudgedEffects, WhatIsDeclaredImmutableOrParallelSafeInCIsHarmless) {
  function(first, "f", 'i', "plpython3u");
  call_in_expression(first);
  EXPECT_EQ(judged().one_at_a_time(), "");
  function(first, "f", 'v', "c");
  code_.functions[{first, ""}].parallel = 's';
  EXPECT_EQ(judged().one_at_a_time(), "");
  code_.functions[{first, ""}].parallel = 'u';
  EXPECT_NE(judged().one_at_a_time(), "");
  function(first, "moddatetime", 'v', "c");
  EXPECT_EQ(judged().one_at_a_time(), "");
}

TEST_F(JudgedEffects, WhatAPersonSaysHoldsInsteadOfWhatIsRead) {
  function(first, "f", 'v', "plpython3u");
  call_in_expression(first);
  assumptions_ = {{"public", "f", Assumption::Effect::harmless}};
  EXPECT_EQ(judged().one_at_a_time(), "");
  assumptions_[0].effect = Assumption::Effect::reads_table;
  EXPECT_EQ(judged().one_at_a_time(), "function f() reads item");
  function(first, "f", 's', "plpython3u");
  EXPECT_EQ(judged().stale_reads.size(), 1U);
  assumptions_ = {{"other", "f", Assumption::Effect::harmless}};
  EXPECT_EQ(judged().not_called, std::vector<std::string>{"other.f"});
}

TEST_F(JudgedEffects, AnUpdateThatMovesRowsFiresTheTriggersOfInsertAndDelete) {
  function(first, "count_items").reads = {item};
  code_.relations[item].triggers.push_back({"t", true, false, false, {}, {{first, ""}}});
  EXPECT_EQ(judged().one_at_a_time(), "");
  change_.moves_rows = true;
  EXPECT_NE(judged().one_at_a_time(), "");
}

}  // namespace
}  // namespace pgfill::plan
