#include "support/shared_cluster.h"

#include <gtest/gtest.h>

#include <iostream>
#include <mutex>
#include <optional>

#include "support/database.h"
#include "support/transaction_watch.h"

namespace pgfill::tests {
namespace {

/// Looks on from the first use of the shared server to the end of all tests.
class WatchedCluster : public ::testing::Environment {
 public:
  rig::PgCluster& get() {
    std::call_once(started_, [this] {
      cluster_.emplace(rig::ClusterOptions{.settings = {{"max_prepared_transactions", "4"}}});
      watch_.emplace(cluster_->conninfo(), "pgfill:%", longest_transaction);
    });
    return *cluster_;
  }
  void TearDown() override {
    if (!watch_) return;
    watch_->stop();
    for (const std::string& offender : watch_->offenders()) ADD_FAILURE() << "an old transaction: " << offender;
    std::cout << "oldest transaction of the engine: " << watch_->oldest() << "\n";
  }

 private:
  std::once_flag started_;
  std::optional<rig::PgCluster> cluster_;
  std::optional<TransactionWatch> watch_;
};

WatchedCluster& watched_cluster() {
  // The framework deletes it, after the last test.
  static auto* const environment = new WatchedCluster;
  return *environment;
}

const auto* const registered = ::testing::AddGlobalTestEnvironment(&watched_cluster());

}  // namespace

rig::PgCluster& shared_cluster() {
  return watched_cluster().get();
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
