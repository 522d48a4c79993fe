#include "support/shared_cluster.h"

#include "support/database.h"

namespace pgfill::tests {

demo::PgCluster& shared_cluster() {
  static demo::PgCluster cluster({.settings = {{"max_prepared_transactions", "4"}}});
  return cluster;
}

ScratchDatabase::ScratchDatabase() : ScratchDatabase("template1") {}

ScratchDatabase::ScratchDatabase(const std::string& original) {
  static int made = 0;
  name_ = "scratch_" + std::to_string(++made);
  Database(shared_cluster().conninfo()).execute("CREATE DATABASE " + name_ + " TEMPLATE " + original);
}

ScratchDatabase::~ScratchDatabase() {
  try {
    Database(shared_cluster().conninfo()).execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const postgres::Failure&) {
    // The server goes away with the process anyway.
    return;
  }
}

}  // namespace pgfill::tests
