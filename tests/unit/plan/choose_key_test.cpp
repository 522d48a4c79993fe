#include "plan/choose_key.h"

#include <gtest/gtest.h>

#include <functional>

#include "unit/plan/example_facts.h"

namespace pgfill::plan {
namespace {

std::vector<std::string> names(const KeyChoice& choice) {
  std::vector<std::string> names;
  for (const KeyColumn& column : choice.columns) names.push_back(column.name);
  return names;
}

using Names = std::vector<std::string>;

/// A job whose condition done rows may meet: physical order will not do.
JobSpec needs_a_key() {
  JobSpec spec = example_spec();
  spec.where = "status <> 'x'";
  return spec;
}

TEST(ChooseKey, ThePrimaryKeyIsTheDefault) {
  Facts facts = example_facts();
  facts.indexes.insert(facts.indexes.begin(), unique_index("a_unique", {tenant}));
  const Result<KeyChoice> key = choose_key(example_spec(), facts);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->index, "users_pkey");
  EXPECT_TRUE(key->primary);
  EXPECT_EQ(key->columns.front().type, "bigint");
}

TEST(ChooseKey, WithoutAPrimaryKeyTheNarrowestFixedWidthUniqueIndexWins) {
  Facts facts = example_facts();
  facts.indexes = {unique_index("a_two", {tenant, id}), unique_index("b_text", {status}), unique_index("c_id", {id})};
  const Result<KeyChoice> key = choose_key(example_spec(), facts);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->index, "c_id");
  EXPECT_FALSE(key->primary);
}

TEST(ChooseKey, ANamedCompositeKeyNeedsAnIndexOfThisOrder) {
  Facts facts = example_facts();
  facts.indexes.push_back(unique_index("tenant_id", {tenant, id}));
  JobSpec spec = example_spec();
  spec.key = {"tenant", "id"};
  const Result<KeyChoice> key = choose_key(spec, facts);
  ASSERT_TRUE(key);
  EXPECT_EQ(names(*key), (Names{"tenant", "id"}));

  spec.key = {"id", "tenant"};
  const Result<KeyChoice> reversed = choose_key(spec, facts);
  ASSERT_FALSE(reversed);
  EXPECT_EQ(reversed.error().code, ErrorCode::no_usable_key);
  EXPECT_NE(reversed.error().hint.find("key: [tenant, id]"), std::string::npos) << reversed.error().hint;
}

TEST(ChooseKey, AKeyThatIsNotUniqueIsRefusedWithATieBreaker) {
  JobSpec spec = example_spec();
  spec.key = {"tenant"};
  const Result<KeyChoice> key = choose_key(spec, example_facts());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::key_not_unique);
  EXPECT_EQ(key.error().message, "key column \"tenant\" is not unique; batches could skip rows");
  EXPECT_EQ(key.error().remark, "add \"id\" as tie-breaker: key: [tenant, id]");
  EXPECT_NE(key.error().hint.find("CREATE UNIQUE INDEX CONCURRENTLY ON public.users (tenant, id)"), std::string::npos);
}

TEST(ChooseKey, UnknownAndRepeatedKeyColumnsAreRefusedByName) {
  JobSpec spec = example_spec();
  spec.key = {"nope"};
  EXPECT_EQ(choose_key(spec, example_facts()).error().code, ErrorCode::no_such_column);
  spec.key = {"id", "id"};
  const Result<KeyChoice> repeated = choose_key(spec, example_facts());
  ASSERT_FALSE(repeated);
  EXPECT_NE(repeated.error().message.find("named twice"), std::string::npos);
}

TEST(ChooseKey, WithoutAUniqueIndexTheAdviceIsToCreateOne) {
  Facts facts = example_facts();
  facts.indexes.clear();
  const Result<KeyChoice> key = choose_key(needs_a_key(), facts);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::no_usable_key);
  EXPECT_NE(key.error().hint.find(
                "CREATE UNIQUE INDEX CONCURRENTLY users_pgfill_key ON public.users (id); ALTER TABLE public.users ADD "
                "PRIMARY KEY USING INDEX users_pgfill_key"),
            std::string::npos)
      << key.error().hint;
}

TEST(ChooseKey, ANullableUniqueIndexNeedsNotNullAndNoOtherIndex) {
  Facts facts = example_facts();
  facts.indexes = {unique_index("by_code", {tenant, code})};
  const std::string hint = choose_key(needs_a_key(), facts).error().hint;
  EXPECT_NE(hint.find("else ALTER TABLE public.users ALTER COLUMN code SET NOT NULL (on a large table"),
            std::string::npos)
      << hint;
  EXPECT_EQ(hint.find("CREATE"), std::string::npos) << hint;
}

