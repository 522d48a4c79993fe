// A database of its own for each test, and a blocking make_plan on it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "async/run_to_end.h"
#include "pgfill/plan.h"
#include "pgfill/spec.h"
#include "plan/make_plan.h"
#include "support/database.h"
#include "support/shared_cluster.h"

namespace pgfill::tests {

inline async::Task<Result<Plan>> plan_on_session(std::string conninfo, JobSpec spec) {
  ConnectionSettings settings;
  settings.conninfo = std::move(conninfo);
  const async::Deadline deadline = async::Deadline::after(std::chrono::seconds(10));
  const std::unique_ptr<postgres::Session> session =
      co_await postgres::Session::open(std::move(settings), "planner", deadline);
  co_return co_await plan::make_plan(*session, std::move(spec));
}

/// Throws what opening the session throws.
inline Result<Plan> make_plan(const std::string& conninfo, const JobSpec& spec) {
  return async::run_to_end(plan_on_session(conninfo, spec));
}

/// UPDATE users SET state = status WHERE state IS NULL.
inline JobSpec users_spec() {
  JobSpec spec;
  spec.job = "users-state";
  spec.table = "users";
  spec.set().push_back({"state", "status"});
  spec.where = "state IS NULL";
  return spec;
}

class PlanOnServer : public testing::Test {
 protected:
  /// As superuser; the plan must exist, refused or not.
  Plan planned(const JobSpec& spec = users_spec()) { return planned_as("postgres", spec); }
  Plan planned_as(const std::string& role, const JobSpec& spec = users_spec()) {
    Result<Plan> plan = make_plan(database_.conninfo() + " user=" + role, spec);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? std::move(*plan) : Plan();
  }
  void create_users(int rows = 100) {
    db_.execute("CREATE TABLE users (id bigint PRIMARY KEY, status text, state text)");
    db_.execute("INSERT INTO users SELECT i, 'status ' || i FROM generate_series(1, " + std::to_string(rows) + ") i");
  }

  ScratchDatabase database_;
  Database db_{database_.conninfo()};
};

/// The first finding of a check; fails the test when there is none.
inline Finding finding_of(const Plan& plan, const std::string& check) {
  for (const Finding& finding : plan.findings) {
    if (finding.check == check) return finding;
  }
  ADD_FAILURE() << "check " << check << " found nothing";
  return {};
}

inline bool is_silent(const Plan& plan, const std::string& check) {
  for (const Finding& finding : plan.findings) {
    if (finding.check == check) return false;
  }
  return true;
}

inline void expect_refusal(const Plan& plan, const std::string& check, ErrorCode code, const std::string& words) {
  const Finding finding = finding_of(plan, check);
  EXPECT_EQ(finding.severity, Finding::Severity::refusal) << finding.text;
  EXPECT_EQ(finding.code, code) << finding.text;
  EXPECT_NE((finding.text + " | " + finding.remedy).find(words), std::string::npos)
      << finding.text << " | " << finding.remedy;
  EXPECT_FALSE(finding.remedy.empty());
}

inline void expect_warning(const Plan& plan, const std::string& check, const std::string& words) {
  const Finding finding = finding_of(plan, check);
  EXPECT_EQ(finding.severity, Finding::Severity::warning) << finding.text;
  EXPECT_NE(finding.text.find(words), std::string::npos) << finding.text;
}

}  // namespace pgfill::tests
