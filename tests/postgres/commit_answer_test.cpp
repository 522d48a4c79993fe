// COMMIT of a transaction that has failed is answered by ROLLBACK, as a success.
#include <gtest/gtest.h>

#include "postgres/transaction.h"
#include "support/database.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {
namespace {

TEST(CommitAnswer, OfAFailedTransactionIsNotTakenForACommit) {
  ScratchDatabase scratch;
  Database database(scratch.conninfo());
  EXPECT_THROW(database.execute("BEGIN; SELECT 1 / 0"), postgres::Failure);
  const postgres::Rows answer = database.rows("COMMIT");
  EXPECT_EQ(answer.tag(), "ROLLBACK");
  EXPECT_THROW(postgres::require_commit(answer), postgres::Failure);
}

TEST(CommitAnswer, OfASoundTransactionIsACommit) {
  ScratchDatabase scratch;
  Database database(scratch.conninfo());
  database.execute("BEGIN; SELECT 1");
  EXPECT_NO_THROW(postgres::require_commit(database.rows("COMMIT")));
}

}  // namespace
}  // namespace pgfill::tests