TEST(ChooseKey, AnInvalidIndexIsToBeBuiltAgain) {
  Facts facts = example_facts();
  facts.indexes[0].valid = false;
  EXPECT_NE(choose_key(needs_a_key(), facts).error().hint.find("else REINDEX INDEX CONCURRENTLY public.users_pkey"),
            std::string::npos);
}

TEST(ChooseKey, AKeyOfAPartitionedTableIsAdvisedWithItsPartitionKey) {
  Facts facts = example_facts();
  facts.table.kind = 'p';
  facts.partition_columns = {tenant};
  facts.indexes.clear();
  const std::string hint = choose_key(needs_a_key(), facts).error().hint;
  EXPECT_NE(hint.find("else CREATE UNIQUE INDEX users_pgfill_key ON ONLY public.users (id, tenant); then for each"),
            std::string::npos)
      << hint;
  facts.partition_columns = {0};
  facts.leaves.resize(1);
  facts.leaves[0].schema = "public";
  facts.leaves[0].name = "users_1";
  EXPECT_NE(choose_key(needs_a_key(), facts).error().hint.find("each leaf partition instead: public.users_1"),
            std::string::npos);
}

/// A flaw that makes an index unfit, and the words that say so.
struct Flaw {
  std::string words;
  std::function<void(Facts&, IndexFact&)> apply;
};

class UnusableIndex : public testing::TestWithParam<Flaw> {};

TEST_P(UnusableIndex, IsRefusedWithItsReasonWhetherNamedOrNot) {
  Facts facts = example_facts();
  IndexFact index = unique_index("flawed", {tenant, status});
  GetParam().apply(facts, index);
  facts.indexes = {index};
  EXPECT_NE(unusable_because(index, facts).find(GetParam().words), std::string::npos) << unusable_because(index, facts);
  EXPECT_FALSE(choose_key(needs_a_key(), facts));

  JobSpec spec = example_spec();
  spec.key = {"tenant", "status"};
  EXPECT_FALSE(choose_key(spec, facts));
}

INSTANTIATE_TEST_SUITE_P(
    ChooseKey, UnusableIndex,
    testing::Values(
        Flaw{"invalid", [](Facts&, IndexFact& index) { index.valid = false; }},
        Flaw{"partial", [](Facts&, IndexFact& index) { index.partial = true; }},
        Flaw{"not unique", [](Facts&, IndexFact& index) { index.unique = false; }},
        Flaw{"not a B-tree", [](Facts&, IndexFact& index) { index.method = "hash"; }},
        Flaw{"expression", [](Facts&, IndexFact& index) { index.columns[1] = 0; }},
        Flaw{"nullable column tenant", [](Facts& facts, IndexFact&) { facts.columns[3].not_null = false; }},
        Flaw{"names that may change", [](Facts& facts, IndexFact&) { facts.columns[1].named_values = true; }},
        Flaw{"operators of schema ext", [](Facts&, IndexFact& index) { index.hidden_operators[1] = "ext"; }},
        Flaw{"operator class", [](Facts&, IndexFact& index) { index.default_order[1] = false; }},
        Flaw{"another collation", [](Facts&, IndexFact& index) { index.column_collation[1] = false; }},
        Flaw{"mixes ASC and DESC", [](Facts&, IndexFact& index) { index.descending[1] = true; }}));

TEST(ChooseKey, AllColumnsDescendingWillDo) {
  Facts facts = example_facts();
  facts.indexes = {unique_index("down", {tenant, id})};
  facts.indexes[0].descending = {true, true};
  EXPECT_TRUE(choose_key(example_spec(), facts));
}

TEST(ChooseKey, ADeferrableConstraintWillDo) {
  Facts facts = example_facts();
  facts.indexes[0].immediate = false;
  EXPECT_TRUE(choose_key(example_spec(), facts));
}

TEST(ChooseKey, OfAPartitionedTableWithoutOneIsWhatEachLeafHas) {
  Facts facts = example_facts();
  facts.table.kind = 'p';
  facts.indexes.clear();
  facts.leaf_keys = {{tenant}, {id, tenant}};
  JobSpec spec = example_spec();
  EXPECT_EQ(choose_key(spec, facts)->columns.front().name, "tenant");
  spec.key = {"id", "tenant"};
  EXPECT_EQ(choose_key(spec, facts)->columns.size(), 2U);
  EXPECT_EQ(choose_key(spec, facts)->index, "");
  spec.key = {"id"};
  EXPECT_FALSE(choose_key(spec, facts));
}

}  // namespace
}  // namespace pgfill::plan
