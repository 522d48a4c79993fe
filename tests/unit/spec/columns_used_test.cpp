#include "spec/columns_used.h"

#include <gtest/gtest.h>

namespace pgfill::spec {
namespace {

using Columns = std::set<std::string>;

std::optional<Columns> used(std::string where, std::string expression, std::string alias = "") {
  JobSpec spec;
  spec.table = "items";
  spec.alias = std::move(alias);
  spec.set() = {{"n", std::move(expression)}};
  spec.where = std::move(where);
  return columns_used(spec);
}

TEST(ColumnsUsed, AreThoseThatAreSetAndThoseThatTheTextNames) {
  EXPECT_EQ(used("", "1"), Columns({"n"}));
  EXPECT_EQ(used("n = 0 AND items.a > 1", "lower(\"Big\") || public.items.c"), Columns({"n", "a", "Big", "c"}));
  EXPECT_EQ(used("", "(SELECT o.price FROM orders o WHERE o.item = items.id)"), Columns({"n", "price", "item", "id"}));
}

TEST(ColumnsUsed, AWordInsideAnotherOrInALiteralIsNone) {
  EXPECT_EQ(used("", "upper(name) || 'pad'"), Columns({"n", "name"}));
}

TEST(ColumnsUsed, AWholeRowMayBeAll) {
  for (const char* row :
       {"row_to_json(items)::text", "(items.*)::text", "(SELECT x FROM f(items) AS x)", "items.* = items.*"}) {
    EXPECT_EQ(used("", row), std::nullopt) << row;
  }
  EXPECT_EQ(used("u IS NOT NULL", "1", "u"), std::nullopt);
  EXPECT_EQ(used("", "(", ""), std::nullopt) << "does not parse";
}

TEST(ColumnsUsed, RowsOfOthersAreNotTheTablesOwn) {
  EXPECT_EQ(used("", "(SELECT count(*) FROM orders o WHERE o.item = id)"), Columns({"n", "item", "id"}));
  EXPECT_EQ(used("EXISTS (SELECT * FROM orders WHERE item = id)", "1"), Columns({"n", "item", "id"}));
  EXPECT_EQ(used("", "(SELECT row_to_json(o.*) FROM orders o WHERE o.item = id)"), Columns({"n", "item", "id"}));
}

}  // namespace
}  // namespace pgfill::spec
